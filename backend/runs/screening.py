"""What an agent yields is looked at before it is written: what must not reach a reader becomes a warning."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from backend.protocol.artifacts import artifact_problem
from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    Draft,
    ErrorEvent,
    StatusEvent,
    TokenEvent,
    WarningEvent,
    event_json,
)

MAX_EVENT_BYTES = 2 * 1024 * 1024
"""The largest event as JSON: an artifact of the size that is allowed, and what stands around it."""

MAX_TOKEN_CHARACTERS = 64 * 1024
"""A longer token is written as several: its text is kept whole."""

_MAX_ERROR_CHARACTERS = 2000
_DRAFTS = (StatusEvent, TokenEvent, CitationEvent, ArtifactEvent, WarningEvent, ErrorEvent)


class BadDraftError(Exception):
    """The agent yielded what is not an event; the message is one sentence for people."""


def screen(draft: object) -> Sequence[Draft]:
    """The drafts to write for what an agent yielded. Raises ``BadDraftError`` for what is not a draft at all."""
    if not isinstance(draft, _DRAFTS):
        kind = type(draft).__name__
        raise BadDraftError(f"The agent sent something that is not an event of an agent ({kind}).")
    if isinstance(draft, TokenEvent):
        return _token(draft)
    if isinstance(draft, ErrorEvent):
        return [error_draft(draft.code, draft.message, retryable=draft.retryable)]
    try:
        draft = _writable(draft)
    except (ValueError, RecursionError):
        return _without(draft, "it cannot be written as JSON")
    if isinstance(draft, ArtifactEvent) and (problem := artifact_problem(draft)) is not None:
        name = draft.title[:100] or draft.kind
        return [WarningEvent(code="artifact_refused", message=f"“{name}” is not shown: {problem}")]
    size = size_of(draft)
    if size > MAX_EVENT_BYTES:
        return _without(draft, f"it has {size:,} bytes, at most {MAX_EVENT_BYTES:,} are kept")
    return [draft]


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
        raise BadDraftError("The agent sent a token whose text is not text.")
    text = clean_text(draft.text)
    if len(text) <= MAX_TOKEN_CHARACTERS:
        return [draft if text is draft.text else draft.model_copy(update={"text": text})]
    starts = range(0, len(text), MAX_TOKEN_CHARACTERS)
    return [draft.model_copy(update={"text": text[at : at + MAX_TOKEN_CHARACTERS]}) for at in starts]


def _writable(draft: Draft) -> Draft:
    """The draft, repaired where it contains half characters. Raises ``BadDraftError`` where its fields are not what its
    class says, and ``ValueError`` or ``RecursionError`` where it is not JSON."""
    fields = draft.model_dump(warnings=False)
    try:
        draft.model_dump_json(warnings=False)
        mended = False
    except PydanticSerializationError:
        fields = _mended(fields)
        mended = True
    try:
        checked = type(draft).model_validate(fields)
    except ValidationError as error:
        raise BadDraftError(f"The agent sent a {draft.type} event whose fields are not of its kind.") from error
    return checked if mended else draft


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {_mended(name): _mended(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_mended(inner) for inner in value]
    return value


def _without(draft: Draft, reason: str) -> list[Draft]:
    """The part of a draft that can be written: a step keeps all but its tool log, since it continues or ends all the
    same."""
    if isinstance(draft, StatusEvent) and draft.tool is not None:
        return [_refused("A tool log", reason), *screen(draft.model_copy(update={"tool": None}))]
    return [_refused("An artifact" if draft.type == "artifact" else f"A {draft.type} event", reason)]


def _refused(subject: str, reason: str) -> WarningEvent:
    return WarningEvent(code="event_refused", message=f"{subject} was left out: {reason}.")
