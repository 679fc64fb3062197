"""Percentiles and intervals: against hand-counted values, against SciPy, and by their coverage."""

import math
from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from backend.metrics.statistics import nearest_rank, needed, percentile_interval, summarize

numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200)


def test_nearest_rank_is_one_of_the_values() -> None:
    values = [15.0, 20, 35, 40, 50]
    assert nearest_rank(values, 0.05) == 15
    assert nearest_rank(values, 0.3) == 20
    assert nearest_rank(values, 0.4) == 20
    assert nearest_rank(values, 0.5) == 35
    assert nearest_rank(values, 1.0) == 50
    assert nearest_rank([], 0.5) is None
    assert nearest_rank([float(n) for n in range(1, 101)], 0.95) == 95, "no rank is lost to binary fractions"
    assert nearest_rank([float(n) for n in range(1, 21)], 0.95) == 19


@settings(deadline=None)
@given(numbers, st.sampled_from([0.05, 0.5, 0.9, 0.95, 0.99]))
def test_nearest_rank_is_the_inverted_distribution_of_numpy(values: list[float], share: float) -> None:
    expected = np.percentile(values, share * 100, method="inverted_cdf")
    if abs(share * len(values) - round(share * len(values))) > 1e-9:
        assert nearest_rank(values, share) == expected
    else:
        # Where the rank is whole, binary fractions make numpy take the value above it.
        assert nearest_rank(values, share) == sorted(values)[round(share * len(values)) - 1]


def test_an_interval_needs_enough_values() -> None:
    assert needed(0.5) == 6
    assert needed(0.95) == 72
    assert needed(0.99) == 368
    for share, n in ((0.5, 6), (0.95, 72), (0.99, 368)):
        values = [float(value) for value in range(n)]
        assert percentile_interval(values[:-1], share) is None
        assert percentile_interval(values, share) is not None
    assert percentile_interval([], 0.5) is None


def test_the_interval_of_a_median_is_that_of_the_tables() -> None:
    # Order statistics of a 95 % interval for the median, as in the usual tables: 2 and 9 of 10, 40 and 61 of 100.
    assert percentile_interval([float(n) for n in range(1, 11)], 0.5) == (2, 9)
    assert percentile_interval([float(n) for n in range(1, 101)], 0.5) == (40, 61)


CASES = [(0.5, 6), (0.5, 25), (0.95, 72), (0.95, 300), (0.99, 368), (0.99, 2000)]


def below(count: int, share: Fraction, n: int) -> Fraction:
    """The probability, exactly, that at most ``count`` of ``n`` values lie below their percentile."""
    return sum((comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(count + 1)), Fraction(0))


def check_interval(share: float, n: int, cdf: Callable[[int], float | Fraction]) -> None:
    interval = percentile_interval([float(value) for value in range(1, n + 1)], share)
    assert interval is not None
    lower, upper = round(interval[0]), round(interval[1])
    assert cdf(lower - 1) <= 0.025, "below the lower end with at most 2.5 %"
    assert 1 - cdf(upper - 1) <= 0.025
    assert cdf(lower) > 0.025, "the next order statistic would be too high"
    assert upper == 1 or 1 - cdf(upper - 2) > 0.025


@pytest.mark.parametrize(("share", "n"), CASES[:4])
def test_the_interval_encloses_the_percentile_as_often_as_it_says(share: float, n: int) -> None:
    exact = Fraction(str(share))
    check_interval(share, n, lambda count: below(count, exact, n))


@pytest.mark.parametrize(("share", "n"), CASES)
def test_the_interval_is_that_of_scipy(share: float, n: int) -> None:
    stats: Any = pytest.importorskip("scipy.stats", reason="SciPy is not installed: run make setup")
    check_interval(share, n, stats.binom(n, share).cdf)


@settings(deadline=None)
@given(numbers)
def test_intervals_hold_their_percentile(values: list[float]) -> None:
    for share in (0.5, 0.95):
        interval = percentile_interval(values, share)
        middle = nearest_rank(values, share)
        assert middle is not None
        if interval is not None:
            assert interval[0] <= middle <= interval[1]
            assert min(values) <= interval[0]
            assert interval[1] <= max(values)


def test_missing_is_counted_and_never_zero() -> None:
    summary = summarize([None, 3, None, 1, 2])
    assert (summary.n, summary.n_missing, summary.median, summary.p95) == (3, 2, 2, 3)
    assert summary.ci95 is None
    nothing = summarize([None])
    assert (nothing.n, nothing.n_missing, nothing.median, nothing.p95) == (0, 1, None, None)
    enough = summarize([float(n) for n in range(100)])
    assert enough.ci95 is not None
    assert enough.median_ci95 is not None
    assert math.isclose(enough.p95 or 0, 94)
