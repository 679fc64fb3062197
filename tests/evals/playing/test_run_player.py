"""Runs that are cancelled, cut, or read over GET /events: with a real backend, and with servers that get it wrong."""

import asyncio
import re

import pytest

from backend.protocol.events import Event
from evals.playing.run_player import play_run
from evals.playing.runner import PlayedRun
from evals.playing.target import Play
from evals.scoring.scored_run import ScoredRun, score
from evals.suites.disturbance import Cancel, Cut
from evals.suites.suite import SuiteScenario
from evals.wire.exchange import Address
from tests.evals.byte_server import END, HEAD, ByteServer, Hang, Requests, Script, byte_server, frames
from tests.evals.playing.short_runs import events_of, measured
from tests.metrics.traces import citation, done, status, token


@pytest.mark.server
def test_a_cut_behind_any_event_loses_nothing(backend: str) -> None:
    total = events_of(backend, "short")
    cuts = [[number] for number in range(1, total + 1)] + [list(range(1, total + 1))]
    runs = "".join(f"  - agent: scripted:short\n    speed: 0\n    cut: {{after_events: {cut}}}\n" for cut in cuts)
    for cut, run in zip(cuts, measured(backend, runs, concurrency=4).runs, strict=True):
        assert run.result.as_expected, (cut, run.result.error, run.result.surprises)
        assert (run.result.metrics["duplicates"], run.result.metrics["lost"]) == (0, 0)
        assert [event.seq for event in run.wire.received] == list(range(1, total + 1))
        assert run.result.disturbance is not None
        assert run.result.disturbance.count("cut at ") == len(cut)
        recovery_ms = run.result.metrics["recovery_ms"]
        if cut == [total]:
            assert recovery_ms is None, "behind done there is nothing new"
        else:
            assert recovery_ms is not None
            assert 0 < recovery_ms < (run.result.metrics["e2e_ms"] or 0)


@pytest.mark.server
def test_a_cancel_behind_any_event_keeps_what_was_shown(backend: str) -> None:
    total = events_of(backend, "slow")
    # Behind the long wait come the ends of two steps, and done.
    moments = range(1, total - 2)
    runs = "".join(f"  - agent: scripted:slow\n    cancel: {{after_events: {number}}}\n" for number in moments)
    evaluation = measured(backend, runs, concurrency=6)
    for number, run in zip(moments, evaluation.runs, strict=True):
        assert run.result.as_expected, (number, run.result.error, run.result.surprises)
        assert run.result.outcome == "cancelled"
        assert run.result.truth is None
        assert number < len(run.wire.events) <= total
        done_ms, last_token_ms = run.result.metrics["cancel_to_done_ms"], run.result.metrics["cancel_to_last_token_ms"]
        assert done_ms is not None
        assert done_ms > 0
        assert (last_token_ms is None) == (not run.wire.tokens)
        assert last_token_ms is None or 0 <= last_token_ms <= done_ms
    told = [run.disturbance for run in evaluation.results.runs]
    assert told[0] is not None
    assert told[0].startswith("cancel after event 1: cancelled ")
    assert len(evaluation.results.scenarios) == len(moments), "each cancel is a row of its own"


@pytest.mark.server
def test_a_cancel_by_time_a_cancel_over_a_cut_and_a_run_over_get(backend: str) -> None:
    runs = """
  - agent: scripted:slow
    cancel: {at_ms: 300}
  - agent: scripted:slow
    cut: {after_events: [2, 4]}
    cancel: {after_events: 5}
  - agent: scripted:short
    transport: events
"""
    by_time, both, read = measured(backend, runs).runs
    for run in (by_time, both, read):
        assert run.result.as_expected, (run.result.error, run.result.surprises)
    cancelled = re.fullmatch(
        "cancel at 300 ms: cancelled (.+) ms after the request, .*", by_time.result.disturbance or ""
    )
    assert cancelled is not None
    assert float(cancelled[1]) > 299
    assert both.result.metrics["cancel_to_done_ms"] is not None
    assert both.result.metrics["recovery_ms"] is not None
    assert read.result.metrics["cancel_to_done_ms"] is None
    assert read.result.metrics["recovery_ms"] is None
    assert read.result.run_id.startswith("run_")


