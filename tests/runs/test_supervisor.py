"""Which runs a supervisor takes, and how it stops. No test waits for real time."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.agents.agent import RunContext, RunRequest
from backend.protocol.events import Draft, StatusEvent, TokenEvent
from backend.runs.records import SessionRecord
from backend.runs.start_refusals import TooManyRunsError
from backend.runs.store import UnknownRunError
from backend.settings import Settings
from tests.fakes import FakeAgent, StubbornAgent, settle, turn
from tests.memory_store import MemoryStore
from tests.runs.bench import Bench, kinds, the_done
from tests.runs.logs import a_record

STEP = StatusEvent(step_id="s", step="retrieving")
STEP_DONE = StatusEvent(step_id="s", step="retrieving", state="finished")


async def test_no_more_runs_than_allowed(bench: Bench, tmp_path: Path) -> None:
    bench.settings = Settings(data_dir=tmp_path, max_concurrent_runs=2)
    supervisor = bench.supervise(FakeAgent((asyncio.Event(),)))
    results = await asyncio.gather(*(supervisor.accept(a_record()) for _ in range(5)), return_exceptions=True)
    refused = [result for result in results if isinstance(result, TooManyRunsError)]
    assert len(refused) == 3
    assert refused[0].retry_after_s >= 1
    assert str(refused[0]).startswith("The server is already running 2 runs, its maximum: try again in a moment, or ")
    assert len(await bench.store.sessions()) == 2, "a refused run leaves nothing behind"
    await supervisor.shutdown()


async def test_room_is_there_again_when_a_run_has_ended(bench: Bench, tmp_path: Path) -> None:
    bench.settings = Settings(data_dir=tmp_path, max_concurrent_runs=1)
    supervisor = bench.supervise(FakeAgent((TokenEvent(text="x"),)))
    for _ in range(3):
        record, _ = await supervisor.accept(a_record())
        await supervisor.ended(record.run_id)
        await bench.log(record)


async def test_a_refused_submit_takes_no_room(bench: Bench, tmp_path: Path) -> None:
    bench.settings = Settings(data_dir=tmp_path, max_concurrent_runs=1)
    supervisor = bench.supervise(FakeAgent())
    bench.store.broken = "The disk is full."
    with pytest.raises(Exception, match="disk is full"):
        await supervisor.accept(a_record())
    bench.store.broken = None
    assert (await supervisor.accept(a_record()))[1]


async def test_the_same_key_starts_one_run(bench: Bench) -> None:
    agent = FakeAgent((TokenEvent(text="x"),))
    supervisor = bench.supervise(agent)
    record, new = await supervisor.accept(a_record(idempotency_key="k"))
    await supervisor.ended(record.run_id)
    assert await supervisor.accept(a_record(idempotency_key="k")) == (await bench.store.record(record.run_id), False)
    assert new
    assert len(agent.requests) == 1


async def test_a_caller_who_leaves_does_not_lose_the_run(bench: Bench) -> None:
    supervisor = bench.supervise(FakeAgent((TokenEvent(text="x"),)))
    record = a_record()
    accepting = asyncio.create_task(supervisor.accept(record))
    await turn()
    accepting.cancel()
    await settle()
    assert accepting.cancelled()
    assert the_done(await bench.log(record)).outcome == "completed"


async def test_a_stopping_server_interrupts_what_runs_and_starts_nothing(bench: Bench) -> None:
    supervisor = bench.supervise(FakeAgent((STEP, TokenEvent(text="Half"), asyncio.Event())))
    records = [(await supervisor.accept(a_record()))[0] for _ in range(3)]
    await settle()
    await supervisor.shutdown()
    for record in records:
        events = await bench.log(record)
        assert (the_done(events).outcome, the_done(events).partial) == ("interrupted", True)
        assert kinds(events) == ["status", "token", "warning", "status", "done"]
    with pytest.raises(TooManyRunsError, match="stopping"):
        await supervisor.accept(a_record())
    await supervisor.shutdown()


async def test_a_stopping_server_lets_agents_clean_up(bench: Bench) -> None:
    cleaned: list[str] = []

    class TidyAgent:
        async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
            try:
                yield STEP
                await asyncio.Event().wait()
            finally:
                await settle()
                cleaned.append(request.run_id)

    supervisor = bench.supervise(TidyAgent())
    record, _ = await supervisor.accept(a_record())
    await settle()
    await supervisor.shutdown()
    assert cleaned == [record.run_id]


async def test_a_run_that_is_being_accepted_when_the_server_stops_is_interrupted(bench: Bench) -> None:
    supervisor = bench.supervise(FakeAgent((asyncio.Event(),)))
    record = a_record()
    accepting = asyncio.create_task(supervisor.accept(record))
    await turn()
    await supervisor.shutdown()
    assert the_done(await bench.log(record)).outcome == "interrupted"
    assert (await accepting)[1]


async def test_a_stopping_server_does_not_wait_for_ever(bench: Bench) -> None:
    agent = StubbornAgent()
    supervisor = bench.supervise(agent)
    record, _ = await supervisor.accept(a_record())
    await settle()
    await supervisor.shutdown(grace_s=0.01)
    assert the_done(await bench.log(record)).outcome == "interrupted"
    agent.release.set()
    await settle()


async def test_an_agent_is_told_what_was_said_before(bench: Bench) -> None:
    agent = FakeAgent((TokenEvent(text="An "), TokenEvent(text="answer.")))
    supervisor = bench.supervise(agent)
    first, _ = await supervisor.accept(a_record(question="First?"))
    await supervisor.ended(first.run_id)
    silent = bench.supervise(FakeAgent())
    empty, _ = await silent.accept(a_record(question="Silence?", session_id=first.session_id))
    await silent.ended(empty.run_id)
    elsewhere, _ = await supervisor.accept(a_record(question="Elsewhere?"))
    second, _ = await supervisor.accept(a_record(question="Second?", session_id=first.session_id))
    for record in (elsewhere, second):
        await supervisor.ended(record.run_id)
    turns = [[(turn.question, turn.answer) for turn in request.history] for request in agent.requests]
    assert turns == [[], [], [("First?", "An answer.")]]


async def test_a_session_with_a_running_run_is_purged(bench: Bench) -> None:
    supervisor = bench.supervise(agent := FakeAgent((STEP, asyncio.Event())))
    record, _ = await supervisor.accept(a_record())
    other, _ = await supervisor.accept(a_record())
    await settle()
    await supervisor.purge(record.session_id)
    await agent.closed.wait()
    with pytest.raises(UnknownRunError):
        await bench.store.record(record.run_id)
    assert supervisor.running == 1
    assert not (await bench.store.record(other.run_id)).ended
    await supervisor.shutdown()


async def test_a_run_that_is_deleted_under_its_supervisor_lets_its_agent_go(bench: Bench) -> None:
    go_on = asyncio.Event()
    supervisor = bench.supervise(agent := FakeAgent((STEP, go_on, STEP_DONE, asyncio.Event())))
    record, _ = await supervisor.accept(a_record())
    await settle()
    await bench.store.purge(record.session_id)
    go_on.set()
    await agent.closed.wait()
    await settle()
    assert supervisor.running == 0


async def test_a_running_run_is_stopped_and_deleted_and_no_other(bench: Bench) -> None:
    supervisor = bench.supervise(agent := FakeAgent((STEP, asyncio.Event())))
    record, _ = await supervisor.accept(a_record())
    other, _ = await supervisor.accept(a_record(session_id=record.session_id))
    await settle()
    await supervisor.delete(record.run_id)
    await agent.closed.wait()
    with pytest.raises(UnknownRunError):
        await bench.store.record(record.run_id)
    with pytest.raises(UnknownRunError):
        await supervisor.delete(record.run_id)
    assert supervisor.running == 1
    assert not (await bench.store.record(other.run_id)).ended
    await supervisor.shutdown()


async def test_how_far_a_run_is_that_goes_on(bench: Bench) -> None:
    supervisor = bench.supervise(FakeAgent((STEP, asyncio.Event())))
    record, _ = await supervisor.accept(a_record())
    await settle()
    await bench.clock.advance(1.25)
    assert supervisor.elapsed_ms(record.run_id) == 1250
    assert supervisor.elapsed_ms("run_nobody") is None
    await supervisor.shutdown()
    assert supervisor.elapsed_ms(record.run_id) is None


class HastyStore(MemoryStore):
    """Deletes a run as soon as somebody has seen that its session holds it."""

    deleted: str = ""

    async def session(self, session_id: str) -> SessionRecord:
        session = await super().session(session_id)
        if self.deleted:
            deleted, self.deleted = self.deleted, ""
            await self.delete(deleted)
        return session


async def test_a_run_is_told_of_what_is_left_when_an_earlier_one_is_deleted_just_then(bench: Bench) -> None:
    store = HastyStore()
    agent = FakeAgent((TokenEvent(text="An answer."),))
    supervisor = Bench(store, bench.clock, bench.settings).supervise(agent)
    first, _ = await supervisor.accept(a_record(question="First?"))
    await supervisor.ended(first.run_id)
    second, _ = await supervisor.accept(a_record(question="Second?", session_id=first.session_id))
    await supervisor.ended(second.run_id)
    store.deleted = first.run_id
    third, _ = await supervisor.accept(a_record(question="Third?", session_id=first.session_id))
    await supervisor.ended(third.run_id)
    assert [turn.question for turn in agent.requests[-1].history] == ["Second?"]
    assert (await store.record(third.run_id)).outcome == "completed"


async def test_a_run_that_is_gone_takes_no_time_to_end_from_the_others(bench: Bench) -> None:
    going_on = asyncio.Event()
    supervisor = bench.supervise(FakeAgent((TokenEvent(text="Half "), going_on, TokenEvent(text="whole"))))
    gone, other = [(await supervisor.accept(a_record()))[0] for _ in range(2)]
    await settle()
    await bench.store.delete(gone.run_id)
    draining = asyncio.create_task(supervisor.drain(60.0))
    await settle()
    going_on.set()
    await draining
    assert the_done(await bench.log(other)).outcome == "completed"
