"""The Ask page assembled: the reader's actions are tied to the handlers.

Every event has a name, so that none is numbered by its order, and no limit of its own, so that nobody waits for
somebody else.
"""

from collections.abc import AsyncIterator, Callable
from typing import Any

import gradio as gr

from backend.desk.conversation import Conversation
from backend.desk.desk import Desk
from backend.present.pages.addresses import names_a_share
from backend.present.pages.cards import run_cards_html
from ui_gradio.ask.ask_handlers import AskHandlers, Intent
from ui_gradio.ask.attachments import AttachmentHandlers
from ui_gradio.ask.layout import AskPage, build_page
from ui_gradio.ask.steering import SteeringHandlers
from ui_gradio.browser import RUN_INTO_ADDRESS, WHEN_CHARTS_CAN_BE_DRAWN, asking, with_theme
from ui_gradio.choices import chosen
from ui_gradio.deferred_updates import DeferredUpdates
from ui_gradio.drawing import Updates
from ui_gradio.events import quiet
from ui_gradio.input_cards import said_in


def build_ask(application: gr.Blocks, desk: Desk) -> None:
    """Lay the page out and make it work. Call this inside ``gr.Blocks``."""
    page = build_page()
    handlers = AskHandlers(desk.questions, page)
    _connect_run(application, page, desk, handlers)
    page.stop.click(handlers.stop, inputs=[page.conversation], api_name="stop", **quiet(page.conversation))
    _connect_recent_runs(application, page, desk)
    _connect_charts(application, page, handlers)
    AttachmentHandlers(desk.attachments, page.attachments).connect(page.conversation, page.agent)
    SteeringHandlers(desk.steering, page.steering).connect(page.conversation, page.question, page.written)
    page.run_id.change(None, inputs=[page.run_id], js=RUN_INTO_ADDRESS, api_visibility="private")
    page.fetch_trigger.change(
        _deferred,
        inputs=[page.deferred],
        api_name="deferred",
        **{**quiet(page.conversation), **page.streaming().fetching},
    )


async def _deferred(deferred: DeferredUpdates) -> Any:
    return deferred.take()


def _connect_run(application: gr.Blocks, page: AskPage, desk: Desk, handlers: AskHandlers) -> None:
    """The events that start a run, or find one again, and draw it to its end."""
    questions, streaming = desk.questions, page.streaming()
    asks = (page.ask.click, page.question.submit)

    def draws(event: Callable[..., Any], handler: Callable[..., Any], api_name: str, *fields: Any) -> None:
        inputs = [page.deferred, page.conversation, *fields, page.theme]
        event(
            handler,
            inputs=inputs,
            js=asking(len(inputs), inputs.index(page.question)) if event in asks else with_theme(len(inputs)),
            # The newest draws: one that still waits for the backend must not keep the reader from asking again.
            trigger_mode="multiple",
            api_name=api_name,
            **quiet(page.conversation),
            **streaming.event,
        )

    def does(event: Callable[..., Any], intent: Intent, api_name: str, *fields: Any) -> None:
        async def proceed(
            deferred: DeferredUpdates, conversation: Conversation, *values: Any
        ) -> AsyncIterator[Updates]:
            async for updates in streaming.drawn(handlers.proceed(intent, conversation, *values), deferred):
                yield updates

        draws(event, proceed, api_name, *fields)

    async def load(
        deferred: DeferredUpdates, conversation: Conversation, theme: Any, request: gr.Request
    ) -> AsyncIterator[Updates]:
        async for updates in streaming.drawn(handlers.load(conversation, theme, request), deferred):
            yield updates

    async def choose(
        deferred: DeferredUpdates, conversation: Conversation, theme: Any, event: gr.EventData
    ) -> AsyncIterator[Updates]:
        async for updates in streaming.drawn(
            handlers.proceed(desk.first_screen.press, conversation, chosen(event), theme), deferred
        ):
            yield updates

    async def answer(
        deferred: DeferredUpdates, conversation: Conversation, theme: Any, event: gr.EventData
    ) -> AsyncIterator[Updates]:
        async for updates in streaming.drawn(
            handlers.proceed(desk.run_cards.press, conversation, said_in(event), theme), deferred
        ):
            yield updates

    written = [page.question, page.agent, page.timeout, page.speed]
    does(page.ask.click, questions.ask, "ask", *written)
    does(page.question.submit, questions.ask, "submit", *written)
    does(page.retry.click, questions.retry, "retry", page.question)
    does(page.wait_longer.click, questions.wait_longer, "wait-longer", page.question)
    does(page.go_on.click, questions.carry_on, "continue", page.question)
    does(page.new_conversation.click, questions.begin_anew, "new_conversation")
    draws(page.first.input, choose, "choose")
    draws(page.inputs.input, answer, "answer")
    draws(page.recent.input, choose, "choose_recent")
    draws(application.load, load, "load")


def _connect_recent_runs(application: gr.Blocks, page: AskPage, desk: Desk) -> None:
    async def recent(request: gr.Request) -> str:
        return "" if names_a_share(request.query_params) else run_cards_html(await desk.recent_runs.cards())

    common = {"outputs": [page.recent], **quiet(page.conversation)}
    application.load(recent, api_name="recent_runs", **common)
    page.new_conversation.click(recent, api_name="recent_runs_again", **common)


def _connect_charts(application: gr.Blocks, page: AskPage, handlers: AskHandlers) -> None:
    """A question does not wait for Plotly's script: charts drawn before the script has loaded are drawn again
    afterwards."""
    application.load(None, outputs=[page.charts_ready], js=WHEN_CHARTS_CAN_BE_DRAWN, api_visibility="private")
    page.charts_ready.change(
        handlers.draw_charts_again,
        inputs=[page.conversation, page.theme],
        outputs=list(page.panels.charts),
        js=with_theme(2),
        api_name="draw_charts_again",
        **quiet(page.conversation),
    )
