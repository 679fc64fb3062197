"""How many citations and markers there were, and how many of them did not fit together."""

from backend.metrics.citing import anchor, first_by_number, first_citations, identity, payload
from backend.metrics.metric import Metric
from backend.metrics.trace import Trace
from backend.protocol.events import CitationEvent


def citations(trace: Trace) -> int:
    """Citations: how many different ones came, by id, or by number where they have none."""
    return len(first_citations(trace))


def markers(trace: Trace) -> int:
    """Markers: how many references such as [1] stand in the final answer; [1, 2] is two."""
    return len(trace.answer.markers)


def dangling_markers(trace: Trace) -> int:
    """Dangling markers: markers of the final answer whose citation never came."""
    known = first_by_number(trace)
    return sum(marker.number not in known for marker in trace.answer.markers)


def orphan_citations(trace: Trace) -> int:
    """Orphan citations: citations that the final answer never refers to, by marker or by span."""
    return sum(anchor(trace, cited) is None for cited in first_citations(trace))


def mutated_citations(trace: Trace) -> int:
    """Mutated citations: citation events with an id that came before and another payload than the last
    time.
    """
    return _repeats(trace)[0]


def duplicate_citations(trace: Trace) -> int:
    """Duplicate citations: citation events with an id that came before and the same payload as the last
    time.
    """
    return _repeats(trace)[1]


def _repeats(trace: Trace) -> tuple[int, int]:
    last: dict[str, str] = {}
    mutated = duplicate = 0
    for event in trace.events:
        if not isinstance(event, CitationEvent):
            continue
        name, says = identity(event), payload(event)
        if name in last:
            mutated += last[name] != says
            duplicate += last[name] == says
        last[name] = says
    return mutated, duplicate


CITATIONS = Metric("citations", "Citations", "count", "none", citations, clocked=False)
MARKERS = Metric("markers", "Markers", "count", "none", markers, clocked=False)
DANGLING = Metric("dangling_markers", "Dangling markers", "count", "lower", dangling_markers, clocked=False)
ORPHANS = Metric("orphan_citations", "Orphan citations", "count", "lower", orphan_citations, clocked=False)
MUTATED = Metric("mutated_citations", "Mutated citations", "count", "lower", mutated_citations, clocked=False)
REPEATED = Metric("duplicate_citations", "Duplicate citations", "count", "lower", duplicate_citations, clocked=False)
