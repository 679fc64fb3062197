"""A suite of many questions, each played once on both sides: every question is compared with itself."""

import random
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats  # type: ignore[import-untyped]

from evals.comparison.comparison import compare
from evals.comparison.matched_shares import MatchedShares
from evals.comparison.models import Comparison, MetricComparison
from evals.comparison.proportions import newcombe
from evals.results.models import Results
from evals.results.proportion import Proportion
from tests.evals.comparison.test_comparison import Values, one, results
from tests.evals.comparison.test_rare_faults import other_runs

QUESTIONS = 80
Change = Callable[[int, dict[str, float]], dict[str, float]]


def as_before(place: int, values: dict[str, float]) -> dict[str, float]:
    return values


def asked(seed: int, change: Change = as_before, questions: int = QUESTIONS) -> Results:
    """Questions of very different lengths, each with its own times, 6 % noise in every run, and 3 of 4 right."""
    lengths, noise = random.Random(1), random.Random(seed)
    values: dict[str, Values] = {}
    for place in range(questions):
        ttft = lengths.lognormvariate(0, 0.5) * 800
        found = {"ttft_ms": ttft * noise.lognormvariate(0, 0.06), "source_first": float(place % 4 > 0), "stalls": 0.0}
        values[f"question {place}"] = {key: [value] for key, value in change(place, found).items()}
    made = results(values, scripted=False)
    return made if seed == 0 else other_runs(made)


def judged(change: Change, seed: int = 1, questions: int = QUESTIONS) -> Comparison:
    return compare(asked(0, questions=questions), asked(seed, change, questions))


def slower(place: int, values: dict[str, float]) -> dict[str, float]:
    return {**values, "ttft_ms": values["ttft_ms"] * 1.1}


def less_right(place: int, values: dict[str, float]) -> dict[str, float]:
    return {**values, "source_first": values["source_first"] if place % 8 != 1 else 0.0}


def frozen(place: int, values: dict[str, float]) -> dict[str, float]:
    return {**values, "stalls": float(place % 8 == 0)}


@pytest.mark.parametrize(
    ("change", "verdicts", "code"),
    [
        (as_before, {"ttft_ms": "same", "source_first": "same", "stalls": "same"}, 0),
        (slower, {"ttft_ms": "worse", "source_first": "same", "stalls": "same"}, 1),
        (less_right, {"ttft_ms": "same", "source_first": "worse", "stalls": "same"}, 1),
        (frozen, {"ttft_ms": "same", "source_first": "same", "stalls": "worse"}, 1),
    ],
)
def test_every_metric_of_80_questions_has_a_verdict(change: Change, verdicts: dict[str, str], code: int) -> None:
    comparison = judged(change)
    assert {metric: comparison.verdicts[metric] for metric in verdicts} == verdicts, comparison.sentence
    assert comparison.exit_code == code


def test_the_same_build_is_called_different_in_at_most_2_of_20() -> None:
    different = [
        seed for seed in range(1, 21) if {"better", "worse"} & set(judged(as_before, seed).verdicts.values())
    ]  # fmt: skip
    assert len(different) <= 2


def test_few_questions_are_too_few_whatever_their_difference() -> None:
    found = one(judged(lambda place, values: {**values, "ttft_ms": 1e5}, questions=4), "ttft_ms")
    assert found.verdict == "inconclusive"
    assert found.overall.interval is None


def scenario_of(found: MetricComparison) -> str | None:
    (row,) = found.scenarios
    return row.scenario


def test_the_figures_are_those_of_scipy() -> None:
    a, b = asked(0), asked(1, less_right)
    comparison = compare(a, b)
    of_a, of_b = (np.array([run.metrics["ttft_ms"] for run in side.runs], dtype=float) for side in (a, b))
    ttft, right = one(comparison, "ttft_ms"), one(comparison, "source_first")
    assert scenario_of(ttft) == scenario_of(right) == "80 scenarios played once"
    interval = stats.ttest_rel(of_b, of_a).confidence_interval()
    assert ttft.overall.difference == pytest.approx((of_b - of_a).mean())
    assert ttft.overall.interval == pytest.approx(interval, abs=0.15 * (interval[1] - interval[0]))
    assert right.overall.beyond is not None
    assert (right.overall.beyond.a, right.overall.beyond.b) == (20, 30)
    assert right.overall.beyond.exact_p_value == pytest.approx(stats.binomtest(0, 10).pvalue)


def test_a_question_without_a_value_on_one_side_is_left_out_and_counted() -> None:
    def without(place: int, values: dict[str, float]) -> dict[str, float]:
        return values if place else {key: value for key, value in values.items() if key != "ttft_ms"}

    found = one(judged(without), "ttft_ms")
    assert (found.overall.n_a, found.missing_a, found.missing_b) == (79, 0, 1)
    assert found.verdict == "same"


def test_the_interval_of_matched_shares_covers_what_is_true() -> None:
    generator = np.random.default_rng(4)
    true, covered = (0.62, 0.08, 0.13, 0.17), 0
    drawn = generator.multinomial(80, true, size=2000)
    for counts in drawn:
        lower, upper = MatchedShares(*map(float, counts)).interval()
        covered += lower <= true[2] - true[1] <= upper
    assert 0.94 <= covered / len(drawn) <= 0.985


def test_sides_that_have_nothing_to_do_with_each_other_are_as_unmatched_ones_and_alike_ones_are_closer() -> None:
    unrelated = MatchedShares(both=10, only_a=10, only_b=10, neither=10).interval()
    assert unrelated == pytest.approx(newcombe(Proportion(0.5, 40), Proportion(0.5, 40)))
    lower, upper = MatchedShares(both=20, only_a=0, only_b=0, neither=20).interval()
    assert upper - lower < 0.3 * (unrelated[1] - unrelated[0])
    one_way, other_way = (MatchedShares(20, *alone, 16).interval() for alone in ((12, 2), (2, 12)))
    assert one_way == pytest.approx((-other_way[1], -other_way[0]))
