"""Runs that take too long, are silent, are cancelled or go unwatched. No test waits for real time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from backend.agents.agent import RunContext, RunRequest
from backend.protocol.events import (
    Draft,
    StatusEvent,
    TokenEvent,
    WarningEvent,
)
from backend.protocol.options import RunOptions
from backend.runs.store import UnknownRunError
from backend.runs.supervisor import RunSupervisor
from tests.fakes import FakeAgent, Sleep, StubbornAgent, VirtualClock, opens, settle
from tests.runs.bench import Bench, kinds, the_done, the_error
from tests.runs.logs import a_record

STEP = StatusEvent(step_id="s", step="retrieving")
STEP_DONE = StatusEvent(step_id="s", step="retrieving", state="finished")


async def test_the_total_time_ends_a_run_that_goes_on(bench: Bench) -> None:
    steps = [step for _ in range(100) for step in (TokenEvent(text="x"), Sleep(1))]
    supervisor = bench.supervise(agent := FakeAgent((STEP, *steps)))
    record, _ = await supervisor.accept(a_record(options=RunOptions(timeout_s=5.5)))
    await bench.clock.advance(5.4)
    assert supervisor.running == 1
    await bench.clock.advance(0.2)
    await supervisor.ended(record.run_id)
    events = await bench.log(record)
    assert (the_error(events).code, the_error(events).retryable) == ("timeout", True)
    done = the_done(events)
    assert (done.outcome, done.partial, done.latency_ms) == ("timed_out", True, 5500)
    await agent.closed.wait()
    assert agent.cancelled


async def test_the_server_s_total_time_holds_where_the_options_name_none(bench: Bench) -> None:
    steps = [step for _ in range(200) for step in (TokenEvent(text="x"), Sleep(1))]
    supervisor = bench.supervise(FakeAgent(tuple(steps)))
    record, _ = await supervisor.accept(a_record())
    await bench.clock.advance(121)
    await supervisor.ended(record.run_id)
    assert the_done(await bench.log(record)).latency_ms == bench.settings.default_timeout_s * 1000


async def test_silence_ends_a_run(bench: Bench) -> None:
    supervisor = bench.supervise(FakeAgent((Sleep(50), STEP, Sleep(50), STEP_DONE, asyncio.Event())))
    record, _ = await supervisor.accept(a_record(options=RunOptions(timeout_s=3600)))
    await bench.clock.advance(159)
    assert supervisor.running == 1
    await bench.clock.advance(2)
    await supervisor.ended(record.run_id)
    events = await bench.log(record)
    assert the_error(events).code == "silence"
    assert (the_done(events).outcome, the_done(events).partial) == ("timed_out", False)
    assert the_done(events).at_ms == 160_000


async def test_a_run_may_ask_for_a_longer_silence(bench: Bench) -> None:
    supervisor = bench.supervise(FakeAgent((STEP, Sleep(230), STEP_DONE, asyncio.Event())))
    record, _ = await supervisor.accept(a_record(options=RunOptions(silence_s=240)))
    await bench.clock.advance(460)
    assert supervisor.running == 1, "the server's timeout would have cut the silence short"
    await bench.clock.advance(30)
    await supervisor.ended(record.run_id)
    error = the_error(await bench.log(record))
    assert (error.code, error.limit_s, error.longest_limit_s) == ("silence", 240, bench.settings.max_silence_s)


async def test_an_agent_s_own_silence_is_within_the_operator_s(bench: Bench) -> None:
    agent = FakeAgent((STEP, asyncio.Event()), default_options=RunOptions(silence_s=3600))
    supervisor = replace(bench, settings=replace(bench.settings, max_silence_s=100.0)).supervise(agent)
    record, _ = await supervisor.accept(a_record())
    await bench.clock.advance(101)
    await supervisor.ended(record.run_id)
    assert the_error(await bench.log(record)).limit_s == 100


class Thinking:
    """Shows nothing for long, and says now and then that it is at work."""

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        yield STEP
        for _ in range(4):
            await context.clock.sleep(50)
            context.alive()
        yield STEP_DONE
        await context.clock.sleep(70)


async def test_an_agent_that_is_at_work_is_not_silent(bench: Bench) -> None:
    supervisor = bench.supervise(Thinking())
    record, _ = await supervisor.accept(a_record(options=RunOptions(timeout_s=3600)))
    await bench.clock.advance(259)
    assert supervisor.running == 1
    await bench.clock.advance(2)
    await supervisor.ended(record.run_id)
    events = await bench.log(record)
    assert [event.type for event in events] == ["status", "status", "error", "done"]
    assert (the_error(events).code, the_done(events).at_ms) == ("silence", 260_000)


async def test_a_limit_that_floating_point_misses_by_a_hair_is_reached_all_the_same(bench: Bench) -> None:
    supervisor = bench.supervise(FakeAgent((Sleep(0.1), STEP, asyncio.Event())))
    record, _ = await supervisor.accept(a_record())
    await bench.clock.advance(61)
    await supervisor.ended(record.run_id)
    assert the_done(await bench.log(record)).at_ms == pytest.approx(60_100, abs=2)


async def test_a_virtual_clock_s_stall_is_noticed_though_no_time_passes(bench: Bench) -> None:
    clock = VirtualClock()
    agent = FakeAgent((TokenEvent(text="a"), Sleep(1000), TokenEvent(text="b")))
    supervisor = RunSupervisor(bench.store, opens(agent), bench.settings, clock)
    record, _ = await supervisor.accept(a_record())
    await supervisor.ended(record.run_id)
    events = await bench.log(record)
    assert (the_error(events).code, the_done(events).outcome) == ("timeout", "timed_out")
    assert kinds(events) == ["token", "error", "done"]


async def test_a_virtual_clock_s_run_within_its_limits_completes(bench: Bench) -> None:
    agent = FakeAgent((TokenEvent(text="a"), Sleep(59), TokenEvent(text="b"), Sleep(59), TokenEvent(text="c")))
    supervisor = RunSupervisor(bench.store, opens(agent), bench.settings, VirtualClock())
    record, _ = await supervisor.accept(a_record())
    await supervisor.ended(record.run_id)
    events = await bench.log(record)
    assert [event.at_ms for event in events] == [0, 59_000, 118_000, 118_000]


async def test_a_cancel_reaches_the_agent_and_keeps_what_was_written(bench: Bench) -> None:
    supervisor = bench.supervise(agent := FakeAgent((STEP, TokenEvent(text="Half an ans"), asyncio.Event())))
    record, _ = await supervisor.accept(a_record())
    await settle()
    assert await supervisor.cancel(record.run_id)
    await supervisor.ended(record.run_id)
    events = await bench.log(record)
    assert kinds(events) == ["status", "token", "status", "done"]
    assert (the_done(events).outcome, the_done(events).partial) == ("cancelled", True)
    assert (await bench.store.record(record.run_id)).cancel_requested
    await agent.closed.wait()
    assert agent.cancelled
    assert not await supervisor.cancel(record.run_id), "it has ended"
    with pytest.raises(UnknownRunError):
        await supervisor.cancel("run_x")


async def test_a_cancel_twice_is_one_cancel(bench: Bench) -> None:
    supervisor = bench.supervise(FakeAgent((asyncio.Event(),)))
    record, _ = await supervisor.accept(a_record())
    assert await asyncio.gather(*(supervisor.cancel(record.run_id) for _ in range(3))) == [True] * 3
    await supervisor.ended(record.run_id)
    assert kinds(await bench.log(record)) == ["done"]


async def test_a_run_is_cancelled_before_its_agent_has_started(bench: Bench) -> None:
    agent = FakeAgent((TokenEvent(text="x"),))
    supervisor = bench.supervise(agent)
    record, _ = await supervisor.accept(a_record())
    await supervisor.cancel(record.run_id)
    await supervisor.ended(record.run_id)
    assert the_done(await bench.log(record)).outcome == "cancelled"


async def test_a_cancel_works_though_the_disk_refuses_to_note_it(bench: Bench) -> None:
    supervisor = bench.supervise(agent := FakeAgent((TokenEvent(text="x"), asyncio.Event())))
    record, _ = await supervisor.accept(a_record())
    await settle()
    bench.store.broken = "The disk is full."
    assert await supervisor.cancel(record.run_id)
    await supervisor.ended(record.run_id)
    await agent.closed.wait()
    assert the_error(await bench.log(record)).code == "storage_failed"


async def test_an_agent_that_swallows_the_cancel_is_left_behind(bench: Bench) -> None:
    agent = StubbornAgent()
    supervisor = bench.supervise(agent)
    record, _ = await supervisor.accept(a_record())
    await settle()
    await supervisor.cancel(record.run_id)
    await supervisor.ended(record.run_id)
    before = await bench.log(record)
    assert kinds(before) == ["status", "status", "done"]
    assert supervisor.running == 0
    await settle()
    assert agent.swallowed == 1
    agent.release.set()
    await settle()
    assert await bench.log(record) == before
    await supervisor.shutdown()


async def test_what_was_yielded_before_the_cancel_is_kept(bench: Bench) -> None:
    supervisor = bench.supervise(FakeAgent((*[TokenEvent(text="x")] * 10, asyncio.Event())))
    record, _ = await supervisor.accept(a_record())
    await settle()
    await supervisor.cancel(record.run_id)
    await supervisor.ended(record.run_id)
    assert kinds(await bench.log(record)) == ["token"] * 10 + ["done"]


WATCHED = RunOptions(on_abandon="cancel", timeout_s=3600)


@pytest.fixture
def watched(bench: Bench) -> Callable[[], FakeAgent]:
    def agent() -> FakeAgent:
        steps = [step for _ in range(200) for step in (TokenEvent(text="x"), Sleep(1))]
        return FakeAgent(tuple(steps))

    return agent


async def test_a_run_that_nobody_watches_is_cancelled_after_its_grace(
    bench: Bench, watched: Callable[[], FakeAgent]
) -> None:
    supervisor = bench.supervise(watched())
    record, _ = await supervisor.accept(a_record(options=WATCHED))
    await bench.clock.advance(29)
    assert supervisor.running == 1
    await bench.clock.advance(1)
    await supervisor.ended(record.run_id)
    events = await bench.log(record)
    warning = events[-2]
    assert isinstance(warning, WarningEvent)
    assert (warning.code, the_done(events).outcome, the_done(events).at_ms) == ("abandoned", "cancelled", 30_000)
    assert the_done(events).counts == the_done(events).counts


async def test_the_grace_starts_anew_when_the_last_watcher_leaves(
    bench: Bench, watched: Callable[[], FakeAgent]
) -> None:
    supervisor = bench.supervise(watched())
    record, _ = await supervisor.accept(a_record(options=WATCHED))
    await bench.clock.advance(20)
    with supervisor.watching(record.run_id):
        assert supervisor.watchers(record.run_id) == 1
        with supervisor.watching(record.run_id):
            assert supervisor.watchers(record.run_id) == 2
            await bench.clock.advance(40)
        await bench.clock.advance(40)
        assert supervisor.running == 1
    assert supervisor.watchers(record.run_id) == 0
    await bench.clock.advance(29)
    assert supervisor.running == 1
    with supervisor.watching(record.run_id):
        await bench.clock.advance(2)
    await bench.clock.advance(29)
    assert supervisor.running == 1
    await bench.clock.advance(1)
    await supervisor.ended(record.run_id)
    assert the_done(await bench.log(record)).at_ms == 161_000


async def test_the_grace_counts_from_the_moment_the_last_watcher_left(
    bench: Bench, watched: Callable[[], FakeAgent]
) -> None:
    supervisor = bench.supervise(watched())
    record, _ = await supervisor.accept(a_record(options=WATCHED))
    with supervisor.watching(record.run_id):
        await bench.clock.advance(65)
    await bench.clock.advance(31)
    await supervisor.ended(record.run_id)
    assert the_done(await bench.log(record)).at_ms == 95_000


async def test_a_run_goes_on_unwatched_where_nothing_else_was_asked(
    bench: Bench, watched: Callable[[], FakeAgent]
) -> None:
    supervisor = bench.supervise(watched())
    record, _ = await supervisor.accept(a_record())
    with supervisor.watching(record.run_id):
        await bench.clock.advance(1)
    await bench.clock.advance(100)
    assert supervisor.running == 1
    await supervisor.shutdown()


async def test_watching_a_run_that_is_not_active_counts_nobody(bench: Bench) -> None:
    supervisor = bench.supervise(FakeAgent())
    with supervisor.watching("run_x"):
        assert supervisor.watchers("run_x") == 0
