"""Known truth: every bundled scenario, played over the wire, has the metrics that its script says.

No limit here is a number of milliseconds: what a machine delays is measured in the very run that is judged. Between two
planes every event is off by some time; from how far these deviations reach follows, for each metric, how far it may be
off at most, by the metric's own definition. The harness is held to the server's stamps by the run's receive lag, the
server to its script by its own lateness. What does not depend on a clock must be equal. ``stalls``, ``stalled_ms`` and
``in_sync_rate`` ask whether a time is over a threshold: they lie between what the reference has with a stricter
threshold and what it has with a milder one.
"""

import asyncio
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio

from backend.launch.server import LocalServer
from backend.metrics import in_sync
from backend.metrics.facts import INTENDED
from backend.metrics.registry import BY_KEY
from backend.metrics.silence import STALL_MEDIANS, STALL_MS
from backend.metrics.statistics import nearest_rank
from backend.metrics.trace import Trace
from evals.evaluation.live import evaluate
from evals.playing.watcher import Watcher
from evals.results.models import Target
from evals.results.run import MetricValues
from evals.scoring.scored_run import ScoredRun
from evals.suites.suite_file import parse_suite

ROOT = Path(__file__).resolve().parents[3]
SCENARIOS = sorted(path.stem for path in (ROOT / "backend/agents/scripted/scenarios").glob("*.yaml"))

FROM_THE_REQUEST = ("ttfe_ms", "ttfs_ms", "ttft_ms", "ttfc_ms", "ttfa_ms", "ttlt_ms", "e2e_ms")
GAPS = (
    "token_gap_median_ms",
    "token_gap_p95_ms",
    "token_gap_max_ms",
    "longest_gap_ms",
    "longest_text_gap_ms",
    "quiet_screen_ms",
)
RATES = ("token_events_per_s", "chars_per_s")
THRESHOLDS = ("stalls", "stalled_ms", "in_sync_rate")
SLOWER = {"stall": 2}
"""Speeds at which a scenario still shows what it is for: its silence is a stall at half of the others' speed only."""
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
    entries = "".join(f"  - {{agent: 'scripted:{name}', speed: {SLOWER.get(name, 4)}}}\n" for name in SCENARIOS)
    head = "suite: truth\nrepeats: 1\nwarm_up: 1\nconcurrency: 4\ndeadline_s: 60\n"
    suite = parse_suite(f"{head}runs:\n{entries}".encode(), "truth.yaml")
    with LocalServer(tmp_path_factory.mktemp("data")) as server:
        target = Target(url=server.url, started_here=False)
        evaluation = await evaluate(suite, target, asyncio.Event(), Watcher())
    return {run.result.scenario: run for run in evaluation.runs}


def assert_within(measured: MetricValues, reference: MetricValues, by: Deviations, steps: int) -> None:
    """Every metric of a clock is as far from the reference as the deviations allow, and there where it is there."""

    def both(key: str) -> tuple[float, float] | None:
        value, due = measured[key], reference[key]
        assert (value is None) == (due is None), key
        return None if value is None or due is None else (value, due)

    # The time of people is taken out of every latency, and each wait can be off as any time between two events.
    waits_ms = (reference["inputs_asked"] or 0.0) * by.reach_ms
    for key in FROM_THE_REQUEST:
        if pair := both(key):
            earliest_ms, latest_ms = by.earliest_ms - waits_ms - ROUNDING_MS, by.latest_ms + waits_ms + ROUNDING_MS
            assert pair[1] + earliest_ms <= pair[0] <= pair[1] + latest_ms, key
    for key in GAPS:
        if pair := both(key):
            assert abs(pair[0] - pair[1]) <= by.reach_ms + by.close_ms + waits_ms, key
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
    if pair := both("dangling_share"):
        whole = both("e2e_ms")
        assert whole is not None
        assert abs(pair[0] * whole[0] - pair[1] * whole[1]) <= markers * by.reach_ms + ROUNDING_MS


