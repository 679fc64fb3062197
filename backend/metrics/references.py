"""Where the answer refers to its sources: by markers such as [1], or by the ranges that citations name.

A range counts where the answer has no marker of its citation's number. It is complete with the token that reaches its
end, and leads to its source from the first event that carries the range.
"""

from dataclasses import dataclass

from backend.metrics.citing import Cited, first_by_number, identity
from backend.metrics.trace import Trace
from backend.protocol.events import CitationEvent


@dataclass(frozen=True, slots=True)
class Reference:
    """One marker or one range of the final answer: code points, the end exclusive.

    ``source`` names the source: a number, or a citation's identity. ``index`` and ``at_ms`` are of the token that
    completed the reference. ``cited`` is the event that it leads to, None for a marker whose citation never came.
    ``number``: as in the marker, or of the citation; None where it has none. ``gone_ms``: when a marker turned out not
    to be one.
    """

    source: str
    start: int
    end: int
    index: int
    at_ms: float
    cited: Cited | None
    number: int | None = None
    gone_ms: float | None = None
    is_range: bool = False

    @property
    def resolved_ms(self) -> float | None:
        """When it could be followed: with its own arrival or its citation's, whichever came later; None = never."""
        if self.cited is None:
            return None
        return self.at_ms if self.cited.index < self.index else self.cited.at_ms


def references(trace: Trace) -> tuple[Reference, ...]:
    """The references of the final answer, in the order in which they stand there."""
    found = [*_markers(trace), *_ranges(trace)]
    return tuple(sorted(found, key=lambda one: (one.end, one.start, one.index)))


def withdrawn_references(trace: Trace) -> tuple[Reference, ...]:
    """What only looked like a marker for a while."""
    known = first_by_number(trace)
    return tuple(
        Reference(
            f"number {seen.number}", seen.start, seen.end, seen.index, seen.at_ms, known.get(seen.number),
            seen.number, seen.gone_ms,
        )
        for seen in trace.answer.withdrawn
    )  # fmt: skip


def _markers(trace: Trace) -> list[Reference]:
    known = first_by_number(trace)
    return [
        Reference(
            f"number {seen.number}", seen.start, seen.end, seen.index, seen.at_ms, known.get(seen.number), seen.number
        )
        for seen in trace.answer.markers
    ]


def _ranges(trace: Trace) -> list[Reference]:
    marked = {marker.number for marker in trace.answer.markers}
    found: dict[tuple[str, int, int], Reference] = {}
    for index, (event, at_ms) in enumerate(zip(trace.events, trace.times_ms, strict=True)):
        if not isinstance(event, CitationEvent) or event.number in marked:
            continue
        name = identity(event) if event.citation_id is not None or event.number is not None else f"event {index}"
        for span in event.spans:
            reached = trace.answer.reached(span.end)
            if (name, span.start, span.end) in found or reached is None or span.end <= span.start:
                continue
            found[name, span.start, span.end] = Reference(
                name, span.start, span.end, reached.index, reached.at_ms, Cited(event, index, at_ms),
                event.number, is_range=True,
            )  # fmt: skip
    return list(found.values())
