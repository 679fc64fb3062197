"""Known truth: every bundled scenario, played over the wire, has the metrics that its script says.

No limit here is a number of milliseconds: what a machine delays is measured in the very run that is judged. Between two
planes every event is off by some time; from how far these deviations reach follows, for each metric, how far it may be
off at most, by the metric's own definition. The harness is held to the server's stamps by the run's receive lag, the
server to its script by its own lateness. What does not depend on a clock must be equal. ``stalls``, ``stalled_ms``,
``in_sync_rate`` and ``dangling_share`` ask whether a time is over a threshold, or are one time over another: the
smallest deviation can turn them, and the tests of the functions have them.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from backend.launch.server import LocalServer
from backend.metrics.registry import BY_KEY
from backend.metrics.trace import Trace
from evals.evaluation import Watcher, evaluate
from evals.results import Target
from evals.scoring import MetricValues, ScoredRun
from evals.suite import parse_suite

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted(path.stem for path in (ROOT / "backend/agents/scripted/scenarios").glob("*.yaml"))

FROM_THE_REQUEST = ("ttfe_ms", "ttfs_ms", "ttft_ms", "ttfc_ms", "ttfa_ms", "ttlt_ms", "e2e_ms")
GAPS = ("token_gap_median_ms", "token_gap_p95_ms", "token_gap_max_ms", "longest_gap_ms", "longest_text_gap_ms")
RATES = ("token_events_per_s", "chars_per_s")
GRAIN_MS = 1.5
"""A timer may fire so much early: it counts whole milliseconds, and the clock is rounded."""
ROUNDING_MS = 0.01


@dataclass(frozen=True)
class Deviations:
    """How far the events of one plane are from those of another: earliest, latest, and the moment of the request with
    them, which is 0 on both. ``close_ms`` is how long after done the stream closed, which only one plane may know."""

    earliest_ms: float
    latest_ms: float
    close_ms: float

    @classmethod
    def between(cls, measured: Trace, reference: Trace) -> "Deviations":
        off = [at - due for at, due in zip(measured.times_ms, reference.times_ms, strict=True)]
        after = max(0.0, (measured.close_ms or 0.0) - measured.end_ms)
        return cls(min(0.0, *off), max(0.0, *off), after)

    @property
    def reach_ms(self) -> float:
        """How much longer or shorter the time between two events can be."""
        return self.latest_ms - self.earliest_ms + ROUNDING_MS


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ScoredRun]:
    entries = "".join(f"  - agent: scripted:{name}\n" for name in SCENARIOS)
    head = "suite: truth\nrepeats: 1\nwarm_up: 1\nspeed: 4\nconcurrency: 4\ndeadline_s: 60\n"
    suite = parse_suite(f"{head}runs:\n{entries}".encode(), "truth.yaml")
    with LocalServer(tmp_path_factory.mktemp("data")) as server:
        target = Target(url=server.url, started_here=False)
        evaluation = await evaluate(suite, target, asyncio.Event(), Watcher())
    return {run.played.play.entry.scenario: run for run in evaluation.runs}


def assert_within(measured: MetricValues, reference: MetricValues, by: Deviations, steps: int) -> None:
    """Every metric of a clock is as far from the reference as the deviations allow, and there where it is there."""

    def both(key: str) -> tuple[float, float] | None:
        value, due = measured[key], reference[key]
        assert (value is None) == (due is None), key
        return None if value is None or due is None else (value, due)

    for key in FROM_THE_REQUEST:
        if pair := both(key):
            assert pair[1] + by.earliest_ms - ROUNDING_MS <= pair[0] <= pair[1] + by.latest_ms + ROUNDING_MS, key
    for key in GAPS:
        if pair := both(key):
            assert abs(pair[0] - pair[1]) <= by.reach_ms + by.close_ms, key
    for key in RATES:
        if measured[key] is None:
            # All tokens came in one segment, at one time: there is no rate.
            continue
        if (pair := both(key)) and pair[0] and pair[1]:
            # Both rates have the same numerator: that many events or characters over the time between two events.
            tokens = reference["token_events_per_s"] or 0.0
            lasted_ms = (reference["ttlt_ms"] or 0.0) - (reference["ttft_ms"] or 0.0)
            assert tokens
            assert abs(lasted_ms * pair[1] / pair[0] - lasted_ms) <= by.reach_ms, key
    if pair := both("unattributed_ms"):
        assert abs(pair[0] - pair[1]) <= 2 * (steps + 2) * by.reach_ms
    markers = measured["markers"] or 0.0
    if pair := both("dangling_exposure_marker_ms"):
        assert abs(pair[0] - pair[1]) <= markers * by.reach_ms + ROUNDING_MS


@pytest.mark.server
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_a_run_over_the_wire_has_the_metrics_of_its_script(played: dict[str, ScoredRun], scenario: str) -> None:
    run = played[scenario]
    assert run.as_expected, (run.error, run.surprises)
    plan = run.played.play.plan
    assert plan is not None
    assert run.truth is not None
    lateness = Deviations.between(run.server, plan)
    assert lateness.earliest_ms >= -GRAIN_MS, "nothing is sent before its time"
    receive_lag = Deviations.between(run.wire, run.server)
    assert receive_lag.earliest_ms >= -GRAIN_MS, "nothing arrives before it is sent"
    assert_within(run.server_metrics, run.truth, lateness, len(run.steps))
    assert_within(run.metrics, run.server_metrics, receive_lag, len(run.steps))
    counted = [key for key, metric in BY_KEY.items() if not metric.clocked]
    assert {"citations", "markers", "dangling_markers", "kendall_tau", "order_inversions", "lost"} <= set(counted)
    assert {key: run.metrics[key] for key in counted} == {key: run.truth[key] for key in counted}


def test_every_metric_is_held_to_the_truth_or_named_as_an_exception() -> None:
    clocked = {key for key, metric in BY_KEY.items() if metric.clocked and metric.plane == "wire"}
    held = {*FROM_THE_REQUEST, *GAPS, *RATES, "unattributed_ms", "dangling_exposure_marker_ms"}
    not_scripted = {"connect_ms", "ttft_intended_ms", "cancel_to_done_ms", "cancel_to_last_token_ms", "recovery_ms"}
    assert clocked - held - not_scripted == {"stalls", "stalled_ms", "in_sync_rate", "dangling_share"}
