"""The History page assembled: the reader's actions are tied to the desk."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import gradio as gr
from gradio.processing_utils import save_bytes_to_cache

from backend.desk.desk import Desk
from backend.desk.run_history import RunHistory
from backend.present.offline_page.exports import ExportedFile
from backend.present.pages.feedback import feedback_html
from backend.present.pages.problem import Problem
from ui_gradio.browser import SAVE_FILE
from ui_gradio.choices import chosen
from ui_gradio.drawing import Updates
from ui_gradio.events import drawn_once, quiet, say
from ui_gradio.history.drawing import drawn
from ui_gradio.history.layout import HistoryPage, build_page


def build_history(application: gr.Blocks, desk: Desk) -> None:
    """Lay the page out and make it work. Call this inside ``gr.Blocks``."""
    page = build_page()
    search, actions, fields = desk.run_search, desk.run_actions, page.search
    terms = [fields.text, fields.agent, fields.outcome, fields.conversation]
    does = partial(_connect, page, desk)
    does(application.load, search.open)
    for event in (fields.text.submit, fields.agent.input, fields.outcome.input, fields.conversation.input):
        does(event, search.search, *terms)
    does(fields.text.blur, partial(search.search, again=False), *terms)
    does(page.more.click, search.extend)
    _connect_cards(page, desk)
    does(page.actions.save_name.click, actions.rename, page.actions.name)
    does(page.actions.delete_run.click, partial(actions.ask_to_delete, what="run"))
    does(page.actions.delete_conversation.click, partial(actions.ask_to_delete, what="conversation"))
    does(page.actions.keep.click, actions.keep)
    does(page.actions.delete.click, actions.delete)
    for form, button in page.exports.items():
        _saves(page, button, partial(actions.export, form=form))
    _saves(page, page.save_feedback, lambda _: actions.export_feedback())
    page.feedback_tab.select(
        partial(_list_feedback, page, desk), outputs=[page.all_feedback, page.save_feedback], **quiet(page.state)
    )


def _connect(
    page: HistoryPage,
    desk: Desk,
    event: Callable[..., Any],
    work: Callable[..., Awaitable[str | None]],
    *fields: gr.blocks.Block,
) -> None:
    """Have the event do the work, show its sentence, and fetch and draw whatever the page then waits for."""

    @drawn_once
    async def handler(history: RunHistory, *values: Any) -> AsyncIterator[Updates]:
        async for updates in _proceeding(page, desk, history, work(history, *values)):
            yield updates

    event(handler, inputs=[page.state, *fields], **_settings(page))


def _connect_cards(page: HistoryPage, desk: Desk) -> None:
    """Have a press of a card choose its run."""

    @drawn_once
    async def handler(history: RunHistory, event: gr.EventData) -> AsyncIterator[Updates]:
        async for updates in _proceeding(page, desk, history, desk.run_search.press(history, chosen(event))):
            yield updates

    page.runs.input(handler, inputs=[page.state], **_settings(page))


def _settings(page: HistoryPage) -> dict[str, Any]:
    # A click counts while the one before it still waits for the backend.
    return {"trigger_mode": "multiple", "outputs": page.outputs(), **quiet(page.state)}


async def _proceeding(
    page: HistoryPage, desk: Desk, history: RunHistory, work: Awaitable[str | None]
) -> AsyncIterator[Updates]:
    """Do the work, and everything that the page then waits for."""
    before = history.state
    say(await work or "")
    yield drawn(page, history, before)
    before = history.state
    async for state in desk.run_search.proceed(history):
        yield drawn(page, history, before)
        before = state


def _saves(page: HistoryPage, button: gr.Button, work: Callable[[RunHistory], Awaitable[ExportedFile | str]]) -> None:
    """Have the button make a file; the page's script then has the browser save it."""

    async def handler(history: RunHistory) -> Updates:
        made = await work(history)
        if isinstance(made, str):
            say(made)
            return {page.file: gr.update(value=None)}
        # Into the folder whose files Gradio serves, and deletes after an hour.
        return {page.file: gr.update(value=save_bytes_to_cache(made.content, made.name, page.file.GRADIO_CACHE))}

    event = button.click(handler, inputs=[page.state], outputs=[page.file], **quiet(page.state))
    event.then(None, js=SAVE_FILE)


@drawn_once
async def _list_feedback(page: HistoryPage, desk: Desk) -> AsyncIterator[Updates]:
    async for listed in desk.feedback.of_all_runs():
        if isinstance(listed, Problem):
            yield {page.all_feedback: listed.html, page.save_feedback: gr.update(visible=False)}
        else:
            html = feedback_html(listed, with_question=True)
            yield {page.all_feedback: html, page.save_feedback: gr.update(visible=bool(listed))}
