"""Dangling exposure, the headline of citation ordering: how long, and how often at once, a marker led
nowhere.

A rank correlation cannot be the headline: a stream that sends all citations at its very end has them in
perfect order, while its reader looked at dead markers for the whole answer.
"""

from backend.metrics.metric import Metric
from backend.metrics.references import references, withdrawn_references
from backend.metrics.steps import Interval, covered_ms
from backend.metrics.trace import Trace


def dangling_intervals(trace: Trace) -> tuple[Interval, ...]:
    """For every marker or range that was on screen before its citation: from when to when, in milliseconds."""
    found = []
    for reference in (*references(trace), *withdrawn_references(trace)):
        until = trace.end_ms if reference.resolved_ms is None else reference.resolved_ms
        if reference.gone_ms is not None:
            until = min(until, reference.gone_ms)
        if until > reference.at_ms:
            found.append((reference.at_ms, until))
    return tuple(found)


def dangling_exposure_marker_ms(trace: Trace) -> float:
    """Dangling exposure: the integral over time of the number of markers on screen whose citation had not
    come. One marker without its source for one second is 1000 marker*ms; a marker never resolved counts
    until done. Where citations name ranges of the answer instead, a range counts from its last letter until the
    event that names it.
    """
    return sum((end - start for start, end in dangling_intervals(trace)), 0.0)


def dangling_share(trace: Trace) -> float | None:
    """Dangling share: the share of the run, from the request to done, with at least one marker on screen
    whose citation had not come. No value for a run that took no time.
    """
    return covered_ms(dangling_intervals(trace)) / trace.end_ms if trace.end_ms > 0 else None


EXPOSURE = Metric("dangling_exposure_marker_ms", "Dangling exposure", "marker*ms", "lower", dangling_exposure_marker_ms)
SHARE = Metric("dangling_share", "Share of the run with a dangling marker", "share", "lower", dangling_share)
