"""The end of a run that the store could not keep."""

from collections.abc import Sequence

from backend.protocol.events import DoneEvent, ErrorEvent, KnownEvent, stamp


def storage_failure(closing: Sequence[KnownEvent], done: DoneEvent, message: str) -> tuple[list[KnownEvent], DoneEvent]:
    """The end of a run whose end could not be kept: its error says so, and it is ``failed``."""
    error = ErrorEvent(code="storage_failed", message=message, retryable=True)
    has_tokens = done.counts is not None and done.counts.tokens > 0
    kept = [event for event in closing if not isinstance(event, ErrorEvent) or event.code != error.code]
    first_seq = done.seq - len(closing)
    events = [stamp(event, seq, event.at_ms) for seq, event in enumerate(kept, start=first_seq)]
    events.append(stamp(error, first_seq + len(kept), done.at_ms))
    failed = done.model_copy(update={"outcome": "failed", "partial": has_tokens})
    return events, stamp(failed, first_seq + len(kept) + 1, done.at_ms)
