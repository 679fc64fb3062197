"""Comparing two results: the rules on values made by hand, what cannot be compared, and the command."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backend.metrics.registry import BY_KEY
from evals.commands.compare import command
from evals.comparison.comparison import compare
from evals.comparison.doubts import ComparisonError
from evals.comparison.models import Comparison, Difference, MetricComparison
from evals.comparison.page import comparison_html
from evals.results.harness_figures import CalibratedError
from evals.results.models import Results, RunResult
from tests.evals.evaluations import ATTACK, good_evaluation, hostile_evaluation

BASE = good_evaluation().results
RUN = BASE.runs[0]
Values = dict[str, list[float | None]]


def results(scenarios: dict[str, Values], *, scripted: bool = True, **changes: Any) -> Results:
    """Results with these values of these metrics, one run for each value."""
    runs: list[RunResult] = []
    for scenario, values in scenarios.items():
        count = max(len(column) for column in values.values())
        for place in range(count):
            metrics = {key: column[place] for key, column in values.items() if place < len(column)}
            runs.append(
                RUN.model_copy(
                    update={
                        "run_id": f"{scenario}_{place}",
                        "scenario": scenario, "group": scenario, "repeat": place + 1, "metrics": metrics,
                        "truth": {} if scripted else None,
                    }
                )
            )  # fmt: skip
    return BASE.model_copy(update={"runs": tuple(runs), "harness": calm(), **changes})


def calm(**changes: Any) -> Any:
    lag = BASE.harness.receive_lag_ms.model_copy(update={"p50": 0.1, "p99": 0.4, "max": 2.0, "n": 900})
    return BASE.harness.model_copy(
        update={"receive_lag_ms": lag, "loop_lag_ms": lag, "cpu_share": 0.05, "cpu_pressure": 0.05, **changes}
    )


def around(middle: float, n: int = 10, spread: float = 1.0) -> list[float | None]:
    return [middle + spread * ((place * 7) % n - n / 2) / n for place in range(n)]


def one(comparison: Comparison, metric: str) -> MetricComparison:
    return next(found for found in comparison.metrics if found.metric == metric)


def row(comparison: Comparison, metric: str, scenario: str) -> Difference:
    return next(found for found in one(comparison, metric).scenarios if found.scenario == scenario)


def test_a_difference_in_one_scenario_is_named_and_outweighs_a_gain_in_another() -> None:
    a = results({name: {"ttft_ms": around(500)} for name in ("x", "y", "z")})
    b = results({"x": {"ttft_ms": around(500)}, "y": {"ttft_ms": around(650)}, "z": {"ttft_ms": around(300)}})
    comparison = compare(a, b)
    ttft = one(comparison, "ttft_ms")
    assert (ttft.verdict, ttft.worse_in, ttft.better_in) == ("worse", ("y",), ("z",))
    assert ttft.reason == "worse in y; better in z"
    assert row(comparison, "ttft_ms", "x").verdict == "same"
    assert row(comparison, "ttft_ms", "y").difference == pytest.approx(150)
    assert comparison.exit_code == 1
    assert comparison.sentence == "B is worse: ttft_ms in y (+150 ms)."


def test_what_is_too_small_to_be_relevant_is_the_same_however_certain() -> None:
    a, b = (results({"x": {"ttft_ms": around(middle, 40, 0.1)}}) for middle in (500, 520))
    found = row(compare(a, b), "ttft_ms", "x")
    assert found.p_value is not None
    assert found.p_value < 0.01
    assert found.verdict == "same"
    assert found.smallest_relevant == pytest.approx(25, rel=0.01)


def test_the_error_of_measuring_widens_what_must_be_exceeded_but_shows_nothing_to_be_the_same() -> None:
    calibration = CalibratedError(
        concurrency=1, n=400, ttft_error_median_ms=2, ttft_error_p99_ms=80, gap_error_median_ms=0, gap_error_p99_ms=1,
        measured_at="2026-11-23T05:00:00+00:00",
    )  # fmt: skip
    a, b = (results({"x": {"ttft_ms": around(middle)}}) for middle in (500, 560))
    assert row(compare(a, b), "ttft_ms", "x").verdict == "worse"
    unsure = a.model_copy(update={"harness": calm(calibration=calibration)})
    found = row(compare(unsure, b), "ttft_ms", "x")
    assert (found.verdict, found.smallest_relevant) == ("inconclusive", 80)


def noisy(one_of: Results, jitter_ms: float) -> Results:
    jitter = BASE.harness.receive_lag_ms.model_copy(update={"p99": jitter_ms})
    return one_of.model_copy(update={"harness": calm(delivery_jitter_ms=jitter)})


@pytest.mark.parametrize(("slower", "code"), [(1.0, 0), (1.2, 2), (1.4, 2), (1.8, 1)])
def test_a_noisy_machine_lets_nothing_pass_that_is_slower_for_certain(slower: float, code: int) -> None:
    a, b = (results({"x": {"ttft_ms": around(500 * by)}, "y": {"ttft_ms": around(400 * by)}}) for by in (1, slower))
    comparison = compare(noisy(a, 220), noisy(b, 30))
    assert comparison.exit_code == code
    if code == 2:
        assert comparison.verdicts["ttft_ms"] == "inconclusive"
        said = f"ttft_ms in x and 1 more (+{500 * (slower - 1):.0f} ms)"
        assert comparison.sentence.startswith(f"B may be worse, but this is inconclusive: {said}.")
    assert compare(noisy(b, 30), noisy(a, 220)).exit_code == 0, "what may be better is not a reason to stop"


def test_too_few_runs_show_nothing_in_one_scenario_and_are_told() -> None:
    a, b = (results({"x": {"ttft_ms": around(middle, 3)}}) for middle in (500, 900))
    comparison = compare(a, b)
    assert one(comparison, "ttft_ms").verdict == "inconclusive"
    found = row(comparison, "ttft_ms", "x")
    assert (found.reason, found.runs_that_tell) == ("too few runs to judge", 6)
    assert comparison.exit_code == 2, "it may be worse"


def test_counts_of_scripted_runs_differ_exactly_or_not() -> None:
    a, b = (results({"x": {"order_inversions": [count] * 2, "ttft_ms": [5, 5]}}) for count in (0, 1))
    comparison = compare(a, b)
    found = row(comparison, "order_inversions", "x")
    assert (found.verdict, found.interval, found.p_value) == ("worse", None, None)
    assert comparison.verdicts["order_inversions"] == "worse"
    assert compare(b, a).verdicts["order_inversions"] == "better"
    assert compare(a, a).verdicts["order_inversions"] == "same"
    mixed = results({"x": {"order_inversions": [0, 1], "ttft_ms": [5, 5]}})
    assert one(compare(a, mixed), "order_inversions").verdict == "inconclusive"
    assert compare(a, mixed).exit_code == 2


def test_counts_of_agents_that_follow_no_script_are_a_sample() -> None:
    a = results({"x": {"dangling_markers": [0.0, 1.0] * 6}}, scripted=False)
    b = results({"x": {"dangling_markers": [1.0, 0.0] * 6}}, scripted=False)
    assert one(compare(a, b), "dangling_markers").verdict != "worse"
    worse = results({"x": {"dangling_markers": [5.0, 6.0] * 6}}, scripted=False)
    assert one(compare(a, worse), "dangling_markers").verdict == "worse"


def test_a_count_without_a_better_way_is_never_worse() -> None:
    a, b = (results({"x": {"citations": [count] * 5}}) for count in (3.0, 2.0))
    found = one(compare(a, b), "citations")
    assert (found.verdict, found.at_risk) == ("inconclusive", True)
    assert "neither way is better" in found.reason


def test_missing_values_and_failed_runs_are_counted() -> None:
    a = results({"x": {"ttft_ms": around(500, 6)}})
    gone = results({"x": {"ttft_ms": [None] * 6}})
    found = one(compare(a, gone), "ttft_ms")
    assert (found.verdict, found.missing_a, found.missing_b, found.at_risk) == ("inconclusive", 0, 6, True)
    failed = [run.model_copy(update={"error": "It broke.", "as_expected": False}) for run in a.runs]
    comparison = compare(a, a.model_copy(update={"runs": tuple(failed)}))
    assert one(comparison, "unexpected_runs").verdict == "worse"
    assert comparison.exit_code == 1
    assert "6 runs of B could not be measured to their end" in " ".join(comparison.notes)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"harness": calm(cpu_pressure=0.99)}, "While B was measured the machine was too busy"),
        ({"harness": calm(cpu_share=0.97)}, "While B was measured the machine was too busy"),
        ({"machine": BASE.machine | {"cores": 999}}, "different machines: cores"),
    ],
)
def test_times_of_a_busy_or_another_machine_are_never_judged_and_counts_are(change: dict[str, Any], said: str) -> None:
    values: Values = {"ttft_ms": around(500), "order_inversions": [0.0] * 10}
    a = results({"x": values})
    b = results({"x": values | {"ttft_ms": around(900)}}, **change)
    comparison = compare(a, b)
    assert one(comparison, "ttft_ms").verdict == "inconclusive"
    assert one(comparison, "order_inversions").verdict == "same"
    assert comparison.exit_code == 2
    assert said in comparison.sentence
    wrong = results({"x": values | {"order_inversions": [1.0] * 10}}, **change)
    assert compare(a, wrong).exit_code == 1, "a count is a count on any machine"


def test_a_result_is_the_same_as_itself_and_comparing_is_reproducible() -> None:
    a = results({name: {"ttft_ms": around(500), "e2e_ms": around(3000, 10, 40)} for name in ("x", "y")})
    b = results({name: {"ttft_ms": around(510), "e2e_ms": around(3900, 10, 40)} for name in ("x", "y")})
    assert set(compare(a, a).verdicts.values()) == {"same"}
    assert compare(a, a).exit_code == 0
    assert compare(a, b).to_json() == compare(a, b).to_json()
    only = compare(a, b, only=["e2e_ms"])
    assert list(only.verdicts) == ["e2e_ms"]
    assert one(only, "e2e_ms").overall.interval == one(compare(a, b), "e2e_ms").overall.interval


def test_scenarios_of_one_result_alone_are_told_and_other_suites_are_refused() -> None:
    a = results({"x": {"ttft_ms": around(500)}, "y": {"ttft_ms": around(500)}})
    b = results({"x": {"ttft_ms": around(500)}, "z": {"ttft_ms": around(500)}})
    assert compare(a, b).notes[:2] == ("Only A has y: not compared.", "Only B has z: not compared.")
    faster = b.model_copy(update={"runs": tuple(run.model_copy(update={"speed": 4.0}) for run in b.runs)})
    with pytest.raises(ComparisonError, match="no scenario in common"):
        compare(a, faster)
    with pytest.raises(ComparisonError, match="two suites, 'made' and 'other'"):
        compare(a, a.model_copy(update={"suite": a.suite.model_copy(update={"name": "other"})}))
    other_way = tuple(run.model_copy(update={"transport": "websocket"}) for run in b.runs)
    with pytest.raises(ComparisonError, match="read over POST, those of the other over WebSocket: play both over"):
        compare(a, b.model_copy(update={"runs": other_way}))
    with pytest.raises(ComparisonError, match="no metric 'ttft'; did you mean 'ttft_ms'"):
        compare(a, a, only=["ttft"])


def saved(path: Path, one_of: Results) -> Path:
    path.mkdir()
    (path / "results.json").write_text(one_of.to_json(), encoding="utf-8")
    return path


def call(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_the_command_prints_and_writes_the_verdict(tmp_path: Path) -> None:
    a = saved(tmp_path / "a", results({"x": {"ttft_ms": around(500)}}))
    b = saved(tmp_path / "b", results({"x": {"ttft_ms": around(800)}}))
    code, said = call(a, b / "results.json", "--out", tmp_path / "out")
    assert code == 1
    assert "B is worse: ttft_ms in x (+300 ms)." in said
    assert "ttft_ms in x" in said
    code, said = call(a, b, "--json")
    printed = json.loads(said)
    assert code == printed["exit_code"] == 1
    assert printed["verdicts"] == {"unexpected_runs": "same", "ttft_ms": "worse"}
    written = json.loads((tmp_path / "out" / "comparison.json").read_text())
    assert written["verdicts"] == printed["verdicts"]
    assert written["schema"] == "playhead.comparison/1"
    page = (tmp_path / "out" / "comparison.html").read_text(encoding="utf-8")
    assert "B is worse: ttft_ms in x (+300 ms)." in page
    assert BY_KEY["ttft_ms"].definition[:40] in page
    assert call(a, a)[0] == 0


def test_every_metric_is_named_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = ("dangling_exposure_marker_ms", "cancel_to_last_token_ms", "token_gap_median_ms")
    a, b = (
        saved(tmp_path / side, results({"x": {key: around(at) for key in keys}}))
        for side, at in (("a", 5e4), ("b", 9e4))
    )
    said = call(a, b)[1]
    assert all(f"\n{key} " in said for key in keys)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "70")
    assert "…" not in call(a, b)[1]


def cut_off(text: str) -> str:
    return text[: len(text) // 2]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (cut_off, "is not a complete JSON: it was cut off or changed"),
        (lambda text: text.replace("playhead.results/1", "playhead.results/9"), "has the schema 'playhead.results/9'"),
        (lambda text: "[]", "it does not name its schema"),
        (lambda text: text.replace('"verdict"', '"verdikt"', 1), "is damaged: verdict cannot be read"),
        (lambda text: "\x00\xff", "is not a complete JSON"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_and_exit_code_2(
    change: Callable[[str], str], said: str, tmp_path: Path
) -> None:
    good = saved(tmp_path / "good", results({"x": {"ttft_ms": around(500)}}))
    bad = tmp_path / "bad.json"
    bad.write_text(change((good / "results.json").read_text()))
    for pair in ((good, bad), (bad, good)):
        code, output = call(*pair, "--out", tmp_path / "out")
        assert code == 2
        assert said in output
        assert len(output.strip().splitlines()) == 1
    assert not list((tmp_path / "out").glob("*"))
    code, output = call(good, tmp_path / "nothing")
    assert code == 2
    assert "cannot be read: No such file or directory" in output


def test_a_hostile_result_stays_text() -> None:
    hostile = hostile_evaluation().results
    page = comparison_html(compare(hostile, hostile, names=(ATTACK, ATTACK)))
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
    assert "49" not in page.partition("<h1>")[2].partition("</h1>")[0]


def test_a_hostile_name_does_not_steer_the_terminal(tmp_path: Path) -> None:
    name = "x\x1b[2J\x1b]0;owned\x07[red]y"
    a, b = (saved(tmp_path / side, results({name: {"ttft_ms": around(at)}})) for side, at in (("a", 500), ("b", 900)))
    code, said = call(a, b)
    assert code == 1
    assert "\x1b" not in said
    assert "\x07" not in said
    assert "[red]y" in said
