"""The widget of what a run asks: its value is ``ConversationState.inputs_html``, its ``input`` event an answer."""

from functools import cache
from importlib.resources import files

import gradio as gr

from backend.present.browser import input_cards_script


def input_cards_widget() -> gr.HTML:
    """The cards, one below the other. An answer is the event's ``said``: see ``said_in``."""
    return gr.HTML(
        "",
        html_template=" ",
        js_on_load=_script(),
        apply_default_css=False,
        padding=False,
        elem_id="ph-inputs",
    )


def said_in(event: gr.EventData) -> str:
    """The answer as the cards' script made it."""
    return str(event.said)


@cache
def _script() -> str:
    return input_cards_script() + files("ui_gradio").joinpath("input_cards.js").read_text(encoding="utf-8")
