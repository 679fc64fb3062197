"""Limits: what a suite may demand, and the verdict for values that were made by hand."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, strategies as st

from backend.metrics.statistics import percentile_bounds, percentile_interval
from backend.yaml_lines.complaints import SourceError
from evals.results.harness_figures import Harness, LagFigures
from evals.results.judged_limits import ClockDoubt, judge_limit, judge_limits
from evals.results.models import LimitResult
from evals.results.overload import overload
from evals.results.verdict import judge
from evals.suites.limits import Limit
from evals.suites.suite_file import parse_suite
from tests.evals.evaluations import good_evaluation

CALM_LAG = LagFigures(p50=0.1, p99=0.5, max=2.0, n=500)


def harness(**changes: object) -> Harness:
    calm = {
        "receive_lag_ms": CALM_LAG, "receive_lag_basis": "made", "loop_lag_ms": CALM_LAG, "cpu_share": 0.1,
        "cpu_pressure": 0.1, "load": {"before": 0.1, "after": 0.2}, "lasted_s": 10.0,
    }  # fmt: skip
    return Harness.model_validate(calm | changes)


def judged(statistic: str, values: Sequence[float | None], bound: float = 100, metric: str = "ttft_ms") -> LimitResult:
    return judge_limit(Limit(metric, statistic, bound), values, ClockDoubt.of(harness()))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "verdict", "said"),
    [
        ([50.0] * 20, "pass", "The p95 of 20 runs is 50.0 ms, not over the limit of 100 ms."),
        ([200.0] * 20, "fail", "nearest end of its 95 % interval, 200 ms"),
        ([50.0] * 18 + [200.0] * 2, "inconclusive", "its 95 % interval reaches to 50.0 ms: play more runs"),
        ([50.0] * 70 + [200.0] * 30, "fail", "and so is the nearest end"),
        ([200.0], "inconclusive", "so few runs have no interval: play 72"),
        ([50.0] * 19 + [None], "pass", "1 of 20 runs have no value."),
        ([None, None], "inconclusive", "None of 2 runs has a value for ttft_ms."),
        ([], "inconclusive", "No run of this limit was played."),
        ([100.2] * 80, "inconclusive", "receive lag of 0.50 ms (p99) is more than a tenth"),
        ([99.8] * 80, "inconclusive", "receive lag"),
    ],
)
def test_a_percentile_fails_only_where_its_interval_does(values: list[float | None], verdict: str, said: str) -> None:
    found = judged("p95", values)
    assert found.verdict == verdict
    assert said in found.reason


def test_where_higher_is_better_the_limit_is_from_below() -> None:
    assert judged("median", [1.0] * 9, 0.9, "in_sync_rate").verdict == "pass"
    assert judged("median", [0.5] * 9, 0.9, "in_sync_rate").verdict == "fail"
    lowest = judged("min", [1.0, 0.5], 0.9, "in_sync_rate")
    assert lowest.reason == "The min of 2 runs is 50 %, below the limit of 90 %."


def test_what_only_counts_is_exact() -> None:
    assert judged("max", [0.0, 0.0, 0.0], 0, "dangling_markers").verdict == "pass"
    found = judged("max", [0.0, 0.0, 1.0], 0, "dangling_markers")
    assert (found.verdict, found.value, found.interval) == ("fail", 1, None)
    assert judged("max", [1.0], 0, "dangling_markers").reason == "It is 1, over the limit of 0."
    busy = judge_limit(Limit("dangling_markers", "max", 0), [0.0], ClockDoubt.of(harness(cpu_share=1.0)))
    assert busy.verdict == "pass", "a busy machine miscounts nothing"


@pytest.mark.parametrize(
    ("busy", "said"),
    [
        ({"cpu_share": 0.97}, "the harness itself was busy 97% of the time"),
        ({"cpu_pressure": 0.85}, "tasks had to wait for a core 85% of the time"),
        ({"loop_lag_ms": LagFigures(p50=1, p99=80, max=300, n=100)}, "the harness's loop ran 80 ms late (p99)"),
    ],
)
@pytest.mark.parametrize("values", [[50.0] * 100, [200.0] * 100])
def test_a_busy_machine_neither_passes_nor_fails(
    busy: dict[str, object], said: str, values: list[float | None]
) -> None:
    found = judge_limit(Limit("ttft_ms", "p95", 100), values, ClockDoubt.of(harness(**busy)))
    assert found.verdict == "inconclusive"
    assert said in found.reason
    assert overload(harness(**busy)) == said
    assert overload(harness()) is None
    unmeasured = harness(loop_lag_ms=LagFigures(p50=None, p99=None, max=None, n=0), cpu_share=None, cpu_pressure=None)
    assert overload(unmeasured) is None


@given(
    st.lists(st.floats(0, 1000), min_size=1, max_size=120), st.floats(1, 999), st.sampled_from(["median", "p95", "p99"])
)
def test_no_limit_fails_that_its_estimate_keeps(values: list[float], bound: float, statistic: str) -> None:
    found = judged(statistic, list(values), bound)
    assert found.value is not None
    if found.verdict == "fail":
        assert found.value > bound
    if found.verdict == "pass":
        assert found.value <= bound
    assert judged(statistic, [value + 2000 for value in values] * 80, bound).verdict == "fail"


@given(st.lists(st.integers(0, 50), max_size=150), st.sampled_from([0.5, 0.95, 0.99]))
def test_an_interval_is_there_where_both_its_ends_are(values: list[int], share: float) -> None:
    lower, upper = percentile_bounds(values, share)
    assert percentile_interval(values, share) == (None if lower is None or upper is None else (lower, upper))
    assert lower is None or lower in values
    assert lower is None or upper is None or lower <= upper


SUITE = b"""suite: limited
limits:
  ttft_ms: {p95: 1500, median: 900}
  dangling_markers: {max: 0}
