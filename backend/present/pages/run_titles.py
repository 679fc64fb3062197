"""A run in one line, for lists to choose from."""

from typing import Final

from backend.present.words import history as words_history, run as words
from backend.protocol.events import Outcome

LONGEST_QUESTION: Final = 160
"""Characters of a question in the history's list, which has two lines for one."""

_LONGEST_IN_MENU: Final = 80


def run_title(
    question: str, agent: str, created_at: str, outcome: Outcome | None, longest: int = _LONGEST_IN_MENU
) -> str:
    """Question, agent, time of the question (in UTC, to the minute) and outcome. ``created_at`` is ISO 8601,
    ``longest`` the most characters of the question."""
    state = words.OUTCOME_WORDS[outcome] if outcome is not None else words_history.RUNNING
    facts = [words.shortened(question, longest), agent, created_at[:16].replace("T", " "), state]
    return " · ".join(fact for fact in facts if fact)
