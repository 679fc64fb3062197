"""Cards to press: a widget whose ``input`` event says which one was pressed."""

from pathlib import Path

import gradio as gr


def lay_out_cards(cards: str = "", elem_id: str = "ph-recent") -> gr.HTML:
    """The widget with its first cards, safe HTML. Its event's data has the choice: see ``chosen``."""
    return gr.HTML(
        cards,
        js_on_load=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
        apply_default_css=False,
        padding=False,
        elem_id=elem_id,
    )


def chosen(event: gr.EventData) -> str:
    """The choice that the pressed card stands for."""
    return str(event.choice)
