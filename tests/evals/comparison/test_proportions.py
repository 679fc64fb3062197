"""Intervals and exact tests of shares of runs, against SciPy and against a count of every table."""

import math
from typing import Any

import pytest

from evals.comparison.proportions import fisher, newcombe, readable, runs_that_tell, standardized
from evals.results.proportion import Proportion

stats: Any = pytest.importorskip("scipy.stats", reason="SciPy is not installed: run make setup")


@pytest.mark.parametrize(("count", "runs"), [(0, 10), (1, 75), (10, 50), (50, 50), (333, 1000)])
def test_the_wilson_interval_is_that_of_scipy(count: int, runs: int) -> None:
    expected = stats.binomtest(count, runs).proportion_ci(0.95, method="wilson")
    assert Proportion(count / runs, runs).wilson() == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize("table", [(0, 50, 10, 50), (0, 75, 1, 75), (3, 10, 3, 12), (5, 5, 0, 7), (400, 900, 300, 800)])
def test_the_exact_test_is_that_of_scipy(table: tuple[int, int, int, int]) -> None:
    a, of_a, b, of_b = table
    expected = stats.fisher_exact([[a, of_a - a], [b, of_b - b]]).pvalue
    assert fisher(*table) == pytest.approx(float(expected), rel=1e-6)


def test_the_interval_of_a_difference_is_newcombes() -> None:
    # Newcombe 1998, table II, method 10: 56/70 - 48/80, 9/10 - 3/10 and 10/10 - 0/20.
    for (b, of_b), (a, of_a), ends in (
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
    ):
        assert newcombe(Proportion(a / of_a, of_a), Proportion(b / of_b, of_b)) == pytest.approx(ends, abs=1e-4)


def test_no_fault_in_few_runs_shows_nothing_and_in_many_that_there_is_none() -> None:
    few = newcombe(Proportion(0, 10), Proportion(0, 10), 0.9)
    assert few[1] == pytest.approx(2.7055 / (10 + 2.7055), abs=1e-4)
    needed = runs_that_tell(0.0, 0.0)
    assert needed is not None
    assert newcombe(Proportion(0, needed), Proportion(0, needed), 0.9)[1] <= 0.05 < few[1]
    assert runs_that_tell(0.0, 0.05) is None, "a difference on the margin is never decided"
    assert (runs_that_tell(0.0, 0.2) or 0) < 60


def test_scenarios_are_weighted_alike_on_both_sides() -> None:
    # 5 of 10 and 0 of 40: half the runs of A are in the first scenario, a fifth of those of B.
    a = standardized([0.5, 0.0], [10, 10], [0.4, 0.6])
    b = standardized([0.5, 0.0], [10, 40], [0.4, 0.6])
    assert a.share == b.share == pytest.approx(0.2)
    assert standardized([0.5, 0.0], [10, 10], [0.5, 0.5]).runs == pytest.approx(20)


@pytest.mark.parametrize(("runs", "shown"), [(9.2, 10), (52.1, 53), (731, 740), (1000, 1000), (1001, 1100)])
def test_a_number_of_runs_is_rounded_up_to_two_digits(runs: float, shown: int) -> None:
    assert readable(runs) == shown
    assert math.log10(shown) < 4
