"""Charts that were held, or came before the browser could draw them, drawn then: no page waits for Plotly's script."""

from collections.abc import Callable, Iterable
from typing import Any

import gradio as gr

from ui_gradio.drawing import Drawing, Updates
from ui_gradio.events import quiet


def draw_late_charts(
    application: gr.Blocks,
    state: gr.State,
    slots: list[gr.Plot],
    when: str,
    drawings: Callable[[Any], Iterable[Drawing]],
    api_name: str,
) -> None:
    """Connect it for a page. ``when``: the function of the page's script that waits for the moment. ``drawings`` gives
    those of the page's state, whose charts are in ``slots``."""
    ready = gr.Textbox("", visible="hidden", label="Charts")

    async def again(opened: Any) -> Updates:
        updates = Updates()
        for drawing in drawings(opened):
            updates |= drawing.charts_again()
        return updates or {slots[0]: gr.skip()}

    application.load(None, outputs=[ready], js=when, api_visibility="private")
    ready.change(again, inputs=[state], outputs=slots, api_name=api_name, **quiet(state))
