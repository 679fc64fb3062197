"""A run in one line, where people choose one from a list."""

from backend.present.words import history as words_history, run as words
from backend.protocol.events import Outcome


def run_title(question: str, agent: str, created_at: str, outcome: Outcome | None) -> str:
    """Question, agent, when it was asked (in UTC, to the minute) and what became of it. ``created_at`` is ISO 8601."""
    state = words.OUTCOME_WORDS[outcome] if outcome is not None else words_history.RUNNING
    facts = [words.shortened(question, 80), agent, created_at[:16].replace("T", " "), state]
    return " · ".join(fact for fact in facts if fact)
