"""Which runs are looked for, and the fields that say so."""

from dataclasses import dataclass
from typing import Final, get_args

import streamlit as st

from backend.client.replies import OfferedAgent, RunSummary, SessionSummary
from backend.client.run_client import OutcomeWanted
from backend.client.sync import SyncRunClient
from backend.present.words import history as words_history, run as words
from backend.protocol.events import Outcome

RUNS_A_PAGE: Final = 25
_SESSIONS_SHOWN: Final = 100
_OUTCOMES: Final[tuple[OutcomeWanted, ...]] = ("", "running", *get_args(Outcome))
_PAGES = "history-pages"


@dataclass(frozen=True, slots=True)
class Found:
    """Runs that fit, the newest first; ``more`` says whether others follow, ``narrowed`` whether anything was asked."""

    runs: tuple[RunSummary, ...]
    more: bool
    narrowed: bool


def draw_search(client: SyncRunClient, offers: tuple[OfferedAgent, ...], sessions: tuple[SessionSummary, ...]) -> Found:
    """Draw the fields and look. Raises ``ClientError``."""
    titles = {offer.agent: offer.title or offer.agent for offer in offers}
    names = {session.session_id: session.title for session in sessions}
    places = st.columns([4, 3, 2, 3], gap="small")
    text = places[0].text_input(
        words_history.SEARCH_LABEL,
        key="history-text",
        placeholder=words_history.SEARCH_PLACEHOLDER,
        on_change=_begin_anew,
        autocomplete="off",
    )
    agent = places[1].selectbox(
        words.AGENT_LABEL,
        ["", *titles],
        key="history-agent",
        format_func=lambda name: titles.get(name, name) or words_history.ALL_AGENTS,
        on_change=_begin_anew,
    )
    outcome = places[2].selectbox(
        words_history.OUTCOME_LABEL,
        _OUTCOMES,
        key="history-outcome",
        format_func=outcome_word,
        on_change=_begin_anew,
    )
    session_id = places[3].selectbox(
        words_history.CONVERSATION_LABEL,
        ["", *names],
        key="history-session",
        format_func=lambda name: (
            words.shortened(names.get(name or "", name or ""), 60) or words_history.ALL_CONVERSATIONS
        ),
        on_change=_begin_anew,
    )
    return _look(client, text.strip(), agent or "", outcome or "", session_id or "")


def show_more() -> None:
    """Let the next pass show one page more."""
    st.session_state[_PAGES] = st.session_state.get(_PAGES, 1) + 1


def outcome_word(outcome: OutcomeWanted) -> str:
    """An outcome as it stands in the list to choose from."""
    if outcome == "":
        return words_history.ALL_OUTCOMES
    return words_history.RUNNING if outcome == "running" else words.OUTCOME_WORDS[outcome]


def _look(client: SyncRunClient, text: str, agent: str, outcome: OutcomeWanted, session_id: str) -> Found:
    runs: list[RunSummary] = []
    before: str | None = ""
    for _ in range(st.session_state.get(_PAGES, 1)):
        page = client.runs(
            text=text, agent=agent, outcome=outcome, session_id=session_id, limit=RUNS_A_PAGE, before=before or ""
        )
        runs += page.runs
        before = page.next
        if before is None:
            break
    return Found(tuple(runs), before is not None, bool(text or agent or outcome or session_id))


def _begin_anew() -> None:
    st.session_state[_PAGES] = 1
