"""What can be said of a question before anybody is asked."""

from backend.present import words
from backend.protocol.options import MAX_QUESTION_BYTES


def question_problem(question: str) -> str | None:
    """What is wrong with the question, in one sentence, or None. The backend checks the same again."""
    if not question.strip():
        return words.QUESTION_EMPTY
    if len(question.encode("utf-8", "replace")) > MAX_QUESTION_BYTES:
        return words.QUESTION_TOO_LONG.format(limit=MAX_QUESTION_BYTES // 1024)
    return None