@pytest.mark.server
def test_limits_of_an_entry_hold_for_its_disturbed_runs(backend: str) -> None:
    runs = """
  - agent: scripted:short
    speed: 0
    cut: {after_events: [2]}
    limits: {lost: {max: 0}, duplicates: {max: 0}}
  - agent: scripted:short
    speed: 0
    limits: {recovery_ms: {max: 1000000}}
"""
    limits = measured(backend, runs).results.limits
    assert [(limit.metric, limit.n, limit.verdict) for limit in limits] == [
        ("lost", 1, "pass"),
        ("duplicates", 1, "pass"),
        ("recovery_ms", 0, "inconclusive"),
    ]


@pytest.mark.server
def test_what_was_to_happen_and_did_not_is_told(backend: str) -> None:
    runs = """
  - agent: scripted:short
    speed: 0
    cut: {after_events: [2, 999]}
  - agent: scripted:short
    speed: 0
    cancel: {at_ms: 20000}
"""
    cut, cancelled = measured(backend, runs).runs
    assert cut.result.surprises == (f"The run ended after {len(cut.wire.events)} events, 1 of its 2 cuts never came.",)
    assert cancelled.result.surprises == (
        "The run ended completed, expected cancelled.",
        "The run ended before it was to be cancelled.",
    )
    assert cancelled.result.metrics["cancel_to_done_ms"] is None


ANSWER: list[Event] = [status("s"), citation(1), token("Up [1]"), token(" and on."), status("s", "finished"), done()]
ALL = frames(*ANSWER)
NOTHING = [b"HTTP/1.1 204 No Content\r\n\r\n"]
TAKEN = [b"HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"]
GONE = [b"HTTP/1.1 500 Sorry\r\ncontent-length: 4\r\n\r\nlost"]


async def disturbed(server: ByteServer, *, cut: Cut | None = None, cancel: Cancel | None = None) -> ScoredRun:
    """A run against that server."""
    scenario = SuiteScenario("made", None, 1, 1.0, 0, None, cancel, cut)
    play = Play(scenario, "Why?", None, "cancelled" if cancel else "completed", {})
    return score(PlayedRun(play, 1, "", await play_run(play, Address.parse(server.address.url), 5.0)))


def stream(*parts: bytes) -> list[bytes]:
    return [HEAD, *parts, END]


WRONG: dict[str, tuple[list[Script], str]] = {
    "loses an event": (
        [[HEAD, *ALL[:2], Hang()], stream(*ALL[3:]), stream(*ALL)],
        "1 events were lost over 1 cuts. The answer that was kept (14 characters) is not the one that was shown (8).",
    ),
    "keeps another answer": (
        [
            [HEAD, *ALL[:2], Hang()],
            stream(*ALL[2:]),
            stream(*frames(*ANSWER[:3], token(" and off"), *ANSWER[4:])),
        ],
        "The answer that was kept (14 characters) is not the one that was shown (14).",
    ),
    "keeps no citation": (
        [[HEAD, *ALL[:2], Hang()], stream(*ALL[2:]), stream(ALL[0], *ALL[2:])],
        "The citations that were kept are not those that were shown.",
    ),
    "has lost its log": ([[HEAD, *ALL[:2], Hang()], stream(*ALL[2:]), GONE], "What was kept of the run cannot be read"),
    "refuses to go on": ([[HEAD, *ALL[:2], Hang()], GONE], "The server answered 500: lost"),
    "says nothing follows": (
        [[HEAD, *ALL[:2], Hang()], NOTHING],
        "The server said that nothing follows, after 2 events and no done.",
    ),
}


