"""Whether each source was there when its sentence was complete."""

from bisect import bisect_right

from backend.metrics.metric import Metric
from backend.metrics.references import references
from backend.metrics.sentences import Sentence, sentences
from backend.metrics.trace import Trace

IN_SYNC_MS = 100.0
"""How long after the end of its sentence a marker may resolve and still count as in sync."""


def in_sync_rate(trace: Trace) -> float | None:
    """In sync: the share of markers that could be followed within 100 ms of the end of the sentence they
    support. Markers right behind a full stop belong to that sentence. A citation that comes before its
    marker is in sync. Ranges that citations name count like markers. No value for an answer without either.
    """
    found = references(trace)
    if not found:
        return None
    parts, in_sync = sentences(trace.answer.text), 0
    for reference in found:
        # A range supports the sentence that its last letter is in.
        start = reference.end - 1 if reference.is_range else reference.start
        complete = trace.answer.reached(_sentence_end(parts, start, reference.end))
        if reference.resolved_ms is not None and complete is not None:
            in_sync += reference.resolved_ms <= complete.at_ms + IN_SYNC_MS
    return in_sync / len(found)


def _sentence_end(parts: tuple[Sentence, ...], start: int, end: int) -> int:
    """The end of the sentence around a marker, else (in a heading or a table) of the marker itself."""
    at = bisect_right(parts, start, key=lambda sentence: sentence.start) - 1
    return max(parts[at].end, end) if at >= 0 and start < parts[at].end else end


IN_SYNC = Metric("in_sync_rate", "Citations in sync", "share", "higher", in_sync_rate)
