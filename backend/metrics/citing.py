"""What the citation metrics share: each citation's first event, and where it is anchored.

Before or after is decided by the order of the events, not by the clock: two events in one segment share a
stamp.
"""

from dataclasses import dataclass

from backend.metrics.trace import Trace
from backend.protocol.events import CitationEvent


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation's first event: its index among the events and its time."""

    event: CitationEvent
    index: int
    at_ms: float


@dataclass(frozen=True, slots=True)
class Anchor:
    """The place of the answer that a citation supports: where it ends, and the token with which it was
    there.
    """

    end: int
    index: int
    at_ms: float


def identity(event: CitationEvent) -> str:
    """What makes two citation events the same citation: the id, else the number, else everything they say."""
    if event.citation_id is not None:
        return f"id {event.citation_id}"
    return f"number {event.number}" if event.number is not None else f"payload {payload(event)}"


def payload(event: CitationEvent) -> str:
    """Everything a citation says, without its stamp."""
    return event.model_dump_json(exclude={"seq", "at_ms"}, exclude_none=True)


def first_citations(trace: Trace) -> tuple[Cited, ...]:
    """Each distinct citation by its first event, in the order in which they came."""
    found: dict[str, Cited] = {}
    for index, (event, at_ms) in enumerate(zip(trace.events, trace.times_ms, strict=True)):
        if isinstance(event, CitationEvent):
            found.setdefault(identity(event), Cited(event, index, at_ms))
    return tuple(found.values())


def first_by_number(trace: Trace) -> dict[int, Cited]:
    """The first citation event that carries each number, updates of another citation included."""
    found: dict[int, Cited] = {}
    for index, (event, at_ms) in enumerate(zip(trace.events, trace.times_ms, strict=True)):
        if isinstance(event, CitationEvent) and event.number is not None:
            found.setdefault(event.number, Cited(event, index, at_ms))
    return found


def anchor(trace: Trace, cited: Cited) -> Anchor | None:
    """Where the answer refers to this citation: its first marker, else the end of its first span.

    None where there is neither, or where the answer never grew as far as the span.
    """
    marker = next((seen for seen in trace.answer.markers if seen.number == cited.event.number), None)
    if marker is not None:
        return Anchor(marker.end, marker.index, marker.at_ms)
    if not cited.event.spans:
        return None
    end = cited.event.spans[0].end
    reached = trace.answer.reached(end)
    return None if reached is None else Anchor(end, reached.index, reached.at_ms)
