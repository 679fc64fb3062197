"""Checks of a question before an agent is asked, and the agent if the reader chooses none."""

from collections.abc import Sequence

from backend.present.words import run as words
from backend.protocol.options import MAX_QUESTION_BYTES

USUAL_AGENT = "documents"


def starting_agent(offered: Sequence[str]) -> str:
    """The agent that a page starts with: the first on offer. A backend offers the agents its operator asked for first.
    Before a backend has answered, it is the usual agent."""
    return offered[0] if offered else USUAL_AGENT


def question_problem(question: str) -> str | None:
    """The fault of the question, in one sentence, or None. The backend checks the same again."""
    if not question.strip():
        return words.QUESTION_EMPTY
    if len(question.encode("utf-8", "replace")) > MAX_QUESTION_BYTES:
        return words.QUESTION_TOO_LONG.format(limit=MAX_QUESTION_BYTES // 1024)
    return None
