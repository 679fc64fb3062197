"""The fragments in Gradio's page: its theme in Playhead's colours."""

from functools import cache
from importlib.resources import files
from typing import Final

import gradio as gr

from backend.present.theme.palette import DARK, LIGHT

_ROLES = {
    "body_background_fill": "ground",
    "body_text_color": "text",
    "body_text_color_subdued": "muted",
    "input_background_fill": "raised",
    "input_background_fill_focus": "ground",
    "block_background_fill": "ground",
    "block_border_color": "line",
    "border_color_primary": "line",
    "background_fill_primary": "ground",
    "background_fill_secondary": "raised",
    "input_border_color": "line-strong",
    "slider_color": "accent",
    "button_primary_background_fill": "accent",
    "button_primary_background_fill_hover": "accent",
    "button_primary_border_color": "accent",
    "button_primary_text_color": "on-accent",
    "button_secondary_background_fill": "raised",
    "button_secondary_background_fill_hover": "sunken",
    "button_secondary_border_color": "line",
    "button_secondary_text_color": "text",
    "button_cancel_background_fill": "bad-soft",
    "button_cancel_background_fill_hover": "bad-soft",
    "button_cancel_border_color": "bad",
    "button_cancel_text_color": "bad",
}
"""Gradio's theme variables by Playhead's colour for each, light and dark."""


BEFORE_ALL: Final = "<style>.nav-holder{display:none!important}</style>"
"""For the page's head: Gradio draws its own navigation before it has read the rules for its boxes."""


@cache
def page_style() -> str:
    """The rules for Gradio's boxes around the fragments."""
    return files("ui_gradio").joinpath("page.css").read_text(encoding="utf-8")


def theme() -> gr.themes.Base:
    """Gradio's plain theme in Playhead's colours, with the fonts of the reader's machine."""
    colours = {}
    for variable, role in _ROLES.items():
        colours[variable] = LIGHT[role]
        colours[f"{variable}_dark"] = DARK[role]
    base = gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
    return base.set(input_border_width="1px", **colours)
