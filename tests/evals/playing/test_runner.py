"""Playing a suite against targets that misbehave: every run gets its cause, and the suite goes on."""

import asyncio
import gc
import sys

import pytest

from evals.evaluation.assembly import assemble
from evals.playing.harness import lag_figures, measured_effort
from evals.playing.runner import PlayedSuite, play_suite
from evals.playing.target import Play
from evals.results.harness_figures import LagFigures
from evals.results.models import Results, Target
from evals.scoring.scored_run import score
from evals.suites.suite import Suite
from evals.suites.suite_file import parse_suite
from tests.evals.byte_server import END, HEAD, Hang, Requests, byte_server, frames
from tests.evals.captures import play
from tests.fakes import turn
from tests.metrics.traces import done, status, token

pytestmark = pytest.mark.server

EVENTS = frames(status("s"), token("Up."), status("s", "finished"), done())
GOOD = [HEAD, *EVENTS, END]


def suite(**fields: object) -> Suite:
    lines = [f"{name}: {value}" for name, value in {"suite": "made", "warm_up": 0, **fields}.items()]
    return parse_suite("\n".join([*lines, "runs: [{agent: made}]"]).encode(), "made.yaml")


def ignored(_: Play) -> None:
    """Nobody watches."""


def results(session: PlayedSuite, of: Suite) -> Results:
    scored = [score(run) for run in session.runs]
    return assemble(of, Target(url="http://127.0.0.1", started_here=False), session, scored)


async def test_broken_answers_become_failed_runs_and_the_suite_goes_on() -> None:
    of = suite(deadline_s=1, concurrency=2)
    async with byte_server(
        [b"HTTP/1.1 500 Broken\r\n\r\nThe disk is full."],
        [HEAD, *EVENTS[:2]],
        [b"\x00\x01\x02 garbage\r\n\r\n"],
        [HEAD, *EVENTS[:2], Hang()],
        GOOD,
        GOOD,
    ) as server:
        session = await play_suite(of, [play(repeats=6)], server.address, asyncio.Event(), ignored)
    found = results(session, of)
    assert [run.repeat for run in found.runs] == [1, 2, 3, 4, 5, 6]
    errors = sorted(run.error or "" for run in found.runs)
    assert errors[:2] == ["", ""]
    assert "The server answered 500: The disk is full." in errors
    assert any(error.startswith("The connection was closed in the middle") for error in errors)
    assert any(error.startswith("The server does not speak HTTP/1.1") for error in errors)
    assert any(error == "The stream was still open 1 s after the request." for error in errors)
    assert found.verdict.exit_code == 1
    assert found.verdict.sentence == "4 of 6 runs did not end as expected."
    summary = found.summary["ttft_ms"]
    assert (summary.n, summary.n_missing) == (2, 4), "a run that broke lends no value to statistics"
    measured = [run for run in found.runs if run.metrics["ttft_ms"] is not None]
    assert len(measured) == 4, "what arrived before the failure is measured"
    assert found.summary["e2e_ms"].n == 2


async def test_a_target_that_gives_nothing_is_no_failure_of_its_runs() -> None:
    of = suite()
    async with byte_server([b"HTTP/1.1 503 Busy\r\n\r\n"]) as server:
        session = await play_suite(of, [play(repeats=2)], server.address, asyncio.Event(), ignored)
    found = results(session, of)
    assert found.verdict.exit_code == 2
    assert len(found.runs) == 2


async def test_warm_up_runs_are_played_counted_and_left_out() -> None:
    of = suite(warm_up=3)
    async with byte_server(GOOD) as server:
        session = await play_suite(of, [play(repeats=2)], server.address, asyncio.Event(), ignored)
    assert len(server.requests) == 5
    assert session.warm_up_runs == 3
    assert len(session.runs) == 2


async def test_a_suite_that_is_stopped_keeps_what_is_complete() -> None:
    of = suite(concurrency=2)
    stop = asyncio.Event()
    ended: list[Play] = []

    def watch(one: Play) -> None:
        ended.append(one)
        if len(ended) == 3:
            stop.set()

    async with byte_server(GOOD, GOOD, GOOD, [HEAD, Hang()]) as server:
        session = await play_suite(of, [play(repeats=50)], server.address, stop, watch)
    found = results(session, of)
    assert len(found.runs) == 3
    assert found.suite.unfinished_runs == 47
    assert found.verdict.exit_code == 2, "what was not played may have failed"
    assert found.verdict.sentence.endswith("47 more were not played, since the suite was stopped.")
    stopped_at_once = await play_suite(of, [play()], server.address, stop, ignored)
    assert results(stopped_at_once, of).verdict.exit_code == 2


async def test_so_many_runs_at_a_time() -> None:
    of = suite(concurrency=4)
    async with byte_server([HEAD, Requests(4), *EVENTS, END]) as server:
        session = await play_suite(of, [play(repeats=4)], server.address, asyncio.Event(), ignored)
    starts = sorted(run.connections.first.sent_ns or 0 for run in session.runs)
    ends = sorted(run.connections.first.closed_ns or 0 for run in session.runs)
    assert starts[-1] < ends[0], "all four were asked before the first had ended"


async def test_collection_is_back_on_after_the_suite() -> None:
    async with byte_server(GOOD) as server:
        await play_suite(suite(), [play()], server.address, asyncio.Event(), ignored)
    assert gc.isenabled()


@pytest.mark.alone
async def test_the_harness_sees_its_own_loop_blocked() -> None:
    async with measured_effort() as calm:
        await (await asyncio.create_subprocess_exec(sys.executable, "-c", "")).wait()
    async with measured_effort() as blocked:
        while not blocked.loop_lag_ms:
            await turn()
        loop = asyncio.get_running_loop()
        until, ticks = loop.time() + 0.4, len(blocked.loop_lag_ms)
        while loop.time() < until:
            pass
        while len(blocked.loop_lag_ms) == ticks:
            await turn()
    assert max(blocked.loop_lag_ms) > 300
    assert blocked.cpu_share is not None
    assert calm.cpu_share is not None
    assert blocked.cpu_share > calm.cpu_share
    assert blocked.lasted_s > 0.4


def test_lag_figures() -> None:
    lag = lag_figures([float(value) for value in range(1, 101)])
    assert (lag.p50, lag.p99, lag.max, lag.n) == (50, 99, 100, 100)
    assert lag_figures([]) == LagFigures(p50=None, p99=None, max=None, n=0)


@pytest.mark.parametrize("speed", [0, 2.5])
async def test_the_request_carries_speed_and_seed(speed: float) -> None:
    async with byte_server(GOOD) as server:
        await play_suite(suite(), [play(speed=speed, question="Wie?")], server.address, asyncio.Event(), ignored)
    (request,) = server.requests
    assert b'"question": "Wie?"' in request
    assert f'"speed": {speed}'.encode() in request
    assert b'"seed": 0' in request
