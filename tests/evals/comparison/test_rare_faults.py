"""What happens in few runs only: counts, shares, tails and kinds of failure."""

from typing import Any

import pytest

from evals.comparison.comparison import compare
from evals.comparison.page import comparison_html
from evals.comparison.terminal_table import print_comparison
from evals.results.models import Results, StepResult, ViolationResult
from tests.evals.comparison.test_comparison import Values, around, calm, one, results, row


def other_runs(made: Results) -> Results:
    """The same values, as of other runs."""
    runs = tuple(run.model_copy(update={"run_id": f"other_{place}"}) for place, run in enumerate(made.runs))
    return made.model_copy(update={"runs": runs})


def counted(runs: int, having: int, key: str = "stalls", value: float = 1.0) -> Results:
    values: Values = {key: [value if place < having else 0.0 for place in range(runs)], "ttft_ms": around(500, runs)}
    made = results({"x": values})
    return made.model_copy(update={"runs": tuple(run.model_copy(update={"violations": ()}) for run in made.runs)})


def with_first(made: Results, count: int, **changes: Any) -> Results:
    """The first runs, changed."""
    runs = tuple(run.model_copy(update=changes if place < count else {}) for place, run in enumerate(made.runs))
    return made.model_copy(update={"runs": runs})


def test_a_stall_in_10_of_50_runs_is_found_and_the_totals_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    comparison = compare(counted(50, 0), other_runs(counted(50, 10)))
    found = row(comparison, "stalls", "x")
    assert (found.verdict, found.total_a, found.total_b) == ("worse", 0, 10)
    assert comparison.exit_code == 1
    assert comparison.sentence.startswith("B is worse: stalls in x (10 of 50 runs, before 0 of 50).")
    print_comparison(comparison)
    printed = capsys.readouterr().out
    assert "0 of 50 runs" in printed
    assert "10 of 50 runs" in printed
    page = comparison_html(comparison)
    assert comparison.sentence in page
    assert "10 of 50 runs" in page


def test_a_count_of_zero_in_few_runs_is_not_the_same_and_how_many_would_tell_is_said() -> None:
    comparison = compare(counted(10, 0), other_runs(counted(10, 0)))
    found = one(comparison, "stalls").overall
    assert found.verdict == "inconclusive"
    assert found.runs_that_tell is not None
    assert 50 <= found.runs_that_tell <= 60
    assert "runs a side would decide" in comparison.sentence
    assert comparison.exit_code == 0, "nothing speaks for a difference"
    enough = compare(counted(60, 0), other_runs(counted(60, 0)))
    assert one(enough, "stalls").verdict == "same"
    assert enough.exit_code == 0


def test_the_total_counts_where_the_share_of_runs_does_not_change() -> None:
    comparison = compare(counted(20, 20, value=2), other_runs(counted(20, 20, value=5)))
    found = row(comparison, "stalls", "x")
    assert (found.verdict, found.total_a, found.total_b, found.reason) == ("worse", 40, 100, "the total differs")


def test_more_faults_than_the_margin_that_chance_may_do_are_a_risk() -> None:
    comparison = compare(counted(20, 0), other_runs(counted(20, 3)))
    assert one(comparison, "stalls").verdict == "inconclusive"
    assert comparison.exit_code == 2
    said = "stalls in x (3 of 20 runs, before 0 of 20)"
    assert comparison.sentence.startswith(f"B may be worse, but this is inconclusive: {said}.")
    assert compare(counted(20, 3), other_runs(counted(20, 0))).exit_code == 0, "what may be better is not a risk"


def test_counts_are_judged_on_a_busy_machine_too() -> None:
    busy = {"harness": calm(cpu_pressure=0.99)}
    a, b = counted(50, 0), other_runs(counted(50, 10)).model_copy(update=busy)
    comparison = compare(a, b)
    assert one(comparison, "stalls").verdict == "worse"
    assert one(comparison, "ttft_ms").verdict == "inconclusive"
    assert comparison.exit_code == 1


def test_a_share_of_right_answers_is_judged_by_runs() -> None:
    key = "verified_quotes"
    a, b = counted(50, 50, key), other_runs(counted(50, 38, key))
    comparison = compare(a, b, only=[key])
    found = row(comparison, key, "x")
    assert (found.verdict, found.total_a, found.total_b) == ("worse", 50, 38)
    assert comparison.sentence == f"B is worse: {key} in x (12 of 50 runs below 100 %, before 0 of 50)."
    assert compare(b, a, only=[key]).verdicts[key] == "better"


