"""Percentiles with honest intervals: nearest rank, and order statistics where there are enough values.

The interval of a percentile is distribution-free: the number of values below the true percentile is
binomial, so two order statistics enclose it with a known probability (David and Nagaraja, Order Statistics,
section 7.1). Too few values cannot enclose it at 95 %: the median needs 6, the 95th percentile 72, the 99th
368.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEVEL = 0.95
"""The confidence of every interval."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A metric over runs: how many had a value and how many had none, and where the values lie.

    ``ci95`` is the interval of ``p95``, ``median_ci95`` that of the median; None where n is too small for
    one.
    """

    n: int
    n_missing: int
    median: float | None
    p95: float | None
    ci95: tuple[float, float] | None
    median_ci95: tuple[float, float] | None


def rounded(value: float | None, digits: int = 3) -> float | None:
    """The value to so many digits after its point: milliseconds to the microsecond. None stays None."""
    return None if value is None else round(value, digits)


def nearest_rank(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least ``share`` (0 < share <= 1) of all values do not exceed; None without
    values.
    """
    if not values:
        return None
    # A share such as 0.95 is a little more than 95/100 in binary, which must not push the rank up by one.
    rank = math.ceil(share * len(values) - 1e-9)
    return sorted(values)[max(rank, 1) - 1]


def percentile_bounds(values: Sequence[float], share: float) -> tuple[float | None, float | None]:
    """The lower and the upper end of the order-statistic confidence interval of a percentile, each of which is missed
    with 2.5 %; None for an end that so few values cannot give.
    """
    n, tail = len(values), (1 - LEVEL) / 2
    below, lower, upper = 0.0, 0, 0
    for count in range(n):
        below += _binomial(count, n, share)
        if below <= tail:
            lower = count + 1
        if 1 - below <= tail:
            upper = count + 1
            break
    ordered = sorted(values)
    return ordered[lower - 1] if lower else None, ordered[upper - 1] if upper else None


def percentile_interval(values: Sequence[float], share: float) -> tuple[float, float] | None:
    """The order-statistic confidence interval of a percentile, or None where there are too few values."""
    lower, upper = percentile_bounds(values, share)
    return None if lower is None or upper is None else (lower, upper)


def needed(share: float) -> int:
    """How many values an interval of this percentile takes at least."""
    return math.ceil(math.log((1 - LEVEL) / 2) / math.log(max(share, 1 - share)))


def summarize(values: Sequence[float | None]) -> Summary:
    """The summary of one metric over runs; None counts as missing, never as 0."""
    present = [float(value) for value in values if value is not None]
    return Summary(
        n=len(present),
        n_missing=len(values) - len(present),
        median=nearest_rank(present, 0.5),
        p95=nearest_rank(present, 0.95),
        ci95=percentile_interval(present, 0.95),
        median_ci95=percentile_interval(present, 0.5),
    )


def _binomial(k: int, n: int, p: float) -> float:
    log = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(log + k * math.log(p) + (n - k) * math.log(1 - p))
