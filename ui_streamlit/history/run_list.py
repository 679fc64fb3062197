"""The runs found, each a button that chooses it, with its facts below."""

import streamlit as st

from backend.desk.run_history import HistoryState, RunHistory
from backend.present.pages.history import listed_question, run_line_html
from backend.present.words import history as words_history
from ui_streamlit.plain_text import plain
from ui_streamlit.visit import Visit


def draw_run_list(visit: Visit, history: RunHistory, state: HistoryState) -> None:
    """Draw it, the newest run first."""
    search = visit.desk.run_search
    for run in state.runs:
        row = "ph-chosen-row" if run.run_id == state.chosen_id else "ph-row"
        with st.container(key=f"{row}-{run.run_id}", gap=None):
            st.button(
                plain(listed_question(run)),
                key=f"choose-{run.run_id}",
                on_click=lambda run_id: visit.call(search.choose(history, run_id)),
                args=(run.run_id,),
                width="stretch",
                wrap=True,
            )
            st.html(run_line_html(run))
    if state.more:
        st.button(words_history.MORE, key="history-more", on_click=lambda: visit.call(search.extend(history)))
