"""Recompute the figures of a comparison with SciPy: ``python -m benchmarks.verdicts [A B]``.

``A`` and ``B`` are results.json files; without them, results of a build with planted freezes and slower first tokens
are generated, once with many runs of two scenarios and once with 80 questions, each played once. Nothing of
``evals.comparison`` is used but its output: medians, 95th percentiles, totals, the runs beyond each bound, Fisher's
exact test, Newcombe's intervals, bootstrap intervals of medians, and the permutation test of each mean, which no
adjusted p-value may fall below; for questions that were played once, the paired t interval, McNemar's test and the
paired permutation test. Exit code 1 if a figure differs.
"""

import argparse
import math
import random
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt

from backend.metrics.registry import BY_KEY
from benchmarks.planted import Build, Pools
from evals.comparison.comparison import compare
from evals.comparison.models import Difference, RunsBeyond
from evals.comparison.pairs import UNEXPECTED
from evals.files.results_file import read_results
from evals.results.groups import Conditions, conditions, names_of
from evals.results.models import Results

stats: Any = import_module("scipy.stats")
"""SciPy has no type hints."""

Values = npt.NDArray[np.float64]

RESAMPLES = 4000
PERMUTATIONS = 1000
QUESTIONS = 80


def values_of(results: Results, scenario: str, names: dict[Conditions, str], metric: str) -> Values:
    """A metric's values in one scenario."""
    runs = [run for run in results.runs if names[conditions(run)] == scenario]
    if metric == UNEXPECTED.key:
        return np.array([float(not run.as_expected) for run in runs])
    found = [run.metrics.get(metric) for run in runs if run.error is None]
    return np.array([value for value in found if value is not None and math.isfinite(value)], dtype=np.float64)


def nearest_rank(values: Values, share: float) -> float:
    """The percentile by nearest rank."""
    return float(np.quantile(values, share, method="inverted_cdf"))


def of_beyond(beyond: RunsBeyond, a: Values, b: Values, metric: str) -> Iterator[tuple[str, float, float, float]]:
    """The counts by the printed bound, Fisher's test and Newcombe's interval."""
    counts = beyond.a, beyond.of_a, beyond.b, beyond.of_b
    if beyond.bound is not None and metric not in ("citations", "markers"):
        for said, side in ((beyond.a, a), (beyond.b, b)):
            over, under = int((side > beyond.bound).sum()), int((side < beyond.bound).sum())
            yield "runs beyond", said, over if abs(said - over) <= abs(said - under) else under, 0
    table = [[beyond.a, beyond.of_a - beyond.a], [beyond.b, beyond.of_b - beyond.b]]
    yield "Fisher's p", beyond.exact_p_value, float(stats.fisher_exact(table).pvalue), 1e-9
    shares = [counts[0] / counts[1], counts[2] / counts[3]]
    wilson = [stats.binomtest(k, n).proportion_ci(method="wilson") for k, n in (counts[:2], counts[2:])]
    difference = shares[1] - shares[0]
    lower = difference - math.hypot(shares[1] - wilson[1].low, wilson[0].high - shares[0])
    upper = difference + math.hypot(wilson[1].high - shares[1], shares[0] - wilson[0].low)
    yield "Newcombe, lower", beyond.interval[0], lower, 1e-9
    yield "Newcombe, upper", beyond.interval[1], upper, 1e-9


def of_level(
    row: Difference, a: Values, b: Values, metric: str, seed: int
) -> Iterator[tuple[str, float, float, float]]:
    """The middle, the total, the tail and the interval."""
    generator = np.random.default_rng(seed)
    if row.total_a is not None and row.total_b is not None:
        yield "total of A", row.total_a, float(a.sum()), 1e-9
        yield "total of B", row.total_b, float(b.sum()), 1e-9
    is_time = metric in BY_KEY and BY_KEY[metric].unit in ("ms", "marker*ms", "1/s")
    middles = [nearest_rank(side, 0.5) if is_time else float(side.mean()) for side in (a, b)]
    if row.difference is not None:
        yield "difference", row.difference, middles[1] - middles[0], 1e-6
    if row.tail is not None:
        yield "difference of p95", row.tail.difference, nearest_rank(b, 0.95) - nearest_rank(a, 0.95), 1e-6
        drawn = [
            np.quantile(generator.choice(side, (RESAMPLES, len(side))), 0.5, axis=1, method="inverted_cdf")
            for side in (a, b)
        ]
        lower, upper = np.quantile(drawn[1] - drawn[0], [0.025, 0.975])
        width = float(upper - lower)
        if row.interval is not None and width > 0:
            yield "bootstrap, lower", row.interval[0], float(lower), 0.15 * width
            yield "bootstrap, upper", row.interval[1], float(upper), 0.15 * width


def too_small(row: Difference, a: Values, b: Values, seed: int) -> bool:
    """Whether the adjusted p-value is below that of a permutation test of the mean alone, by more than chance."""
    if row.p_value is None or row.beyond is None or len(np.unique(np.concatenate([a, b]))) == 1:
        return False
    alone = stats.permutation_test(
        (a, b), lambda x, y, axis: np.mean(y, axis=axis) - np.mean(x, axis=axis), vectorized=True,
        n_resamples=PERMUTATIONS, rng=np.random.default_rng(seed),
    ).pvalue  # fmt: skip
    least = min(float(alone), row.beyond.exact_p_value)
    return row.p_value < least - 4 * math.sqrt(least / PERMUTATIONS) - 2 / PERMUTATIONS


