"""The search fields."""

from collections.abc import Sequence
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.desk.choices import Choice
from backend.desk.run_history import OUTCOME_CHOICES, HistoryState, RunHistory
from backend.present.words import history as words_history, run as words
from ui_streamlit.visit import Visit

_FIELDS: Final = ("history-text", "history-agent", "history-outcome", "history-conversation")
"""Keys of the fields in Streamlit's session state, in the order in which the desk takes them."""


def note_opening(visit: Visit, history: RunHistory) -> None:
    """Have everything fetched again if the page was not open before: Streamlit forgets its fields meanwhile."""
    if _FIELDS[0] not in st.session_state:
        visit.call(visit.desk.run_search.open(history))


def draw_search(visit: Visit, history: RunHistory, state: HistoryState) -> None:
    """Draw the fields with the terms of the search."""
    text, agent, outcome, conversation = _FIELDS
    terms = state.terms
    with st.container(key="ph-search"):
        columns = st.columns([4, 3, 2, 3], gap="small")
    for key, value in zip(_FIELDS, (terms.text, terms.agent, terms.outcome, terms.session_id), strict=True):
        if st.session_state.get(key) != value:
            st.session_state[key] = value

    def changed() -> None:
        visit.call(visit.desk.run_search.search(history, *(st.session_state[key] for key in _FIELDS)))

    columns[0].text_input(
        words_history.SEARCH_LABEL,
        key=text,
        placeholder=words_history.SEARCH_PLACEHOLDER,
        on_change=changed,
        autocomplete="off",
    )

    def draw_filter(column: DeltaGenerator, label: str, key: str, choices: Sequence[Choice]) -> None:
        titles = {choice.name: choice.title for choice in choices}
        column.selectbox(
            label, list(titles), key=key, format_func=lambda name: titles.get(name, name), on_change=changed
        )

    draw_filter(columns[1], words.AGENT_LABEL, agent, state.agents)
    draw_filter(columns[2], words_history.OUTCOME_LABEL, outcome, OUTCOME_CHOICES)
    draw_filter(columns[3], words_history.CONVERSATION_LABEL, conversation, state.conversations)
