"""The Ask place put together: what a reader does is tied to the handlers.

Every event has a name, so that none is numbered by its place, and no limit of its own, so that nobody waits for
somebody else.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import gradio as gr

from backend.client.run_client import RunClient
from backend.present import words
from ui_gradio.ask.arriving import Arriving
from ui_gradio.ask.layout import AskPage, build_page
from ui_gradio.ask.live import Live
from ui_gradio.browser import RUN_INTO_ADDRESS, WHEN_CHARTS_CAN_BE_DRAWN, with_theme
from ui_gradio.events import quiet
from ui_gradio.review import Review


def build_ask(application: gr.Blocks, client: RunClient) -> None:
    """Lay the page out and make it work. To be called inside ``gr.Blocks``."""
    page = build_page()
    live = Live(client, page)
    _connect_asking(page, live)
    _connect_charts(application, page, live)
    Review(client, page.review).connect(page.conversation)
    page.run_id.change(None, inputs=[page.run_id], js=RUN_INTO_ADDRESS, api_visibility="private")
    application.load(
        Arriving(client, page, live).arrive,
        inputs=[page.conversation, page.theme],
        outputs=page.outputs(),
        js=with_theme(2, for_charts=False),
        api_name="arrive",
        **quiet(page.conversation),
    )


def _connect_charts(application: gr.Blocks, page: AskPage, live: Live) -> None:
    """A question does not wait for Plotly's script: what it drew before the script was there is drawn again then."""
    application.load(None, outputs=[page.charts_ready], js=WHEN_CHARTS_CAN_BE_DRAWN, api_visibility="private")
    page.charts_ready.change(
        live.draw_charts_again,
        inputs=[page.conversation, page.theme],
        outputs=list(page.panels.charts),
        js=with_theme(2, for_charts=False),
        api_name="draw_charts_again",
        **quiet(page.conversation),
    )


def _connect_asking(page: AskPage, live: Live) -> None:
    def asks(event: Callable[..., Any], handler: Callable[..., Any], api_name: str, fields: list[Any]) -> None:
        inputs = [page.conversation, *fields, page.theme]
        event(
            handler,
            inputs=inputs,
            outputs=page.outputs(),
            js=with_theme(len(inputs), for_charts=False),
            api_name=api_name,
            **quiet(page.conversation),
        )

    written = [page.question, page.agent, page.timeout, page.speed]
    asks(page.ask.click, live.ask, "ask", written)
    asks(page.question.submit, live.ask, "submit", written)
    asks(page.retry.click, live.retry, "retry", [])
    asks(page.go_on.click, live.carry_on, "continue", [])
    for number, (button, question) in enumerate(zip(page.examples, words.EXAMPLE_QUESTIONS, strict=True), 1):
        asks(button.click, partial(_example, live, question), f"ask_example_{number}", [])
    page.stop.click(
        live.stop, inputs=[page.conversation], outputs=page.outputs(), api_name="stop", **quiet(page.conversation)
    )
    page.new_conversation.click(
        live.begin_anew,
        inputs=[page.conversation],
        outputs=page.outputs(),
        api_name="new_conversation",
        **quiet(page.conversation),
    )


async def _example(live: Live, question: str, conversation: Any, theme: Any) -> Any:
    async for updates in live.ask_example(conversation, question, theme):
        yield updates
