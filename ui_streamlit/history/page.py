"""The History page: past questions, their agents, and the feedback on them."""

from typing import Final

import streamlit as st

from backend.desk.run_history import RunHistory
from backend.present.pages.feedback import feedback_html
from backend.present.pages.history import no_run_chosen_html
from backend.present.pages.notices import header_html
from backend.present.pages.problem import Problem
from backend.present.words import history as words_history, pages as words_pages
from ui_streamlit.canvas import draw_notice
from ui_streamlit.download import draw_download, draw_save_button
from ui_streamlit.history.chosen import draw_chosen
from ui_streamlit.history.run_list import draw_run_list
from ui_streamlit.history.search import draw_search, note_opening
from ui_streamlit.visit import Visit, kept

_HISTORY: Final = "history"
_LIST_HEIGHT_PX: Final = 560
"""The page's style fits it to the window."""


def show(visit: Visit) -> None:
    """One pass."""
    visit.draw_bar("history")
    with st.container(key="ph-head", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(header_html(words_pages.HISTORY_PAGE, words_history.EXPLANATION))
    tabs = (words_history.RUNS_TAB, words_history.FEEDBACK_TAB)
    with st.container(key="ph-head-tabs"):
        tab = st.segmented_control(
            words_pages.HISTORY_PAGE, tabs, default=tabs[0], required=True, key="history-tab",
            label_visibility="collapsed",
        )  # fmt: skip
    if tab == words_history.FEEDBACK_TAB:
        _feedback(visit)
    else:
        _runs(visit, kept(_HISTORY, RunHistory))
    draw_download()


def _runs(visit: Visit, history: RunHistory) -> None:
    note_opening(visit, history)
    fields, slot = st.container(), st.empty()
    state = history.state
    for newer in visit.iterate(visit.desk.run_search.proceed(history)):
        state = newer or state
        # Drawn at every tick: a pass that nobody waits for any more ends at a drawing call.
        draw_notice(slot, state.notice)
    draw_notice(slot, state.notice)
    with fields:
        draw_search(visit, history, state)
    if not (state.runs or state.chosen):
        return
    left, right = st.columns([6, 5], gap="medium")
    with left, st.container(key="ph-list", height=_LIST_HEIGHT_PX, border=False, gap="xsmall", autoscroll=False):
        draw_run_list(visit, history, state)
    with right, st.container(key="ph-details", height=_LIST_HEIGHT_PX, border=False, gap="xsmall", autoscroll=False):
        if state.chosen is None:
            st.html(no_run_chosen_html())
        else:
            draw_chosen(visit, history, state, state.chosen)


def _feedback(visit: Visit) -> None:
    slot, given = st.empty(), None
    for listed in visit.iterate(visit.desk.feedback.of_all_runs()):
        draw_notice(slot, listed if isinstance(listed, Problem) else None)
        given = None if isinstance(listed, Problem) else listed
    if given is None:
        return
    if given:
        with st.container(key="ph-feedback-actions", horizontal=True):
            draw_save_button(
                visit, words_history.SAVE_FEEDBACK, "save-feedback", visit.desk.run_actions.export_feedback
            )
    with st.container(key="ph-list", height=_LIST_HEIGHT_PX, border=False, autoscroll=False):
        st.html(feedback_html(given, with_question=True))
