"""What is taken as a title, as a comment, and as the moment of a run that a comment is about."""

import unicodedata

from backend.api.problems import RequestProblem
from backend.api.review_resources import NewFeedback
from backend.runs.records import RunRecord

MAX_TITLE_CHARACTERS = 200
MAX_COMMENT_CHARACTERS = 4000

ROUNDING_MS = 1.0
"""How far a moment may lie behind the end of its run: a reader may have rounded the end up."""


def checked_title(title: str) -> str:
    """The title on one line. Raises a problem for one that cannot be shown as a title."""
    line = " ".join(title.split())
    kinds = {unicodedata.category(character) for character in line}
    if all(kind[0] in "CZ" for kind in kinds):
        raise RequestProblem(422, "empty-title", "The title is empty: write one.")
    if "Cc" in kinds:
        raise RequestProblem(422, "title-not-text", "The title contains control characters: send plain text.")
    return _short_enough("title", line, MAX_TITLE_CHARACTERS)


def checked_comment(feedback: NewFeedback) -> str:
    """The comment without the white space around it. Raises a problem where nothing was said, or too much."""
    comment = feedback.comment.strip()
    if not comment and feedback.thumb is None and feedback.preference is None:
        raise RequestProblem(422, "empty-feedback", "The feedback is empty: give a thumb (up or down) or a comment.")
    if "\0" in comment:
        raise RequestProblem(422, "comment-not-text", "The comment contains a NUL character: remove it.")
    return _short_enough("comment", comment, MAX_COMMENT_CHARACTERS)


def checked_moment(at_ms: float | None, record: RunRecord, elapsed_ms: float) -> float | None:
    """The moment, in milliseconds since the run was accepted, or None for the run as a whole.

    ``elapsed_ms`` is how far the run is by now. Raises a problem for a moment outside the run.
    """
    if at_ms is None:
        return None
    if at_ms < 0:
        raise RequestProblem(
            422, "moment-before-run", "at_ms lies before the run: send milliseconds since the run was accepted, from 0."
        )
    end_ms = elapsed_ms if record.duration_ms is None else record.duration_ms
    if at_ms > end_ms + ROUNDING_MS:
        stood = "has taken" if record.ended else "has been running for"
        raise RequestProblem(
            422,
            "moment-beyond-run",
            f"at_ms is {at_ms:,.0f}, but the run {stood} {end_ms:,.0f} ms: send a moment within the run, "
            "or leave at_ms out for the run as a whole.",
            limit_ms=end_ms,
        )
    return min(at_ms, end_ms)


def _short_enough(what: str, text: str, limit: int) -> str:
    if len(text) > limit:
        raise RequestProblem(
            422,
            f"{what}-too-long",
            f"The {what} has {len(text):,} characters, at most {limit:,} are accepted: shorten it.",
            limit_characters=limit,
        )
    return text
