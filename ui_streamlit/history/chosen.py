"""The run chosen from the list: open it elsewhere, share it, save it, delete it; rename its conversation."""

from functools import partial

import streamlit as st

from backend.desk.run_actions import EXPORT_LABELS
from backend.desk.run_history import ChosenRun, Deletion, HistoryState, RunHistory
from backend.present.pages.addresses import RUN_LINKS
from backend.present.pages.feedback import feedback_html
from backend.present.pages.history import chosen_run_html
from backend.present.pages.notices import section_title_html
from backend.present.pages.run_buttons import run_buttons_html
from backend.present.words import history as words_history
from ui_streamlit.download import draw_save_button
from ui_streamlit.visit import Visit


def draw_chosen(visit: Visit, history: RunHistory, state: HistoryState, chosen: ChosenRun) -> None:
    """The facts about the run, and the actions on it."""
    run_id = chosen.run.run_id
    st.html(chosen_run_html(chosen.run))
    with st.container(key="ph-chosen-links", horizontal=True, vertical_alignment="center", gap="xsmall"):
        for page, label, parameter in RUN_LINKS:
            visit.link(page, label, **{parameter: run_id})
        st.html(run_buttons_html(run_id, comments=False, shares=state.rights.shares), width="content")
    st.html(section_title_html(words_history.EXPORT))
    with st.container(key="ph-chosen-exports", horizontal=True, gap="xsmall"):
        for form, label in EXPORT_LABELS.items():
            draw_save_button(
                visit, label, f"save-{form}-{run_id}", partial(visit.desk.run_actions.export, history, form)
            )
        if state.rights.deletes:
            _draw_deletion(visit, history, state, "run", words_history.DELETE_RUN)
    st.html(section_title_html(words_history.CONVERSATION_LABEL))
    _draw_name(visit, history, chosen, renames=state.renames)
    if state.rights.deletes:
        _draw_deletion(visit, history, state, "conversation", words_history.DELETE_CONVERSATION)
    st.html(section_title_html(words_history.FEEDBACK_TAB))
    st.html(feedback_html(chosen.feedback))


def _draw_name(visit: Visit, history: RunHistory, chosen: ChosenRun, *, renames: bool) -> None:
    # The key contains the name, so that a renamed conversation has another field: a field keeps its text.
    key = f"name-{chosen.run.session_id}-{chosen.conversation}"
    if not renames:
        st.text_input(words_history.NAME_LABEL, value=chosen.conversation, key=f"{key}-read", disabled=True)
        return
    with st.form(f"ph-rename-{chosen.run.session_id}", border=False):
        field, button = st.columns([4, 1.6], vertical_alignment="bottom", gap="small")
        field.text_input(words_history.NAME_LABEL, value=chosen.conversation, key=key, autocomplete="off")
        button.form_submit_button(
            words_history.SAVE_NAME,
            on_click=lambda: visit.say(visit.call(visit.desk.run_actions.rename(history, st.session_state[key]))),
            width="stretch",
        )


def _draw_deletion(visit: Visit, history: RunHistory, state: HistoryState, what: Deletion, label: str) -> None:
    """A button, and the question that confirms it."""
    actions = visit.desk.run_actions
    with st.container(
        key=f"ph-delete-{what}", horizontal=True, vertical_alignment="center", gap="xsmall", width="content"
    ):
        if state.deleting != what:
            # The key of Keep: with one of its own, it would be beside Keep while the script runs.
            st.button(label, key=f"keep-{what}", on_click=lambda: visit.call(actions.ask_to_delete(history, what)))
            return
        st.button(words_history.KEEP, key=f"keep-{what}", on_click=lambda: visit.call(actions.keep(history)))
        st.button(
            words_history.DELETE,
            key=f"confirm-{what}",
            type="primary",
            on_click=lambda: visit.say(visit.call(actions.delete(history))),
        )
        st.html(f'<p class="ph" role="alert">{state.deletion_question}</p>', width="content")