def assert_between(measured: MetricValues, reference: Trace, by: Deviations) -> None:
    """What asks for a threshold is no less than with one that is stricter by the deviations, and no more than with one
    that is milder by them.
    """
    # A gap and the median that its limit is made of can both be off.
    slack_ms = (1 + STALL_MEDIANS) * (by.reach_ms + by.close_ms)
    surely, possibly = (stalled(reference, slack) for slack in (slack_ms, -slack_ms))
    assert len(surely) <= (measured["stalls"] or 0) <= len(possibly)
    off_ms = len(possibly) * by.reach_ms
    assert sum(surely) - off_ms <= (measured["stalled_ms"] or 0) <= sum(possibly) + off_ms + ROUNDING_MS
    rates = []
    for by_ms in (-by.reach_ms, by.reach_ms):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(in_sync, "IN_SYNC_MS", in_sync.IN_SYNC_MS + by_ms)
            rates.append(in_sync.in_sync_rate(reference))
    if (rate := measured["in_sync_rate"]) is None:
        assert rates == [None, None]
    else:
        assert (rates[0] or 0) - ROUNDING_MS <= rate <= (rates[1] or 0) + ROUNDING_MS


def stalled(trace: Trace, slack_ms: float) -> list[float]:
    """The gaps that are longer than the limit of their phase and ``slack_ms``, by the definition's words."""
    points = [0.0, *trace.times_ms, *([] if trace.close_ms is None else [max(trace.close_ms, trace.end_ms)])]
    phases: list[list[float]] = [[], [], []]
    for earlier, later in pairwise(points):
        behind = [bool(trace.tokens) and later > trace.tokens[place][1] for place in (0, -1)]
        phases[sum(behind)].append(later - earlier)
    return [
        gap
        for gaps in phases
        for gap in gaps
        if gap > max(STALL_MS, STALL_MEDIANS * (nearest_rank(gaps, 0.5) or 0.0)) + slack_ms
    ]


@pytest.mark.server
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_a_run_over_the_wire_has_the_metrics_of_its_script(played: dict[str, ScoredRun], scenario: str) -> None:
    run = played[scenario]
    assert run.result.as_expected, (run.result.error, run.result.surprises)
    plan = run.plan
    assert plan is not None
    assert run.result.truth is not None
    lateness = Deviations.between(run.server, plan)
    assert lateness.earliest_ms >= -GRAIN_MS, "nothing is sent before its time"
    receive_lag = Deviations.between(run.wire, run.server)
    assert receive_lag.earliest_ms >= -GRAIN_MS, "nothing arrives before it is sent"
    assert_within(run.result.server_metrics, run.result.truth, lateness, len(run.result.steps))
    assert_within(run.result.metrics, run.result.server_metrics, receive_lag, len(run.result.steps))
    assert_between(run.result.server_metrics, plan, lateness)
    assert_between(run.result.metrics, run.server, receive_lag)
    counted = [key for key, metric in BY_KEY.items() if not metric.clocked]
    assert {"citations", "markers", "dangling_markers", "kendall_tau", "order_inversions", "lost"} <= set(counted)
    assert {key: run.result.metrics[key] for key in counted} == {key: run.result.truth[key] for key in counted}


@pytest.mark.server
@pytest.mark.asyncio(loop_scope="module")
async def test_what_asks_for_a_threshold_is_asked_by_some_script(played: dict[str, ScoredRun]) -> None:
    """Otherwise nothing would be shown by the comparison."""
    truths = {name: run.result.truth for name, run in played.items() if run.result.truth is not None}
    assert {name for name, truth in truths.items() if truth["stalls"]} >= {"stall", "timeout"}
    assert {truth["in_sync_rate"] for truth in truths.values()} >= {None, 0.0, 0.5, 1.0}
    assert any(truth["dangling_share"] for truth in truths.values())


def test_every_metric_is_held_to_the_truth_or_named_as_an_exception() -> None:
    clocked = {key for key, metric in BY_KEY.items() if metric.clocked and metric.plane == "wire"}
    held = {*FROM_THE_REQUEST, *GAPS, *RATES, *THRESHOLDS, "unattributed_ms"}
    held |= {"dangling_exposure_marker_ms", "dangling_share"}
    not_scripted = {"usage_tokens_per_s", "connect_ms", "cancel_to_done_ms", "cancel_to_last_token_ms", "recovery_ms"}
    not_scripted |= {fact.key for fact in INTENDED.values()}
    # What people do: how long it takes has tests of its own, in tests/metrics and tests/evals/playing.
    not_scripted |= {"waited_ms", "paused_ms", "deliver_ms", "resume_ms"}
    not_scripted |= {"pause_ms", "answer_ms", "message_to_delivery_ms"}
    assert clocked - not_scripted == held
