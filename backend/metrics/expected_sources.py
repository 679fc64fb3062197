"""Whether the answer rests on the files that it should."""

from backend.metrics.citing import identity
from backend.metrics.expectation import is_source
from backend.metrics.metric import Metric
from backend.metrics.trace import Trace
from backend.protocol.events import CitationEvent


def cited(trace: Trace) -> tuple[CitationEvent, ...]:
    """Each distinct citation as it was last sent, in the order in which they first came."""
    found: dict[str, CitationEvent] = {}
    for event in trace.events:
        if isinstance(event, CitationEvent):
            found[identity(event)] = event
    return tuple(found.values())


def source_first(trace: Trace) -> int | None:
    """Expected source first: 1 where the first citation of the run is of an expected source, else 0, also where nothing
    is cited. A source is expected where its document id, source, title, address or the last part of one of them
    matches one of the suite's globs, case ignored. No value where the suite expects no source.
    """
    if trace.expectation is None or not trace.expectation.sources:
        return None
    return int(any(is_source(citation, trace.expectation.sources) for citation in cited(trace)[:1]))


def source_any(trace: Trace) -> int | None:
    """Expected source cited: 1 where any citation of the run is of an expected source, else 0. No value where the suite
    expects no source.
    """
    if trace.expectation is None or not trace.expectation.sources:
        return None
    return int(any(is_source(citation, trace.expectation.sources) for citation in cited(trace)))


def foreign_subject_quotes(trace: Trace) -> int | None:
    """Citations of another subject: distinct citations whose source matches none of the globs of the subject, which are
    those of the expected sources unless the suite names others. No value without globs.
    """
    if trace.expectation is None or not trace.expectation.of_the_subject:
        return None
    return sum(not is_source(citation, trace.expectation.of_the_subject) for citation in cited(trace))


SOURCE_FIRST = Metric("source_first", "Expected source first", "share", "higher", source_first, clocked=False)
SOURCE_ANY = Metric("source_any", "Expected source cited", "share", "higher", source_any, clocked=False)
FOREIGN = Metric(
    "foreign_subject_quotes", "Citations of another subject", "count", "lower", foreign_subject_quotes, clocked=False
)
