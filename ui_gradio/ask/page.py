"""The Ask place put together: what a reader does is tied to the handlers.

Every event has a name, so that none is numbered by its place, and no limit of its own, so that nobody waits for
somebody else.
"""

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import gradio as gr

from backend.desk.desk import Desk
from backend.present.words import run as words
from ui_gradio.ask.ask_handlers import Live
from ui_gradio.ask.conversation import Conversation
from ui_gradio.ask.layout import AskPage, build_page
from ui_gradio.ask.page_load import Arriving
from ui_gradio.browser import RUN_INTO_ADDRESS, WHEN_CHARTS_CAN_BE_DRAWN, with_theme
from ui_gradio.deferred_updates import Streaming
from ui_gradio.drawing import Updates
from ui_gradio.events import quiet
from ui_gradio.review import Review


def build_ask(application: gr.Blocks, desk: Desk) -> None:
    """Lay the page out and make it work. To be called inside ``gr.Blocks``."""
    page = build_page()
    live = Live(desk.client, page)
    streaming = page.streaming()
    _connect_run(application, page, streaming, Arriving(desk.client, page, live), live)
    _connect_buttons(page, live)
    _connect_charts(application, page, live)
    Review(desk.client, page.review).connect(page.conversation)
    page.run_id.change(None, inputs=[page.run_id], js=RUN_INTO_ADDRESS, api_visibility="private")
    page.bell.change(
        _undrawn,
        inputs=[page.conversation],
        api_name="undrawn",
        **{**quiet(page.conversation), **streaming.fetching},
    )


async def _undrawn(conversation: Conversation) -> Any:
    return conversation.undrawn.take()


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


def _connect_run(application: gr.Blocks, page: AskPage, streaming: Streaming, arriving: Arriving, live: Live) -> None:
    """What starts a run, or finds one again, and draws it to its end."""

    def draws(event: Callable[..., Any], handler: Callable[..., Any], api_name: str, *fields: Any) -> None:
        inputs = [page.conversation, *fields, page.theme]
        event(
            handler,
            inputs=inputs,
            js=with_theme(len(inputs), for_charts=False),
            api_name=api_name,
            **quiet(page.conversation),
            **streaming.event,
        )

    def asks(event: Callable[..., Any], handler: Callable[..., Any], api_name: str, *fields: Any) -> None:
        async def drawn(conversation: Conversation, *values: Any) -> AsyncIterator[Updates]:
            async for updates in streaming.drawn(handler(conversation, *values), conversation.undrawn):
                yield updates

        draws(event, drawn, api_name, *fields)

    async def arrive(conversation: Conversation, theme: Any, request: gr.Request) -> AsyncIterator[Updates]:
        async for updates in streaming.drawn(arriving.arrive(conversation, theme, request), conversation.undrawn):
            yield updates

    written = [page.question, page.agent, page.timeout, page.speed]
    asks(page.ask.click, live.ask, "ask", *written)
    asks(page.question.submit, live.ask, "submit", *written)
    asks(page.retry.click, live.retry, "retry")
    asks(page.go_on.click, live.carry_on, "continue")
    for number, (button, question) in enumerate(zip(page.examples, words.EXAMPLE_QUESTIONS, strict=True), 1):
        asks(button.click, partial(_example, live, question), f"ask_example_{number}")
    draws(application.load, arrive, "arrive")


def _connect_buttons(page: AskPage, live: Live) -> None:
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


def _example(live: Live, question: str, conversation: Conversation, theme: Any) -> AsyncIterator[Updates]:
    return live.ask_example(conversation, question, theme)