@pytest.mark.parametrize("key", ["source_first", "source_any", "expected_text", "not_found_right"])
def test_expectations_are_judged_by_runs(key: str) -> None:
    a, b = counted(40, 38, key), other_runs(counted(40, 24, key))
    comparison = compare(a, b, only=[key])
    assert comparison.verdicts[key] == "worse"
    assert comparison.sentence == f"B is worse: {key} in x (16 of 40 runs below 100 %, before 2 of 40)."
    assert one(compare(a, other_runs(a), only=[key]), key).verdict == "inconclusive"


def test_a_slow_tenth_of_the_runs_is_found_though_the_median_is_the_same() -> None:
    values = around(500, 100, 20)
    slow = [value + 1000 if value is not None and place % 10 == 0 else value for place, value in enumerate(values)]
    a, b = (results({"x": {"ttft_ms": one_of}}) for one_of in (values, slow))
    comparison = compare(a, other_runs(b))
    found = row(comparison, "ttft_ms", "x")
    assert found.verdict == "worse"
    assert found.beyond is not None
    assert (found.beyond.a, found.beyond.b) == (0, 10)
    assert found.tail is not None
    assert found.tail.difference > 900
    assert "10 of 100 runs over" in comparison.sentence


def test_a_slow_run_or_two_keep_a_time_from_being_the_same() -> None:
    values = around(500, 40, 20)
    slow = [1500.0, 1500.0, 1500.0, *values[3:]]
    a, b = (results({"x": {"ttft_ms": one_of}}) for one_of in (values, slow))
    comparison = compare(a, other_runs(b))
    found = row(comparison, "ttft_ms", "x")
    assert found.verdict == "inconclusive"
    assert found.reason.startswith("3 of 40 runs over")
    assert one(compare(a, other_runs(a)), "ttft_ms").verdict == "same"


def test_connecting_decides_nothing() -> None:
    values: Values = {"connect_ms": around(1, 20, 0.1), "ttft_ms": around(500, 20)}
    a, b = results({"x": values}), results({"x": values | {"connect_ms": around(400, 20)}})
    comparison = compare(a, other_runs(b))
    assert one(comparison, "connect_ms").verdict == "inconclusive"
    assert comparison.exit_code == 0
    assert "connect_ms" not in comparison.sentence


def test_one_lost_end_in_75_runs_is_named_first_and_stops_a_release() -> None:
    ended = counted(75, 0)
    lost = with_first(other_runs(ended), 1, outcome=None, error="The stream ended without done.", as_expected=False)
    comparison = compare(ended, lost)
    assert comparison.exit_code == 2
    assert comparison.sentence.startswith("New in B: no end (done never came) in 1 of 75 runs, before 0 of 75 (x): too")
    (found,) = comparison.failures
    assert (found.is_new, found.verdict, found.scenarios) == (True, "inconclusive", ("x",))
    assert found.kind in comparison_html(comparison)
    assert compare(lost, ended).exit_code == 0, "an end that was lost before is not new"
    many = with_first(other_runs(ended), 12, outcome=None, error="It broke.", as_expected=False)
    assert compare(ended, many).sentence.startswith("B is worse: no end (done never came) in 12 of 75 runs, before 0")


def test_kinds_of_failure_are_error_codes_and_broken_rules_too() -> None:
    made = counted(30, 0)
    broken = ViolationResult(rule="done-last", seq=9, message="An event came after done.")
    changed = with_first(other_runs(made), 2, error_codes=("timeout",), violations=(broken,))
    comparison = compare(made, changed)
    assert [failure.kind for failure in comparison.failures] == ["error timeout", "rule done-last broken"]
    assert comparison.exit_code == 2
    same = compare(changed, other_runs(changed))
    assert not any(failure.is_new for failure in same.failures)
    assert same.exit_code == 0


def test_an_answer_without_any_text_is_a_kind_of_failure() -> None:
    made = counted(60, 0)
    silent = with_first(other_runs(made), 1, metrics=made.runs[0].metrics | {"ttft_ms": None})
    comparison = compare(made, silent)
    assert comparison.exit_code == 2
    assert comparison.sentence.startswith("New in B: completed without any text in 1 of 60 runs, before 0 of 60 (x)")
    charts = with_first(made, 60, metrics=made.runs[0].metrics | {"ttft_ms": None})
    assert not any(failure.is_new for failure in compare(charts, other_runs(charts)).failures)


def test_a_step_that_fails_is_a_kind_of_failure_though_the_run_completes() -> None:
    made = counted(60, 0)
    step = StepResult(
        step_id="1", step="searching", state="failed", parent_id=None,
        wire_ms=5.0, server_ms=5.0, skew_ms=0.0, self_ms=5.0, planned_ms=None,
    )  # fmt: skip
    broken = with_first(other_runs(made), 1, steps=(step, step))
    assert [failure.kind for failure in compare(made, broken).failures] == ["step searching failed"]
    assert compare(made, broken).exit_code == 2
