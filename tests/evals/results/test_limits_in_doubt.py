"""Limits where something is not known: runs that broke, means of few runs, several loads, a machine that was busy."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from evals.comparison.comparison import compare
from evals.evaluation.assembly import summarized
from evals.files.junit import limit_text
from evals.playing.harness import Effort, measured_effort
from evals.report.cells import values_of
from evals.results.harness_figures import Harness
from evals.results.judged_limits import ClockDoubt, judge_limit, judge_limits
from evals.results.models import Results
from evals.results.overload import overload
from evals.suites.limits import Limit, Statistic
from evals.suites.suite_file import parse_suite
from tests.evals.evaluations import good_evaluation
from tests.evals.planted import CALM
from tests.fakes import turn

BASE = good_evaluation().results
SUITE = parse_suite(
    b"suite: made\nlimits: {ttft_ms: {median: 400, max: 9000}, dangling_markers: {max: 0}}\nruns: [{agent: made}]\n",
    "made.yaml",
)


def measured_by(effort: Effort) -> Harness:
    """The harness's figures of this effort, as results hold them, with stamps that came at once."""
    ordered = sorted(effort.loop_lag_ms)
    lag = BASE.harness.loop_lag_ms.model_copy(update={"p99": ordered[int(0.99 * (len(ordered) - 1))]})
    prompt = BASE.harness.receive_lag_ms.model_copy(update={"p99": 0.1})
    return BASE.harness.model_copy(
        update={
            "loop_lag_ms": lag, "receive_lag_ms": prompt, "delivery_jitter_ms": prompt,
            "cpu_share": effort.cpu_share, "cpu_pressure": effort.cpu_pressure,
            "load": {"before": effort.load_before, "after": effort.load_after},
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("statistic", "values", "broken", "verdict"),
    [
        ("max", [1.0] * 9, 0, "pass"),
        ("max", [1.0] * 9, 1, "inconclusive"),
        ("max", [999.0] * 9, 1, "fail"),
        ("median", [1.0] * 9, 3, "pass"),
        ("median", [1.0] * 9, 10, "inconclusive"),
        ("median", [999.0] * 9, 3, "fail"),
        ("median", [999.0] * 9, 10, "inconclusive"),
        ("mean", [1.0] * 30, 1, "inconclusive"),
    ],
)
def test_runs_that_broke_may_have_shown_anything(
    statistic: Statistic, values: list[float], broken: int, verdict: str
) -> None:
    found = judge_limit(Limit("ttft_ms", statistic, 100), values, ClockDoubt.of(measured_by(CALM)), broken=broken)
    assert found.verdict == verdict, found.reason
    assert ("could not be measured to their end" in found.reason) == (verdict == "inconclusive")


def test_a_run_that_broke_lends_no_value_to_a_limit() -> None:
    runs = [run.model_copy(update={"error": "It broke."} if place else {}) for place, run in enumerate(BASE.runs)]
    for found in judge_limits(SUITE, runs, measured_by(CALM)):
        assert found.n == 1


def test_a_run_that_broke_lends_no_value_to_a_summary_either() -> None:
    runs = [run.model_copy(update={"error": "It broke."} if place else {}) for place, run in enumerate(BASE.runs)]
    summary = summarized(runs)
    for key in ("ttft_ms", "longest_gap_ms", "dangling_exposure_marker_ms", "markers"):
        assert (summary[key].n, summary[key].n_missing) == (1, len(runs) - 1)
        assert summary[key].median == runs[0].metrics[key]
        assert values_of(runs, key) == [runs[0].metrics[key]]


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([50.0, 60.0] * 12, "pass"),
        ([150.0, 160.0] * 12, "fail"),
        ([60.0, 145.0] * 12, "inconclusive"),
        ([150.0] * 19, "inconclusive"),
    ],
)
def test_a_mean_has_a_bootstrap_interval(values: list[float], verdict: str) -> None:
    found = judge_limit(Limit("ttft_ms", "mean", 100), values, ClockDoubt.of(measured_by(CALM)))
    assert found.verdict == verdict, found.reason
    assert (found.interval is None) == (len(values) < 20)
    assert found.value == pytest.approx(sum(values) / len(values))


def test_every_load_has_to_keep_the_limit() -> None:
    runs = [
        run.model_copy(update={"load": load, "metrics": run.metrics | {"ttft_ms": ttft}})
        for load, ttft in (("closed 1", 100.0), ("closed 50", 4000.0))
        for run in BASE.runs * 2
    ]
    medians = [found for found in judge_limits(SUITE, runs, measured_by(CALM)) if found.statistic == "median"]
    assert [found.verdict for found in medians] == ["pass", "fail"]
    assert [found.reason.partition(":")[0] for found in medians] == ["Under closed 1", "Under closed 50"]
    assert [found.load for found in medians] == ["closed 1", "closed 50"]
    assert limit_text(medians[1]) == "ttft_ms median, limit 400, all runs, closed 50"
    assert {found.load for found in judge_limits(SUITE, BASE.runs, measured_by(CALM))} == {None}


def test_where_no_pressure_is_told_the_load_stands_for_it() -> None:
    calm = measured_by(CALM).model_copy(update={"cpu_pressure": None})
    assert overload(calm, 2) is None
    busy = calm.model_copy(update={"load": {"before": 0.1, "after": 3.5}})
    assert overload(busy, 2) == "the load was 3.5 on 2 cores"
    assert overload(busy, 4) is None


def busy_processes(count: int) -> list[subprocess.Popen[bytes]]:
    return [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]


@pytest.fixture
def loaded_machine() -> Iterator[None]:
    """Three processes for each core that do nothing but compute, ended when the test is."""
    processes = busy_processes(3 * (os.cpu_count() or 1))
    try:
        yield
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


@pytest.mark.alone
def test_a_machine_that_is_really_overloaded_passes_nothing_and_fails_nothing(loaded_machine: None) -> None:
    async def watched() -> Effort:
        async with measured_effort() as effort:
            while len(effort.loop_lag_ms) < 50:
                await turn()
        return effort

    harness = measured_by(asyncio.run(watched()))
    if harness.cpu_pressure is None:
        pytest.skip("This system does not tell for how long tasks wait for a core (/proc/pressure).")
    assert overload(harness, os.cpu_count()) is not None, harness
    for ttft in (1.0, 8999.0, 90_000.0):
        runs = [run.model_copy(update={"metrics": run.metrics | {"ttft_ms": ttft}}) for run in BASE.runs]
        verdicts = {(found.metric, found.verdict) for found in judge_limits(SUITE, runs, harness)}
        assert verdicts == {("ttft_ms", "inconclusive"), ("dangling_markers", "pass")}
        results: Results = BASE.model_copy(update={"runs": tuple(runs), "harness": harness})
        comparison = compare(BASE.model_copy(update={"harness": measured_by(CALM)}), results)
        assert comparison.verdicts["ttft_ms"] == "inconclusive"
        assert comparison.exit_code == 2
