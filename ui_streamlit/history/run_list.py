"""The runs found, each a card that chooses it."""

import streamlit as st

from backend.desk.run_history import HistoryState, RunHistory
from backend.present.pages.cards import run_list_html
from backend.present.words import history as words_history
from ui_streamlit.choices import draw_cards
from ui_streamlit.visit import Visit


def draw_run_list(visit: Visit, history: RunHistory, state: HistoryState) -> None:
    """Draw it, the newest run first."""
    search = visit.desk.run_search
    cards = run_list_html(state.cards, state.chosen_id)
    draw_cards("history-cards", cards, lambda choice: visit.call(search.press(history, choice)))
    if state.more:
        st.button(words_history.MORE, key="history-more", on_click=lambda: visit.call(search.extend(history)))
