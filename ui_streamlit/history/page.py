"""The History place: what was asked before, by whom it was answered, and what people said of it."""

import streamlit as st

from backend.client.errors import ClientError
from backend.client.replies import RunSummary, SessionSummary
from backend.client.sync import SyncRunClient
from backend.present.pages.feedback import feedback_html
from backend.present.pages.notices import header_html, notice_html
from backend.present.pages.problem import problem_of
from backend.present.words import history as words_history, pages as words_pages
from ui_streamlit.history.chosen import Choice, draw_chosen
from ui_streamlit.history.run_list import draw_run_list
from ui_streamlit.history.search import draw_search
from ui_streamlit.problems import wait_for_backend
from ui_streamlit.visit import Visit

_SESSIONS = 100


def show(visit: Visit) -> None:
    """One pass."""
    with st.container(key="ph-head", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(header_html(words_pages.HISTORY_PAGE, words_history.EXPLANATION))
    tabs = (words_history.RUNS_TAB, words_history.FEEDBACK_TAB)
    with st.container(key="ph-head-tabs"):
        tab = st.segmented_control(
            words_pages.HISTORY_PAGE, tabs, default=tabs[0], required=True, key="history-tab",
            label_visibility="collapsed",
        )  # fmt: skip
    try:
        if tab == words_history.FEEDBACK_TAB:
            _feedback(visit.client)
        else:
            _runs(visit)
    except ClientError as error:
        problem = problem_of(error)
        place = st.empty()
        notice = notice_html(problem.notice, problem.sentence)
        place.html(notice)
        if problem.passes:
            wait_for_backend(visit.client, lambda: place.html(notice))
            st.rerun()


def _runs(visit: Visit) -> None:
    client, choice = visit.client, Choice.of_this_session()
    sessions = client.sessions(_SESSIONS)
    found = draw_search(client, client.agents(), sessions)
    if not found.runs:
        st.html(notice_html("no_run_fits" if found.narrowed else "no_runs"))
        return
    left, right = st.columns([6, 5], gap="medium")
    with left, st.container(key="ph-list", height=560, border=False, gap="xsmall", autoscroll=False):
        draw_run_list(choice, found)
    with right, st.container(key="ph-details", height=560, border=False, gap="xsmall", autoscroll=False):
        run = _chosen(client, choice, found.runs)
        if run is None:
            st.html(f'<p class="ph ph-empty">{words_history.CHOOSE_RUN}</p>')
        else:
            draw_chosen(visit, choice, run, _title(sessions, run))


def _chosen(client: SyncRunClient, choice: Choice, runs: tuple[RunSummary, ...]) -> RunSummary | None:
    """The chosen run, even where the search does not show it any more; None where there is none."""
    if not choice.run_id:
        return None
    for run in runs:
        if run.run_id == choice.run_id:
            return run
    try:
        return client.run(choice.run_id)
    except ClientError:
        choice.choose("")
        return None


def _title(sessions: tuple[SessionSummary, ...], run: RunSummary) -> str:
    return next((session.title for session in sessions if session.session_id == run.session_id), run.question)


def _feedback(client: SyncRunClient) -> None:
    given = client.feedback()
    if given:
        with st.container(key="ph-feedback-actions", horizontal=True):
            st.download_button(
                words_history.SAVE_FEEDBACK, client.feedback_csv, "feedback.csv", "text/csv", on_click="ignore"
            )
    with st.container(key="ph-list", height=560, border=False, autoscroll=False):
        st.html(feedback_html(tuple(reversed(given)), with_question=True))
