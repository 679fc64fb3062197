"""What an agent yields is looked at before it is written: what must not reach a reader becomes a warning."""

from collections.abc import Sequence

from backend.protocol.artifacts import artifact_problem
from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    Draft,
    ErrorEvent,
    StatusEvent,
    TokenEvent,
    UnknownEvent,
    WarningEvent,
    event_json,
    parse_event,
)

MAX_EVENT_BYTES = 2 * 1024 * 1024
"""The largest event as JSON: an artifact of the size that is allowed, and what stands around it."""

MAX_TOKEN_CHARACTERS = 64 * 1024
"""A longer token is written as several: its text is kept whole."""

_MAX_ERROR_CHARACTERS = 2000
_DRAFTS = (StatusEvent, TokenEvent, CitationEvent, ArtifactEvent, WarningEvent, ErrorEvent)


class BadDraftError(ValueError):
    """The agent yielded what is no event; the message is one sentence for people."""


def screen(draft: object) -> Sequence[Draft]:
    """The drafts to write for what an agent yielded. Raises ``BadDraftError`` for what is no draft at all."""
    if not isinstance(draft, _DRAFTS):
        kind = type(draft).__name__
        raise BadDraftError(f"The agent sent something that is no event of an agent ({kind}).")
    if isinstance(draft, TokenEvent):
        return _token(draft)
    if isinstance(draft, ErrorEvent):
        return [error_draft(draft.code, draft.message, retryable=draft.retryable)]
    if isinstance(draft, ArtifactEvent):
        problem = artifact_problem(draft)
        if problem is not None:
            name = clean_text(draft.title)[:100] or draft.kind
            return [WarningEvent(code="artifact_refused", message=f"“{name}” is not shown: {problem}")]
    return _sized(draft)


def error_draft(code: str, message: str, *, retryable: bool = False) -> ErrorEvent:
    """An error event whose message is short enough and can be written."""
    return ErrorEvent(
        code=clean_text(str(code)), message=clean_text(str(message))[:_MAX_ERROR_CHARACTERS], retryable=retryable
    )


def clean_text(text: str) -> str:
    """The text without half surrogate pairs, which UTF-8 cannot carry: two halves that meet become one
    character, a lone one U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def size_of(draft: Draft) -> int:
    """About how many bytes the draft takes in the log."""
    if isinstance(draft, TokenEvent):
        return len(draft.text) + 100
    return len(event_json(draft)) + 50


def _token(draft: TokenEvent) -> list[Draft]:
    if not isinstance(draft.text, str):
        raise BadDraftError("The agent sent a token whose text is no text.")
    text = clean_text(draft.text)
    if len(text) <= MAX_TOKEN_CHARACTERS:
        return [draft if text is draft.text else draft.model_copy(update={"text": text})]
    starts = range(0, len(text), MAX_TOKEN_CHARACTERS)
    return [draft.model_copy(update={"text": text[at : at + MAX_TOKEN_CHARACTERS]}) for at in starts]


def _sized(draft: Draft) -> list[Draft]:
    try:
        data = event_json(draft)
    except (ValueError, RecursionError):
        return [_refused(draft, "it cannot be written as JSON")]
    if len(data) <= MAX_EVENT_BYTES:
        if not isinstance(draft, ArtifactEvent) and isinstance(parse_event(data), UnknownEvent):
            raise BadDraftError(f"The agent sent a {draft.type} event that cannot be read back.")
        return [draft]
    refused = _refused(draft, f"it has {len(data):,} bytes, at most {MAX_EVENT_BYTES:,} are kept")
    if isinstance(draft, StatusEvent) and draft.tool is not None:
        # The step goes on or ends all the same: only its tool log is left out.
        return [refused, *_sized(draft.model_copy(update={"tool": None}))]
    return [refused]


def _refused(draft: Draft, reason: str) -> WarningEvent:
    subject = "A tool log" if isinstance(draft, StatusEvent) and draft.tool else f"A {draft.type} event"
    return WarningEvent(code="event_refused", message=f"{subject} was left out: {reason}.")
