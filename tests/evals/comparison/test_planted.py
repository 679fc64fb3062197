"""Planted changes are found by name, every time, and the same build is not called different."""

import random

import pytest

from evals.comparison.comparison import compare
from evals.comparison.models import Comparison, MetricComparison
from tests.evals.planted import NAMES, Change, drawn, frozen, slower, swapped, unchanged

REPEATS = 20
RUNS = 10


def compared(change: Change, file: str = "lateness.json", runs: int = RUNS) -> list[Comparison]:
    generator = random.Random(f"{change.__name__} {file}")
    return [compare(*drawn(generator, runs, change, file)) for _ in range(REPEATS)]


def found(comparison: Comparison, metric: str) -> MetricComparison:
    return next(one for one in comparison.metrics if one.metric == metric)


def check_blame(comparison: Comparison, places: set[str]) -> None:
    """Something is worse, nothing is better, and no other scenario is blamed."""
    assert comparison.exit_code == 1
    assert comparison.sentence.startswith("B is worse: ")
    assert "better" not in comparison.verdicts.values()
    assert all(set(one.worse_in) <= places for one in comparison.metrics)


def test_a_freeze_of_one_second_is_found_by_name_in_20_of_20() -> None:
    for comparison in compared(frozen):
        check_blame(comparison, {"plain"})
        silence = found(comparison, "longest_gap_ms")
        assert (silence.verdict, silence.worse_in) == ("worse", ("plain",)), comparison.sentence
        (row,) = [row for row in silence.scenarios if row.scenario == "plain"]
        # From 400 ms, the longest silence of the script, to a second and a token's gap.
        assert row.difference == pytest.approx(635, abs=150)


def test_a_slowdown_of_a_fifth_is_found_by_name_in_20_of_20() -> None:
    for comparison in compared(slower):
        check_blame(comparison, set(NAMES))
        whole = found(comparison, "e2e_ms")
        assert whole.verdict == whole.overall.verdict == "worse", comparison.sentence
        assert (whole.overall.difference or 0) / (whole.overall.a or 1) == pytest.approx(0.2, abs=0.08)


def test_a_swap_of_citations_is_found_by_name_in_20_of_20_and_is_no_change_of_times() -> None:
    for comparison in compared(swapped):
        check_blame(comparison, {"cited"})
        worse = {metric for metric, verdict in comparison.verdicts.items() if verdict == "worse"}
        assert worse == {"order_inversions", "kendall_tau"}
        assert found(comparison, "order_inversions").worse_in == ("cited",)


@pytest.mark.parametrize("file", ["lateness.json", "lateness_loaded.json"])
def test_the_same_build_is_called_different_in_at_most_1_of_20(file: str) -> None:
    comparisons = compared(unchanged, file)
    different = [one for one in comparisons if {"better", "worse"} & set(one.verdicts.values())]
    assert len(different) <= 1, [one.sentence for one in different]


def test_what_became_better_is_no_reason_to_stop() -> None:
    a, b = drawn(random.Random(7), RUNS, slower)
    comparison = compare(b, a)
    assert comparison.verdicts["e2e_ms"] == comparison.verdicts["token_events_per_s"] == "better"
    assert "worse" not in comparison.verdicts.values()
    assert comparison.exit_code == 0
