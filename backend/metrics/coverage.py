"""How much of the answer is backed by a source, and whether the quotes are real."""

from backend.metrics.citing import first_by_number
from backend.metrics.metric import Metric
from backend.metrics.sentences import sentences
from backend.metrics.trace import Trace
from backend.protocol.events import CitationEvent


def coverage(trace: Trace) -> float | None:
    """Coverage: the share of the answer's sentences that carry a marker whose citation came, or that a
    citation's span touches. Sentences are found by rule; headings, tables and code count as none. No value
    without a sentence.
    """
    parts = sentences(trace.answer.text)
    if not parts:
        return None
    known = first_by_number(trace)
    places = [(marker.start, marker.end) for marker in trace.answer.markers if marker.number in known]
    for event in trace.events:
        if isinstance(event, CitationEvent):
            places += [(span.start, span.end) for span in event.spans]
    covered = sum(any(start < part.end and end > part.start for start, end in places) for part in parts)
    return covered / len(parts)


def verified_quotes(trace: Trace) -> float | None:
    """Verified quotes: the share of quotes found word for word in their source, white space aside. Only
    quotes whose source is at hand are counted; no value where none is.
    """
    found: dict[tuple[str, str], bool] = {}
    for event in trace.events:
        if not isinstance(event, CitationEvent) or not event.quote or event.document_id is None:
            continue
        if event.document_id in trace.sources:
            found[event.document_id, event.quote] = _words(event.quote) in _words(trace.sources[event.document_id])
    return sum(found.values()) / len(found) if found else None


def _words(text: str) -> str:
    return " ".join(text.split())


COVERAGE = Metric("coverage", "Sentences with a citation", "share", "higher", coverage, clocked=False)
VERIFIED = Metric("verified_quotes", "Verified quotes", "share", "higher", verified_quotes, clocked=False)
