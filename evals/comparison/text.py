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
    """A, B, their difference, and its interval."""
    ends = NO_VALUE if row.interval is None else signed_interval(row.interval, unit)
    return formatted(row.a, unit), formatted(row.b, unit), difference(row.difference, unit), ends


def signed_interval(ends: tuple[float, float], unit: Unit) -> str:
    """An interval of a difference: both ends with their signs."""
    return f"{difference(ends[0], unit)} to {difference(ends[1], unit)}" if unit != "tau" else interval(ends, unit)


def relative_text(row: Difference) -> str:
    """The difference as a share of A."""
    if row.difference is None or not row.a:
        return NO_VALUE
    return difference(row.difference / abs(row.a), "share")


def runs_text(row: Difference) -> str:
    """The number of runs with a value on each side."""
    return f"{row.n_a} and {row.n_b}"
