"""The markers of a view while its answer grows and its citations come.

A token costs what is new: what is settled is not looked at again. A citation looks at all markers only where it may
change what one of them is.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from backend.protocol.citations import MarkerScan, markers_before, scan_tail
from backend.protocol.events import CitationEvent
from backend.protocol.marker_run import Marker, MarkerRun
from backend.protocol.run_view import MessageState


def markers_after(message: MessageState, answer: str) -> dict[str, Any]:
    """The fields of the message that change by more text: ``answer`` is the one of ``message``, and continues."""
    line = message.marker_line
    settled, doubtful = message.markers.before(line), message.doubtful_markers.before(line)
    tail = scan_tail(answer, line, message.marker_fence, settled, doubtful)
    cited = _numbers(message.citations) if tail.markers or tail.doubtful or message.settled_pending is None else set()
    found = tail.with_cited(cited)
    pending = message.settled_pending
    if pending is None:
        pending = _without_citation(settled, cited)
    now_settled = markers_before(found, tail.line_start)
    pending = _joined(pending, _without_citation(now_settled, cited))
    return {
        "markers": settled.followed_by(found),
        "doubtful_markers": doubtful.followed_by(tail.doubtful),
        "marker_line": tail.line_start,
        "marker_fence": tail.fence,
        "settled_pending": pending,
        "pending": _joined(pending, _without_citation(found[len(now_settled) :], cited)),
    }


def markers_with(
    message: MessageState, citations: Iterable[CitationEvent], new: CitationEvent, before: CitationEvent | None
) -> dict[str, Any]:
    """The fields that change by a citation: ``citations`` are all of them, ``before`` is the one that ``new``
    replaces."""
    if before is not None and before.number == new.number:
        return {}
    if not message.markers and not message.doubtful_markers:
        return {"settled_pending": (), "pending": ()}
    may_decide = any(marker.number == new.number for marker in message.doubtful_markers)
    if before is None and not may_decide and message.settled_pending is not None:
        return {
            "settled_pending": _without(message.settled_pending, new.number),
            "pending": _without(message.pending, new.number),
        }
    in_doubt = {(marker.start, marker.number) for marker in message.doubtful_markers}
    certain = tuple(marker for marker in message.markers if (marker.start, marker.number) not in in_doubt)
    cited = _numbers(citations)
    markers = MarkerScan(markers=certain, doubtful=tuple(message.doubtful_markers)).with_cited(cited)
    settled = markers_before(markers, message.marker_line)
    return {
        "markers": MarkerRun(markers),
        "settled_pending": _without_citation(settled, cited),
        "pending": _without_citation(markers, cited),
    }


def _without(numbers: tuple[int, ...], number: int | None) -> tuple[int, ...]:
    return tuple(each for each in numbers if each != number)


def _numbers(citations: Iterable[CitationEvent]) -> set[int]:
    return {citation.number for citation in citations if citation.number is not None}


def _without_citation(markers: Sequence[Marker], cited: Collection[int]) -> tuple[int, ...]:
    """The numbers that no citation has, each once, in order of first appearance."""
    return tuple(dict.fromkeys(marker.number for marker in markers if marker.number not in cited))


def _joined(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(first + second)) if second else first
