"""Bootstrap intervals against SciPy's and against what they promise; the permutation test against its promise."""

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from backend.metrics.statistics import nearest_rank
from evals.comparison.permutation import ScenarioValues, chances
from evals.results.bootstrap import means, medians, percentile_ends

stats: Any = pytest.importorskip("scipy.stats", reason="SciPy is not installed: run make setup")

Values = npt.NDArray[np.float64]


def skewed(n: int, seed: int) -> Values:
    return np.random.default_rng(seed).lognormal(3.0, 0.5, n)


def lower_median(values: Values, axis: int = -1) -> Values:
    return np.asarray(np.quantile(values, 0.5, method="inverted_cdf", axis=axis))


@pytest.mark.parametrize("n", [7, 10, 41])
def test_the_interval_of_a_difference_of_medians_is_that_of_scipy(n: int) -> None:
    a, b = skewed(n, 1), skewed(n + 3, 2) * 1.5
    generator = np.random.default_rng(3)
    mine = percentile_ends(medians(b, generator, 40_000) - medians(a, generator, 40_000))
    theirs = stats.bootstrap(
        (a, b), lambda x, y, axis: lower_median(y, axis) - lower_median(x, axis), n_resamples=20_000,
        method="percentile", vectorized=True, rng=np.random.default_rng(4),
    ).confidence_interval  # fmt: skip
    spread = theirs.high - theirs.low
    assert mine[0] == pytest.approx(theirs.low, abs=0.05 * spread)
    assert mine[1] == pytest.approx(theirs.high, abs=0.05 * spread)


def test_the_interval_of_a_mean_is_that_of_scipy() -> None:
    values = skewed(30, 5)
    mine = percentile_ends(means(values, np.random.default_rng(6), 20_000))
    theirs = stats.bootstrap((values,), np.mean, n_resamples=20_000, method="percentile", rng=np.random.default_rng(7))
    assert mine[0] == pytest.approx(theirs.confidence_interval.low, rel=0.01)
    assert mine[1] == pytest.approx(theirs.confidence_interval.high, rel=0.01)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_medians_are_distributed_as_if_every_resample_had_been_drawn(n: int) -> None:
    values = np.arange(1.0, n + 1)
    every = [nearest_rank(resample, 0.5) for resample in itertools.product(values.tolist(), repeat=n)]
    drawn = medians(values, np.random.default_rng(8), 100_000)
    for value in values:
        exact = every.count(value) / len(every)
        # Five standard errors of a share of 100,000 draws.
        assert np.mean(drawn == value) == pytest.approx(exact, abs=5 * 0.5 / 100_000**0.5)


def test_drawing_is_reproducible() -> None:
    values = skewed(12, 9)
    first, again = (medians(values, np.random.default_rng(10)) for _ in range(2))
    assert np.array_equal(first, again)


def noise(generator: np.random.Generator, scenarios: int, runs: int, metrics: int) -> list[ScenarioValues]:
    """Scenarios without any difference; heavy tails, and metrics that depend on one another."""
    tables = []
    for _ in range(scenarios):
        own = generator.standard_t(2, size=(2 * runs, metrics))
        shared = generator.standard_t(2, size=(2 * runs, 1))
        both = 100 + own + 2 * shared
        tables.append(ScenarioValues(both[:runs], both[runs:], np.full(metrics, 0.1)))
    return tables


def test_without_a_difference_anything_is_found_in_at_most_5_percent() -> None:
    generator = np.random.default_rng(11)
    found = 0
    for _ in range(300):
        result = chances(noise(generator, 4, 6, 12), ["times", "counts"] * 6, generator, permutations=300)
        found += bool(min(result.single.min(), result.together.min()) <= 0.05)
    # 15 of 300 are expected; 27 or more have a probability of 0.3 %.
    assert found <= stats.binom.ppf(0.997, 300, 0.05)


def test_one_metric_in_one_scenario_is_found_and_nothing_else() -> None:
    generator = np.random.default_rng(12)
    tables = noise(generator, 4, 8, 12)
    tables[2].b[:, 5] += 60
    result = chances(tables, ["times"] * 12, generator, permutations=1000)
    assert result.single[2, 5] <= 0.01
    others = np.delete(result.single.ravel(), 2 * 12 + 5)
    assert others.min() > 0.05


def test_a_small_change_everywhere_is_found_over_all_scenarios_with_few_runs() -> None:
    generator = np.random.default_rng(13)
    tables = [
        ScenarioValues(
            100 + generator.normal(size=(3, 4)), 100 + generator.normal(size=(3, 4)) + [0, 4, 0, 0], np.full(4, 0.1)
        )
        for _ in range(8)
    ]
    result = chances(tables, ["times"] * 4, generator)
    assert result.together[1] <= 0.01
    assert result.single.min() > 0.05, "three runs a side can show nothing in one scenario"


def test_missing_values_and_empty_sides_are_no_evidence() -> None:
    nan = np.nan
    tables = [
        ScenarioValues(np.array([[1.0, nan], [2.0, nan]]), np.array([[1.0, 5.0], [nan, 6.0]]), np.full(2, 0.1)),
        ScenarioValues(np.zeros((0, 2)), np.array([[1.0, 2.0]]), np.full(2, 0.1)),
    ]
    result = chances(tables, ["times"] * 2, np.random.default_rng(14), permutations=200)
    assert result.single[0, 1] == result.single[1, 0] == result.single[1, 1] == 1.0


def test_a_rare_fault_is_not_hidden_by_many_times_and_what_decides_nothing_has_no_part() -> None:
    generator = np.random.default_rng(15)
    a, b = generator.normal(size=(50, 40)), generator.normal(size=(50, 40))
    a[:, 0], b[:, 0] = 0, [1.0] * 9 + [0.0] * 41
    b[:, 1] += 100
    table = ScenarioValues(a, b, np.full(40, 0.01))
    parted = chances([table], ["counts", ""] + ["times"] * 38, generator)
    assert parted.single[0, 0] <= 0.02
    assert parted.single[0, 1] == parted.together[1] == 1.0
    assert chances([table], ["times", ""] + ["times"] * 38, generator).single[0, 0] > parted.single[0, 0]