tags: [release]
runs:
  - agent: scripted:late
    limits: {dangling_exposure_marker_ms: {max: 100}}
    tags: [late]
  - agent: documents
"""


def test_a_suites_limits_hold_for_all_and_an_entrys_for_its_runs() -> None:
    suite = parse_suite(SUITE, "limited.yaml")
    assert [scenario.tags for scenario in suite.scenarios] == [("release", "late"), ("release",)]
    results = good_evaluation().results
    limits = judge_limits(suite, results.runs, harness())
    assert [(limit.metric, limit.statistic, limit.scenario, limit.n, limit.verdict) for limit in limits] == [
        ("ttft_ms", "p95", None, 5, "pass"),
        ("ttft_ms", "median", None, 5, "pass"),
        ("dangling_markers", "max", None, 5, "pass"),
        ("dangling_exposure_marker_ms", "max", "late", 3, "fail"),
    ]
    verdict = judge(results.runs, 0, limits)
    assert (verdict.exit_code, verdict.sentence) == (1, "All 5 runs ended as expected. Of 4 limits 1 failed.")
    unclear = limits[0].model_copy(update={"verdict": "inconclusive"})
    assert judge(results.runs, 0, [unclear]).exit_code == 2
    assert judge(results.runs, 0, [limits[0]]).sentence == "All 5 runs ended as expected. The one limit is kept."
    assert judge(results.runs, 0, [unclear, limits[3]]).sentence.endswith("Of 2 limits 1 failed, 1 inconclusive.")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (b"  ttft: {p95: 1500}", "line 3: there is no metric 'ttft'; did you mean 'ttft_ms'?"),
        (b"  ttft_ms: {p75: 1500}", "line 3: there is no statistic 'p75'; did you mean 'p95'?"),
        (b"  ttft_ms: 1500", "line 3: expected a statistic and a number, such as ttft_ms: {p95: 1500}."),
        (b"  ttft_ms: {p95: soon}", "line 3: the p95 of ttft_ms must be a number, not 'soon'."),
        (b"  ttft_ms: {p95: .nan}", "line 3: the p95 of ttft_ms must be a number, not '.nan'."),
    ],
)
def test_a_mistake_in_a_limit_names_its_line(wrong: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=re.escape(said)):
        parse_suite(b"suite: x\nlimits:\n" + wrong + b"\nruns: [{agent: a}]\n", "x.yaml")


@pytest.mark.parametrize(
    ("values", "interval", "said"),
    [
        ([1.0] * 64 + [0.0] * 16, (0.6995, 0.8730), "the 95 % interval for others like them is 70 % to 87.3 %."),
        ([0.5, 0.75, 1.0], None, "there is an interval from 20 runs on."),
    ],
)
def test_the_mean_of_a_share_is_judged_by_these_runs_and_has_an_interval_for_others(
    values: list[float], interval: tuple[float, float] | None, said: str
) -> None:
    found = judged("mean", values, 0.7, "source_first")
    assert found.verdict == "pass"
    assert found.interval == (interval and pytest.approx(interval, abs=1e-3))
    assert said in found.reason, found.reason
