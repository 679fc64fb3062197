"""Short ways to write a run down: events with their times, as a test reads best."""

from typing import Any

from backend.metrics.trace import Trace
from backend.protocol.events import CitationEvent, DoneEvent, Event, StatusEvent, TokenEvent


def status(step_id: str | None, state: str = "started", **fields: Any) -> StatusEvent:
    """A status of the step ``step_id``, whose name is its id."""
    return StatusEvent(**{"step_id": step_id, "step": step_id, "state": state, **fields})


def announced(step: str) -> StatusEvent:
    """A status that only says that a step begins."""
    return StatusEvent(step=step)


def token(text: str) -> TokenEvent:
    """A token."""
    return TokenEvent(text=text)


def citation(number: int | None, citation_id: str | None = None, **fields: Any) -> CitationEvent:
    """A citation; its id is its number unless given."""
    name = citation_id if citation_id is not None else (None if number is None else f"c{number}")
    return CitationEvent(number=number, citation_id=name, **fields)


def done(**fields: Any) -> DoneEvent:
    """The end."""
    return DoneEvent(**fields)


def trace(*timed: tuple[float, Event], close_ms: float | None = None, **fields: Any) -> Trace:
    """A trace on the wire's plane of (milliseconds, event), numbered from 1 unless the events are."""
    events = tuple(
        event if event.seq else event.model_copy(update={"seq": number, "at_ms": at_ms})
        for number, (at_ms, event) in enumerate(timed, start=1)
    )
    return Trace("wire", events, tuple(at_ms for at_ms, _ in timed), close_ms=close_ms, **fields)
