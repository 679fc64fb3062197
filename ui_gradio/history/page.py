"""The History place put together: what a reader does is tied to the handlers."""

from functools import partial
from typing import Any

import gradio as gr

from backend.desk.desk import Desk
from backend.present.offline_page.exports import ExportForm
from ui_gradio.browser import HERE, SAVE_FILE
from ui_gradio.drawing import Updates
from ui_gradio.events import quiet
from ui_gradio.history.layout import HistoryPage, build_page
from ui_gradio.history.run_actions import Doing
from ui_gradio.history.run_search import Finding, Found


def build_history(application: gr.Blocks, desk: Desk) -> None:
    """Lay the page out and make it work. To be called inside ``gr.Blocks``."""
    page = build_page(Found())
    finding = Finding(desk.client, page)
    doing = Doing(desk.client, page, finding)
    _connect_finding(application, page, finding)
    _connect_doing(page, doing)


def _connect_finding(application: gr.Blocks, page: HistoryPage, finding: Finding) -> None:
    fields = [page.state, page.search.text, page.search.agent, page.search.outcome, page.search.conversation]
    everything = page.outputs()
    application.load(finding.arrive, inputs=[page.state], outputs=everything, api_name="find_all", **quiet(page.state))
    for event, name in (
        (page.search.text.submit, "find_by_text"),
        (page.search.agent.input, "find_by_agent"),
        (page.search.outcome.input, "find_by_outcome"),
        (page.search.conversation.input, "find_by_conversation"),
    ):
        event(finding.search, inputs=fields, outputs=everything, api_name=name, **quiet(page.state))
    page.search.text.blur(
        finding.left, inputs=fields, outputs=everything, api_name="find_by_text_left", **quiet(page.state)
    )
    page.more.click(finding.more, inputs=fields, outputs=everything, api_name="find_more", **quiet(page.state))
    page.runs.input(
        finding.choose, inputs=[page.state, page.runs], outputs=everything, api_name="choose_run", **quiet(page.state)
    )


def _connect_doing(page: HistoryPage, doing: Doing) -> None:
    actions, everything = page.actions, page.outputs()
    on_run: dict[str, Any] = {"inputs": [page.state], "outputs": everything, **quiet(page.state)}
    actions.share.click(
        doing.share,
        inputs=[page.state, page.here],
        outputs=everything,
        js=HERE,
        api_name="share_run",
        **quiet(page.state),
    )
    actions.unshare.click(doing.unshare, api_name="unshare_run", **on_run)
    forms: dict[ExportForm, gr.Button] = {
        "recording": actions.save_recording,
        "markdown": actions.save_markdown,
        "report": actions.save_report,
    }
    for form, button in forms.items():
        made = button.click(partial(_save, doing, form), api_name=f"save_{form}", **on_run)
        made.then(None, js=SAVE_FILE, api_visibility="private")
    made = page.save_feedback.click(
        doing.save_feedback, outputs=everything, api_name="save_feedback", **quiet(page.state)
    )
    made.then(None, js=SAVE_FILE, api_visibility="private")
    actions.save_name.click(
        doing.save_name, inputs=[page.state, actions.name], api_name="save_name", **quiet(page.state)
    )
    actions.delete_run.click(doing.ask_to_delete_run, api_name="ask_to_delete_run", **on_run)
    actions.delete_conversation.click(doing.ask_to_delete_conversation, api_name="ask_to_delete_conversation", **on_run)
    actions.keep.click(doing.keep, api_name="keep_run", **on_run)
    actions.delete.click(
        doing.delete,
        inputs=[page.state, page.search.text, page.search.agent, page.search.outcome, page.search.conversation],
        outputs=everything,
        api_name="delete",
        **quiet(page.state),
    )


async def _save(doing: Doing, form: ExportForm, found: Found) -> Updates:
    return await doing.save(form, found)
