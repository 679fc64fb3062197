"""What an agent yields is looked at before it is written: what must not reach a reader becomes a warning.

It is encoded here, once: its size, its validity and its frame all come from the same JSON."""

from collections.abc import Sequence
from typing import Any, NamedTuple

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
    body_of,
    event_body,
    token_body,
)

MAX_EVENT_BYTES = 2 * 1024 * 1024
"""The largest event as JSON: an artifact of the size that is allowed, and what stands around it."""

MAX_TOKEN_CHARACTERS = 64 * 1024
"""A longer token is written as several: its text is kept whole."""

_MAX_ERROR_CHARACTERS = 2000
_DRAFTS = (StatusEvent, TokenEvent, CitationEvent, ArtifactEvent, WarningEvent, ErrorEvent)


MUCH = 4000
"""The number of values, or of characters in sixteens, from which content is worth another thread."""


class ScreenedDraft(NamedTuple):
    """A draft that may be written, and its ``event_body``."""

    draft: Draft
    body: str


class BadDraftError(Exception):
    """The agent yielded what is not an event; the message is one sentence for people."""


def screen(draft: object, *, show_reasoning: bool = False) -> Sequence[ScreenedDraft]:
    """The drafts to write for what an agent yielded. Raises ``BadDraftError`` for what is not a draft at all. Without
    ``show_reasoning`` what a model thought is left out of every agent's drafts."""
    if isinstance(draft, TokenEvent):
        return _token(draft)
    if not isinstance(draft, _DRAFTS):
        kind = type(draft).__name__
        raise BadDraftError(f"The agent sent something that is not an event of an agent ({kind}).")
    if isinstance(draft, ErrorEvent):
        return [_screened(error_draft(draft.code, draft.message, retryable=draft.retryable))]
    if isinstance(draft, StatusEvent) and draft.thought is not None and not show_reasoning:
        draft = draft.model_copy(update={"thought": None})
    try:
        screened = _writable(draft)
    except (ValueError, RecursionError):
        return _without(draft, "it cannot be written as JSON")
    draft, body = screened
    if isinstance(draft, ArtifactEvent) and (problem := artifact_problem(draft, body)) is not None:
        name = draft.title[:100] or draft.kind
        return [_screened(WarningEvent(code="artifact_refused", message=f"“{name}” is not shown: {problem}"))]
    if len(body) > MAX_EVENT_BYTES:
        return _without(draft, f"it has {len(body):,} bytes, at most {MAX_EVENT_BYTES:,} are kept")
    return [screened]


def plain_token_body(draft: TokenEvent) -> str | None:
    """The ``event_body`` of a token that ``screen`` gives back as it is, as it does nearly all drafts; None for another
    token."""
    text = draft.text
    if type(draft) is not TokenEvent or not isinstance(text, str) or len(text) > MAX_TOKEN_CHARACTERS:
        return None
    try:
        return token_body(draft)
    except ValueError:
        return None


def is_large(draft: object) -> bool:
    """Whether to look at the draft takes so long that other runs would wait for it. Takes well below a millisecond."""
    if type(draft) is TokenEvent:
        return False
    if isinstance(draft, ArtifactEvent):
        return _much(draft.content)
    return (
        isinstance(draft, StatusEvent) and draft.tool is not None and _much([draft.tool.arguments, draft.tool.result])
    )


def _much(content: object) -> bool:
    counted, waiting = 0, [content]
    while waiting and counted < MUCH:
        value = waiting.pop()
        if isinstance(value, str):
            counted += len(value) // 16
        elif isinstance(value, dict):
            counted += len(value)
            waiting.extend(list(value.values())[:MUCH])
        elif isinstance(value, list | tuple):
            counted += len(value)
            waiting.extend(value[:MUCH])
    return counted >= MUCH


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


def _screened(draft: Draft) -> ScreenedDraft:
    return ScreenedDraft(draft, event_body(draft))


def _token(draft: TokenEvent) -> list[ScreenedDraft]:
    if not isinstance(draft.text, str):
        raise BadDraftError("The agent sent a token whose text is not text.")
    text = clean_text(draft.text)
    if len(text) <= MAX_TOKEN_CHARACTERS:
        return [_screened(draft if text is draft.text else draft.model_copy(update={"text": text}))]
    starts = range(0, len(text), MAX_TOKEN_CHARACTERS)
    return [_screened(draft.model_copy(update={"text": text[at : at + MAX_TOKEN_CHARACTERS]})) for at in starts]


def _writable(draft: Draft) -> ScreenedDraft:
    """The draft, repaired where it contains half characters. Raises ``BadDraftError`` where its fields are not what its
    class says, and ``ValueError`` or ``RecursionError`` where it is not JSON."""
    mended = None
    try:
        text = draft.model_dump_json(exclude_none=True, ensure_ascii=True, warnings=False)
    except PydanticSerializationError:
        mended = _mended(draft.model_dump(warnings=False))
    try:
        if mended is not None:
            return _screened(type(draft).model_validate(mended))
        type(draft).model_validate_json(text)
    except ValidationError as error:
        raise BadDraftError(f"The agent sent a {draft.type} event whose fields are not of its kind.") from error
    return ScreenedDraft(draft, body_of(text))


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {_mended(name): _mended(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_mended(inner) for inner in value]
    return value


def _without(draft: Draft, reason: str) -> list[ScreenedDraft]:
    """The part of a draft that can be written: a step keeps all but its tool log, since it continues or ends all the
    same."""
    if isinstance(draft, StatusEvent) and draft.tool is not None:
        return [_refused("A tool log", reason), *screen(draft.model_copy(update={"tool": None}), show_reasoning=True)]
    return [_refused("An artifact" if draft.type == "artifact" else f"A {draft.type} event", reason)]


def _refused(subject: str, reason: str) -> ScreenedDraft:
    return _screened(WarningEvent(code="event_refused", message=f"{subject} was left out: {reason}."))
