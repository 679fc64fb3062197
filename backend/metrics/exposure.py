"""Dangling exposure, the headline of citation ordering: how long, and how often at once, a marker led
nowhere.

A rank correlation cannot be the headline: a stream that sends all citations at its very end has them in
perfect order, while its reader looked at dead markers for the whole answer.
"""

from backend.metrics.citing import first_by_number, resolved_ms
from backend.metrics.metric import Metric
from backend.metrics.steps import Interval, covered_ms
from backend.metrics.trace import Trace


def dangling_intervals(trace: Trace) -> tuple[Interval, ...]:
    """For every marker that was on screen before its citation: from when to when, in milliseconds."""
    known = first_by_number(trace)
    found = []
    for marker in (*trace.answer.markers, *trace.answer.withdrawn):
        resolved = resolved_ms(marker, known)
        until = trace.end_ms if resolved is None else resolved
        if marker.gone_ms is not None:
            until = min(until, marker.gone_ms)
        if until > marker.at_ms:
            found.append((marker.at_ms, until))
    return tuple(found)


def dangling_exposure_marker_ms(trace: Trace) -> float:
    """Dangling exposure: the integral over time of the number of markers on screen whose citation had not
    come. One marker without its source for one second is 1000 marker*ms; a marker never resolved counts
    until done.
    """
    return sum((end - start for start, end in dangling_intervals(trace)), 0.0)


def dangling_share(trace: Trace) -> float | None:
    """Dangling share: the share of the run, from the request to done, with at least one marker on screen
    whose citation had not come. No value for a run that took no time.
    """
    return covered_ms(dangling_intervals(trace)) / trace.end_ms if trace.end_ms > 0 else None


EXPOSURE = Metric("dangling_exposure_marker_ms", "Dangling exposure", "marker*ms", "lower", dangling_exposure_marker_ms)
SHARE = Metric("dangling_share", "Share of the run with a dangling marker", "share", "lower", dangling_share)
