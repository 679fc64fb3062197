"""Shares of runs: their intervals, an exact test of two of them, and how many runs would decide.

The interval of a difference is Newcombe's (Statistics in Medicine 17, 1998, method 10), made of two Wilson intervals:
unlike a bootstrap it is not empty where no run has the fault, so that 0 of 10 and 0 of 10 does not prove anything.
"""

import math
from collections.abc import Sequence
from functools import cache
from typing import Final

from backend.metrics.statistics import LEVEL
from evals.results.proportion import Proportion

ALIKE: Final = 0.05
"""Shares of runs that differ by at most five percentage points count as the same."""

EQUIVALENCE_LEVEL: Final = 1 - 2 * (1 - LEVEL)
"""The level of the interval that must lie inside the margin: two one-sided tests, each at 5 %."""

MOST_RUNS: Final = 10_000
"""Above this no number of runs is named."""

DECISIVE_LEVEL: Final = 0.997
"""The level at which a difference survives among about ten other ones: for estimates of how many runs would tell."""

STEP: Final = 1.08
"""The factor from one number of runs that is tried to the next."""


def newcombe(a: Proportion, b: Proportion, level: float = LEVEL) -> tuple[float, float]:
    """The interval of the difference B minus A."""
    (low_a, high_a), (low_b, high_b) = a.wilson(level), b.wilson(level)
    difference = b.share - a.share
    lower = difference - math.hypot(b.share - low_b, high_a - a.share)
    return lower, difference + math.hypot(high_b - b.share, a.share - low_a)


def standardized(shares: Sequence[float], runs: Sequence[int], weights: Sequence[float]) -> Proportion:
    """The share over several scenarios, with as many runs as would give one scenario the same variance.

    ``weights`` are those of the scenarios and sum to 1; both results are weighted alike, so that playing one scenario
    more often than before changes nothing.
    """
    share = math.fsum(weight * one for weight, one in zip(weights, shares, strict=True))
    return Proportion(min(1.0, share), 1 / math.fsum(w * w / n for w, n in zip(weights, runs, strict=True)))


def fisher(a: int, of_a: int, b: int, of_b: int) -> float:
    """Fisher's exact test, two-sided: the probability of all tables that are at most as likely as this one."""
    marked, total = a + b, of_a + of_b
    lowest, highest = max(0, marked - of_a), min(marked, of_b)
    chances = [_hypergeometric(count, total, marked, of_b) for count in range(lowest, highest + 1)]
    observed = chances[b - lowest] * (1 + 1e-7)
    return min(1.0, math.fsum(chance for chance in chances if chance <= observed))


@cache
def runs_that_tell(a: float, b: float) -> int | None:
    """About how many runs a side would decide, if their shares stay as they are; None for more than ``MOST_RUNS``."""
    runs = 10.0
    while runs <= MOST_RUNS:
        sides = Proportion(a, runs), Proportion(b, runs)
        lower, upper = newcombe(*sides, EQUIVALENCE_LEVEL)
        if lower >= -ALIKE and upper <= ALIKE:
            return readable(runs)
        lower, upper = newcombe(*sides, DECISIVE_LEVEL)
        if abs(b - a) > ALIKE and (lower > 0 or upper < 0):
            return readable(runs)
        runs *= STEP
    return None


def readable(runs: float) -> int:
    """Rounded up to two digits."""
    unit: int = 10 ** max(0, math.floor(math.log10(max(runs, 1))) - 1)
    return math.ceil(runs / unit - 1e-9) * unit


def _hypergeometric(count: int, total: int, marked: int, drawn: int) -> float:
    return math.exp(
        _log_choices(marked, count) + _log_choices(total - marked, drawn - count) - _log_choices(total, drawn)
    )


def _log_choices(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
