"""Differences as people read them, on the terminal and on the page."""

from collections.abc import Iterator

from backend.metrics.metric import Fact, Metric, Unit
from backend.metrics.registry import BY_KEY
from backend.present.words.durations import NO_VALUE
from backend.present.words.metric_text import difference, formatted, interval
from evals.comparison.models import Comparison, Difference, MetricComparison
from evals.comparison.pairs import UNEXPECTED


def described(key: str) -> Metric | Fact:
    """The metric or fact of a key of a comparison."""
    return UNEXPECTED if key == UNEXPECTED.key else BY_KEY[key]


def changed(comparison: Comparison) -> Iterator[tuple[MetricComparison, Difference]]:
    """Every metric and scenario that is better or worse, worse ones first."""
    for verdict in ("worse", "better"):
        for metric in comparison.metrics:
            for row in (metric.overall, *metric.scenarios):
                if row.verdict == verdict:
                    yield metric, row


def values_text(row: Difference, unit: Unit) -> tuple[str, str, str, str]:
    """A, B, their difference, and its interval. Counts are shown as the runs that have any, with the total where that
    is more; shares that are 0 or 1 as the runs that have it; a tail that differs as the runs beyond its bound.
    """
    found = row.beyond
    if found is not None and row.total_a is None and _is_of_runs(row):
        return (
            _counted(found.a, found.of_a),
            _counted(found.b, found.of_b),
            f"{difference(found.difference, 'share')} of runs",
            signed_interval(found.interval, "share"),
        )
    if found is None or row.total_a is None or row.total_b is None or found.bound not in (0.0, 1.0):
        ends = NO_VALUE if row.interval is None else signed_interval(row.interval, unit)
        return formatted(row.a, unit), formatted(row.b, unit), difference(row.difference, unit), ends
    if found.bound == 0.0:
        a, b, by, bounds = found.a, found.b, found.difference, found.interval
    else:
        lower, upper = found.interval
        a, b, by, bounds = found.of_a - found.a, found.of_b - found.b, -found.difference, (-upper, -lower)
    return (
        _counted(a, found.of_a, row.total_a),
        _counted(b, found.of_b, row.total_b),
        f"{difference(by, 'share')} of runs",
        signed_interval(bounds, "share"),
    )


def _is_of_runs(row: Difference) -> bool:
    return row.decided_by == "runs" and row.verdict in ("worse", "better")


def _counted(runs: int, of: int, total: float | None = None) -> str:
    said = f"{runs:,} of {of:,} runs"
    return said if total is None or total == runs else f"{formatted(total, 'count')} in {said}"


def signed_interval(ends: tuple[float, float], unit: Unit) -> str:
    """An interval of a difference: both ends with their signs."""
    return f"{difference(ends[0], unit)} to {difference(ends[1], unit)}" if unit != "tau" else interval(ends, unit)


def relative_text(row: Difference) -> str:
    """The difference as a share of A; of counts and shares there is none, since a share of runs is one already."""
    if row.total_a is not None or _is_of_runs(row):
        return NO_VALUE
    if row.difference is None or not row.a:
        return NO_VALUE
    return difference(row.difference / abs(row.a), "share")


def runs_text(row: Difference) -> str:
    """The number of runs with a value on each side."""
    return f"{row.n_a} and {row.n_b}"


def because(row: Difference) -> str:
    """The reason of a verdict; of an inconclusive one also how many runs would decide it."""
    if row.verdict != "inconclusive" or row.runs_that_tell is None:
        return row.reason
    return f"{row.reason}: about {row.runs_that_tell:,} runs a side would decide it"
