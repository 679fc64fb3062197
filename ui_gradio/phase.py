"""The widget of the page's phase: words for what the run on it allows, which the page's style asks."""

from functools import cache
from importlib.resources import files

import gradio as gr


def phase_widget() -> gr.HTML:
    """The widget, which shows nothing. Its value is the words, such as ``running pausable``, with a space between."""
    return gr.HTML(
        "",
        html_template=" ",
        js_on_load=_script(),
        apply_default_css=False,
        padding=False,
        visible="hidden",
        elem_id="ph-phase",
    )


@cache
def _script() -> str:
    return files("ui_gradio").joinpath("phase.js").read_text(encoding="utf-8")
