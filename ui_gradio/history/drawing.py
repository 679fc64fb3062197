"""The tab's memory of past runs, drawn into the widgets of the page."""

import gradio as gr

from backend.desk.run_history import ChosenRun, HistoryState, RunHistory
from backend.present.markup import fragment
from backend.present.pages.addresses import RUN_LINKS
from backend.present.pages.cards import run_list_html
from backend.present.pages.feedback import feedback_html
from backend.present.pages.history import chosen_run_html, no_run_chosen_html
from backend.present.pages.run_buttons import run_buttons_html
from ui_gradio.drawing import Updates
from ui_gradio.history.layout import HistoryPage
from ui_gradio.navigation import in_a_row, link_html


def drawn(page: HistoryPage, history: RunHistory, before: HistoryState) -> Updates:
    """The changes since ``before``. A field that the reader may be writing in is left alone otherwise."""
    now, search, actions = history.state, page.search, page.actions
    updates: Updates = {page.notice: now.notice.html if now.notice else ""}
    if (now.runs, now.strips, now.chosen_id) != (before.runs, before.strips, before.chosen_id):
        updates[page.runs] = run_list_html(now.cards, now.chosen_id)
    if now.more != before.more:
        updates[page.more] = gr.update(visible=now.more)
    if now.agents != before.agents:
        updates[search.agent] = gr.update(choices=list(now.agents))
    if (now.conversations, now.terms.session_id) != (before.conversations, before.terms.session_id):
        updates[search.conversation] = gr.update(choices=list(now.conversations), value=now.terms.session_id)
    if now.chosen != before.chosen:
        updates |= _chosen(page, now, before.chosen)
    if (now.role, now.renames) != (before.role, before.renames):
        updates |= _allowed(page, now)
    if now.deleting != before.deleting:
        updates[actions.confirm] = gr.update(visible=now.deleting is not None)
        updates[actions.confirm_question] = str(fragment('<p class="ph" role="alert">{}</p>', now.deletion_question))
    return updates


def _allowed(page: HistoryPage, now: HistoryState) -> Updates:
    """The actions that the reader may take."""
    actions, deletes = page.actions, now.rights.deletes
    return {
        actions.delete_run: gr.update(visible=deletes),
        actions.delete_conversation: gr.update(visible=deletes),
        actions.save_name: gr.update(visible=now.renames),
        actions.name: gr.update(interactive=now.renames),
    }


def _chosen(page: HistoryPage, now: HistoryState, before: ChosenRun | None) -> Updates:
    chosen = now.chosen
    if chosen is None:
        return {page.chosen: no_run_chosen_html(), page.actions_column: gr.update(visible=False)}
    updates: Updates = {
        page.chosen: chosen_run_html(chosen.run),
        page.actions_column: gr.update(visible=True),
        page.actions.links: in_a_row(
            *(link_html(name, label, **{parameter: chosen.run.run_id}) for name, label, parameter in RUN_LINKS),
            run_buttons_html(chosen.run.run_id, comments=False, shares=now.rights.shares),
        ),
        page.actions.feedback: feedback_html(chosen.feedback),
    }
    named = before and (before.run.session_id, before.conversation)
    if named != (chosen.run.session_id, chosen.conversation):
        updates[page.actions.name] = chosen.conversation
    return updates