@pytest.mark.parametrize("case", WRONG)
async def test_a_server_that_resumes_wrongly_fails_the_run(case: str) -> None:
    scripts, said = WRONG[case]
    async with byte_server(*scripts) as server:
        run = await disturbed(server, cut=Cut(after_events=(2,)))
    assert not run.result.as_expected
    assert said in " ".join([run.result.error or "", *run.result.surprises])


async def test_events_sent_again_are_counted_and_change_no_view() -> None:
    async with byte_server([HEAD, *ALL[:4], Hang()], stream(*ALL[1:]), stream(*ALL)) as server:
        run = await disturbed(server, cut=Cut(after_events=(4,)))
    assert run.result.surprises == ("Rule in-order was broken 3 times, scripted 0: seq is 4, expected 5.",)
    assert (run.result.metrics["duplicates"], run.result.metrics["lost"]) == (3, 0)
    assert run.wire.answer.text == "Up [1] and on."
    assert b"last-event-id: 1-4" in server.requests[1].lower()
    recovery_ms = run.result.metrics["recovery_ms"]
    assert recovery_ms is not None
    assert recovery_ms > 0


async def test_what_comes_behind_the_cut_in_the_same_bytes_is_lost_with_it() -> None:
    async with byte_server([HEAD + b"".join(ALL), END], stream(*ALL[3:]), stream(*ALL)) as server:
        run = await disturbed(server, cut=Cut(after_events=(3,)))
    assert run.result.as_expected, (run.result.error, run.result.surprises)
    assert [event.seq for event in run.wire.received] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("answer", "said"),
    [(GONE, "The cancel was not taken: The server answered 500: lost"), (TAKEN, "expected cancelled")],
)
async def test_a_cancel_that_changes_nothing_fails_the_run(answer: list[bytes], said: str) -> None:
    """The stream goes on as if nobody had asked."""
    goes_on: Script = [HEAD, *ALL[:3], Requests(2), *ALL[3:], END]
    async with byte_server(goes_on, answer, stream(*ALL)) as server:
        run = await disturbed(server, cancel=Cancel(after_events=3))
    assert said in " ".join(run.result.surprises)


async def test_a_server_that_names_no_run_cannot_be_resumed() -> None:
    head = HEAD.replace(b"location: /v1/runs/r1\r\n", b"")
    async with byte_server([head, *ALL[:2], Hang()]) as server:
        run = await disturbed(server, cut=Cut(after_events=(2,)))
    assert run.result.error == "The stream ended without done, after event 2."


async def test_a_run_that_never_ends_meets_its_deadline_over_all_connections() -> None:
    scenario = SuiteScenario("made", None, 1, 1.0, 0, None, None, Cut(after_events=(1, 2)))
    scripts: tuple[Script, ...] = ([HEAD, ALL[0], Hang()], [HEAD, ALL[1], Hang()], [HEAD, Hang()])
    async with byte_server(*scripts) as server:
        play = Play(scenario, "Why?", None, "completed", {})
        run = score(PlayedRun(play, 1, "", await play_run(play, server.address, 0.3)))
    assert run.result.error is not None
    assert run.result.error.startswith("On connection 3: The stream was still open")


async def test_a_suite_that_is_stopped_drops_the_disturbed_run_under_way() -> None:
    scenario = SuiteScenario("made", None, 1, 1.0, 0, None, Cancel(at_ms=0), Cut(after_events=(1,)))
    hanging: Script = [HEAD, ALL[0], Hang()]
    async with byte_server(hanging, TAKEN, hanging) as server:
        playing = asyncio.create_task(play_run(Play(scenario, "Why?", None, "cancelled", {}), server.address, 60.0))
        async with server.asked:
            await server.asked.wait_for(lambda: len(server.requests) >= 3)
        playing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await playing
    left = {task.get_name() for task in asyncio.all_tasks()}
    assert "cancel" not in left, "nothing of it goes on"
