"""Loads: what a suite may say, when runs begin, and that an open loop waits for nobody."""

import asyncio
import re
from itertools import islice, pairwise

import pytest
from hypothesis import given, strategies as st

from backend.metrics.statistics import nearest_rank
from backend.yaml_lines.complaints import SourceError
from evals.playing.runner import at_once, play_suite
from evals.playing.target import Play
from evals.scoring.scored_run import score
from evals.suites.load import MAX_RATE_PER_S, Load
from evals.suites.suite import Suite
from evals.suites.suite_file import parse_suite
from tests.evals.byte_server import END, HEAD, Requests, byte_server, frames
from tests.evals.captures import play
from tests.metrics.traces import done, status, token

pytestmark = pytest.mark.server

EVENTS = frames(status("s"), token("Up."), status("s", "finished"), done())


def suite(load: str) -> Suite:
    text = f"suite: loaded\nwarm_up: 0\nload: {load}\nruns: [{{agent: made}}]\n"
    return parse_suite(text.encode(), "loaded.yaml")


def ignored(_: Play) -> None:
    """Nobody watches."""


def test_a_suite_has_one_load_or_several() -> None:
    assert [str(load) for load in suite("{concurrency: 10}").loads] == ["closed 10"]
    several = suite("[{concurrency: 1}, {rate_per_s: 5, arrivals: poisson, seed: 3}, {rate_per_s: 0.5}]").loads
    assert [str(load) for load in several] == ["closed 1", "poisson 5/s", "constant 0.5/s"]
    plain = parse_suite(b"suite: x\nconcurrency: 4\nruns: [{agent: a}]\n", "x.yaml")
    assert plain.load == ()
    assert [str(load) for load in plain.loads] == ["closed 4"]


@pytest.mark.parametrize("load", ["{}", "{concurrency: 1, rate_per_s: 2}", "{rate_per_s: 0}", "fast", "7"])
def test_a_wrong_load_is_reported_with_its_line(load: str) -> None:
    with pytest.raises(SourceError, match=re.escape("loaded.yaml, line 3: 'load' must be {concurrency: 10}, or")):
        suite(load)


def test_an_unknown_field_of_a_load_is_reported_with_the_one_that_was_meant() -> None:
    said = "loaded.yaml, line 3: 'load' has no field 'rate_per_sec'; did you mean 'rate_per_s'?"
    with pytest.raises(SourceError, match=re.escape(said)):
        suite("[{concurrency: 1}, {rate_per_sec: 5}]")


@given(st.floats(0.01, MAX_RATE_PER_S), st.integers(0, 2**31 - 1))
def test_the_same_seed_gives_the_same_load(rate: float, seed: int) -> None:
    poisson = Load(rate_per_s=rate, arrivals="poisson", seed=seed)
    starts = list(islice(poisson.starts_s(), 50))
    assert starts == list(islice(poisson.starts_s(), 50))
    assert starts[0] == 0
    assert all(earlier <= later for earlier, later in pairwise(starts))
    constant = list(islice(Load(rate_per_s=rate).starts_s(), 50))
    assert constant == pytest.approx([number / rate for number in range(50)])


def test_poisson_arrivals_have_the_rate_and_the_spread_of_a_poisson_process() -> None:
    starts = list(islice(Load(rate_per_s=10.0, arrivals="poisson", seed=1).starts_s(), 20_001))
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert sum(gaps) / len(gaps) == pytest.approx(0.1, rel=0.05)
    # Of an exponential distribution the median is ln 2 of the mean.
    assert nearest_rank(gaps, 0.5) == pytest.approx(0.0693, rel=0.05)


async def test_an_open_loop_begins_runs_whether_earlier_ones_have_ended_or_not() -> None:
    of = suite("{rate_per_s: 100}")
    # Nobody is answered before all have asked: a closed loop would never get there.
    async with byte_server([Requests(6), HEAD, *EVENTS, END]) as server:
        session = await play_suite(of, [play(repeats=6)], server.address, asyncio.Event(), ignored)
    assert len(session.runs) == session.most_at_once == 6
    assert {run.load for run in session.runs} == {"constant 100/s"}
    appointed = [run.appointed_ns or 0 for run in session.runs]
    assert [later - earlier for earlier, later in pairwise(appointed)] == [10_000_000] * 5
    for run in session.runs:
        metrics, late_ms = score(run).result.metrics, run.start_delay_ms
        assert run.send_delay_ms == late_ms
        assert late_ms is not None
        assert late_ms >= 0
        assert metrics["ttft_ms"] is not None
        for wait in ("ttfe", "ttft", "ttlt", "e2e"):
            assert metrics[f"{wait}_intended_ms"] == pytest.approx((metrics[f"{wait}_ms"] or 0.0) + late_ms, abs=0.01)


async def test_in_a_closed_loop_nothing_is_appointed() -> None:
    async with byte_server([HEAD, *EVENTS, END]) as server:
        of = suite("[{concurrency: 2}, {concurrency: 1}]")
        session = await play_suite(of, [play(repeats=2)], server.address, asyncio.Event(), ignored)
    assert [run.load for run in session.runs] == ["closed 2", "closed 2", "closed 1", "closed 1"]
    assert [run.repeat for run in session.runs] == [1, 2, 1, 2]
    assert {score(run).result.metrics["ttft_intended_ms"] for run in session.runs} == {None}
    assert {run.start_delay_ms for run in session.runs} == {None}
    waited = [run.send_delay_ms or 0.0 for run in session.runs]
    connecting = [(run.connections.first.connect_ns or 0) / 1e6 for run in session.runs]
    assert all(0 < least <= late < 1000 for least, late in zip(connecting, waited, strict=True)), "due when asked for"


async def test_a_stopped_open_loop_begins_nothing_more() -> None:
    stop = asyncio.Event()
    of = suite("{rate_per_s: 0.01}")

    def stops(_: Play) -> None:
        stop.set()

    async with byte_server([HEAD, *EVENTS, END]) as server:
        session = await play_suite(of, [play(repeats=5)], server.address, stop, stops)
    assert (len(session.runs), session.unfinished, len(server.requests)) == (1, 4, 1)


def test_how_many_runs_are_under_way_is_known_before() -> None:
    timed = play(repeats=10, plan=[(0, status("s")), (1000, done())])
    assert at_once(suite("{concurrency: 5}"), [timed]) == pytest.approx(5)
    assert at_once(suite("{rate_per_s: 2}"), [timed]) == pytest.approx(10 / 6)
    assert at_once(suite("{concurrency: 5}"), [play(repeats=10)]) == 1