def of_matched(row: Difference, a: Values, b: Values) -> Iterator[tuple[str, float, float, float]]:
    """What stands about scenarios that were played once, from the values of both sides in the same order."""
    if row.difference is None or row.beyond is None:
        return
    yield "difference of the means", row.difference, float((b - a).mean()), 1e-6
    right_or_wrong = {*a, *b} <= {0.0, 1.0}
    if (
        row.interval is not None
        and not right_or_wrong
        and np.ptp(b - a) > 0
        and len(np.unique(a)) > 1 < len(np.unique(b))
    ):
        interval = stats.ttest_rel(b, a).confidence_interval()
        width = 0.15 * float(interval.high - interval.low)
        yield "paired t, lower", row.interval[0], float(interval.low), width
        yield "paired t, upper", row.interval[1], float(interval.high), width
    if right_or_wrong:
        only_a, only_b = int(((a > 0) & (b == 0)).sum()), int(((b > 0) & (a == 0)).sum())
        exact = stats.binomtest(only_b, only_a + only_b).pvalue if only_a + only_b else 1.0
        yield "McNemar's p", row.beyond.exact_p_value, float(exact), 1e-9


def matched_too_small(row: Difference, a: Values, b: Values, seed: int) -> bool:
    """As ``too_small``, with labels exchanged within the pairs."""
    if row.p_value is None or row.beyond is None or np.ptp(b - a) == 0:
        return False
    alone = stats.permutation_test(
        (a, b), lambda x, y, axis: np.mean(y - x, axis=axis), vectorized=True, permutation_type="samples",
        n_resamples=PERMUTATIONS, rng=np.random.default_rng(seed),
    ).pvalue  # fmt: skip
    least = min(float(alone), row.beyond.exact_p_value)
    return row.p_value < least - 4 * math.sqrt(least / PERMUTATIONS) - 2 / PERMUTATIONS


def asked_once(results: Results) -> Results:
    """The first runs as those of as many questions, each played once."""
    runs = [
        run.model_copy(update={"scenario": f"question {place}", "group": f"question {place}", "repeat": 1})
        for place, run in enumerate(results.runs[:QUESTIONS])
    ]
    return results.model_copy(update={"runs": tuple(runs)})


def matched_values(a: Results, b: Results, metric: str) -> tuple[Values, Values]:
    """A metric's values of both sides, scenario by scenario, of those that were played once and have both."""
    found: list[tuple[float, float]] = []
    sides: list[dict[Conditions, list[float]]] = []
    for results in (a, b):
        values: dict[Conditions, list[float]] = {}
        for run in results.runs:
            value = float(not run.as_expected) if metric == UNEXPECTED.key else run.value(metric)
            values.setdefault(conditions(run), []).append(math.nan if value is None else value)
        sides.append(values)
    for key, values_of_a in sides[0].items():
        pair = [*values_of_a, *sides[1].get(key, [])]
        if len(values_of_a) == 1 and len(pair) == 2 and all(map(math.isfinite, pair)):
            found.append((pair[0], pair[1]))
    columns = np.array(found, dtype=np.float64).reshape(len(found), 2)
    return columns[:, 0], columns[:, 1]


def recomputed(a: Results, b: Results) -> tuple[int, list[str]]:
    """How many figures of their comparison were recomputed, and those that differ."""
    names = names_of({conditions(run) for run in (*a.runs, *b.runs)})
    checked, wrong = 0, []
    for metric in compare(a, b).metrics:
        for place, row in enumerate(metric.scenarios):
            if row.beyond is None:
                continue
            if row.scenario in names.values():
                of_a, of_b = (values_of(side, row.scenario or "", names, metric.metric) for side in (a, b))
                found = [
                    *of_beyond(row.beyond, of_a, of_b, metric.metric),
                    *of_level(row, of_a, of_b, metric.metric, place),
                ]
                small = too_small(row, of_a, of_b, place)
            else:
                of_a, of_b = matched_values(a, b, metric.metric)
                found, small = list(of_matched(row, of_a, of_b)), matched_too_small(row, of_a, of_b, place)
            checked += len(found) + 1
            for name, said, meant, tolerance in found:
                if abs(said - meant) > tolerance + 1e-9 * abs(meant):
                    wrong.append(f"{metric.metric} in {row.scenario}: {name} is {said}, SciPy has {meant}")
            if small:
                wrong.append(f"{metric.metric} in {row.scenario}: the adjusted p-value {row.p_value} is too small")
    return checked, wrong


def main() -> None:
    """Compare, recompute, print."""
    parser = argparse.ArgumentParser(description="Recompute the figures of a comparison with SciPy.")
    parser.add_argument("results", nargs="*", type=Path)
    options = parser.parse_args()
    if options.results:
        results = [tuple(read_results(path) for path in options.results)]
    else:
        pools = Pools(200, random.Random(3))  # noqa: S311 - reproducible, no secret
        a, b = pools.results(Build("A")), pools.results(Build("B", freezes=0.1, first_token=1.1))
        results = [(a, b), (asked_once(a), asked_once(b))]
    checked, wrong = 0, list[str]()
    for pair in results:
        figures, differing = recomputed(*pair)
        checked, wrong = checked + figures, wrong + differing
    click.echo("\n".join([f"{checked} figures recomputed, {len(wrong)} differ", *wrong]))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
