"""Attempts of a run: where the log of a later one continues, and which events it leaves standing.

A log grows without a gap through all its attempts. Only where a server lost the end of a log that readers had seen does
a later attempt begin at a lower ``seq``: what came after ``resumes_after`` then is not a part of the run any more.
"""

from collections.abc import Iterable

from backend.protocol.cursor import Cursor, CursorError
from backend.protocol.events import Event, EventType


def resumed_after(event: Event) -> Cursor | None:
    """The event after which the event's attempt continues the log, where it is the first of a later attempt."""
    if not event.resumes_after or event.attempt is None:
        return None
    try:
        return Cursor.parse(event.resumes_after)
    except CursorError:
        return None


def beginning(event: EventType, attempt: int, after: Cursor) -> EventType:
    """The event as the first of that attempt, which continues the log after ``after``."""
    return event.model_copy(update={"attempt": attempt, "resumes_after": str(after)})


def steps_back(event: Event, last_seq: int) -> bool:
    """Whether the event begins an attempt that leaves out some of the events up to ``last_seq``."""
    after = resumed_after(event)
    return after is not None and after.seq < last_seq


def standing(events: Iterable[Event]) -> list[Event]:
    """The events without those that a later attempt left out, in order."""
    kept: list[Event] = []
    for event in events:
        if event.resumes_after is not None and (after := resumed_after(event)) is not None:
            while kept and kept[-1].seq > after.seq:
                kept.pop()
        kept.append(event)
    return kept
