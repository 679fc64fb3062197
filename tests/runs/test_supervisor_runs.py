"""What a run's log holds, whatever the agent does. No test waits for real time."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import cast

import pytest

from backend.agents.agent import AgentFailure, RunContext, RunRequest, UnsuccessfulOutcome, Usage
from backend.protocol.cursor import START
from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    DoneEvent,
    Draft,
    ErrorEvent,
    KnownEvent,
    StatusEvent,
    TokenEvent,
    WarningEvent,
)
from backend.runs.active_run import DRAFTS_PER_TURN
from backend.settings import Settings
from tests.fakes import FakeAgent, Sleep, settle, turn
from tests.memory_store import MemoryStore
from tests.runs.bench import Bench, kinds, the_done, the_error
from tests.runs.logs import a_record, frames_of

STEP = StatusEvent(step_id="s", step="retrieving")
STEP_DONE = StatusEvent(step_id="s", step="retrieving", state="finished")


async def test_a_run_is_stamped_counted_and_completed(bench: Bench) -> None:
    agent = FakeAgent(
        (
            *(Sleep(0.5), STEP, CitationEvent(citation_id="c", number=1), STEP_DONE, TokenEvent(text="")),
            *(Sleep(0.25), TokenEvent(text="Yes [1]"), TokenEvent(text=".")),
            *(ArtifactEvent(kind="value", content={"value": 3}), WarningEvent(code="dated"), Sleep(1)),
        )
    )
    supervisor = bench.supervise(agent)
    record, new = await supervisor.accept(a_record(question="Why?"))
    assert new
    await bench.clock.advance(2)
    await supervisor.ended(record.run_id)
    events = await bench.log(record)
    assert [event.at_ms for event in events] == [500, 500, 500, 500, 750, 750, 750, 750, 1750]
    done = the_done(events)
    assert (done.outcome, done.partial, done.latency_ms, done.ttft_ms) == ("completed", False, 1750, 750)
    assert done.counts is not None
    assert done.counts.model_dump() == {"tokens": 2, "citations": 1, "artifacts": 1, "warnings": 1}
    assert done.usage is None
    assert agent.requests[0].question == "Why?"
    assert agent.requests[0].run_id == record.run_id


async def test_an_agent_that_says_nothing_completes_an_empty_run(bench: Bench) -> None:
    events = await bench.run()
    assert kinds(events) == ["done"]
    assert (the_done(events).ttft_ms, the_done(events).partial) == (None, False)


async def test_open_steps_are_closed_before_done(bench: Bench) -> None:
    inner = StatusEvent(step_id="t", step="running_tool", parent_id="s", state="waiting")
    events = await bench.run(STEP, inner, StatusEvent(step="summarizing"))
    closing = [event for event in events[3:-1] if isinstance(event, StatusEvent)]
    assert [(event.step_id, event.step, event.state) for event in closing] == [
        (None, "summarizing", "finished"),
        ("t", "running_tool", "finished"),
        ("s", "retrieving", "finished"),
    ]


async def test_an_agent_s_failure_is_the_run_s_error(bench: Bench) -> None:
    events = await bench.run(STEP, TokenEvent(text="Half"), AgentFailure("no_key", "Set a key.", retryable=True))
    assert kinds(events) == ["status", "token", "status", "error", "done"]
    error = the_error(events)
    assert (error.code, error.message, error.retryable) == ("no_key", "Set a key.", True)
    assert (the_done(events).outcome, the_done(events).partial) == ("failed", True)
    closed = events[2]
    assert isinstance(closed, StatusEvent)
    assert closed.state == "failed"


@pytest.mark.parametrize("outcome", ["failed", "interrupted", "timed_out", "cancelled"])
async def test_an_agent_says_how_its_run_ended(bench: Bench, outcome: UnsuccessfulOutcome) -> None:
    events = await bench.run(TokenEvent(text="Half"), AgentFailure("stream_cut", "It was cut.", outcome=outcome))
    assert (the_done(events).outcome, the_done(events).partial) == (outcome, True)
    assert the_error(events).code == "stream_cut"


class _Reporting:
    """An agent that reports these usages, one behind the other."""

    def __init__(self, *usages: Usage) -> None:
        self._usages = usages

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        for usage in self._usages:
            context.report_usage(usage)
            yield TokenEvent(text="a")


@pytest.mark.parametrize(
    ("usages", "told"),
    [
        (({"input_tokens": 3}, {"input_tokens": 3, "output_tokens": 9}), {"input_tokens": 3, "output_tokens": 9}),
        (({"input_tokens": 3}, cast(Usage, {"output_tokens": object()})), {"input_tokens": 3}),
        (({},), None),
    ],
    ids=["the last one", "not JSON", "empty"],
)
async def test_done_tells_the_usage_that_was_reported_last(
    bench: Bench, usages: tuple[Usage, ...], told: Usage | None
) -> None:
    supervisor = bench.supervise(_Reporting(*usages))
    record, _ = await supervisor.accept(a_record())
    await settle()
    await supervisor.ended(record.run_id)
    assert the_done(await bench.log(record)).usage == told


@pytest.mark.parametrize(
    "crash",
    [
        RuntimeError("secret"),
        KeyError("secret"),
        SystemExit(3),
        asyncio.CancelledError(),
        TimeoutError(),
        GeneratorExit(),
    ],
    ids=repr,
)
async def test_a_crash_of_the_agent_tells_readers_nothing_of_its_inside(
    bench: Bench, crash: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        events = await bench.run(TokenEvent(text="Half"), crash)
    error = the_error(events)
    assert error.code == "agent_crashed"
    assert "secret" not in error.message
    assert "Traceback" not in error.message
    assert "crashed" in caplog.text
    assert the_done(events).outcome == "failed"


async def test_an_agent_s_own_error_ends_the_run_and_is_not_followed(bench: Bench) -> None:
    agent = FakeAgent((STEP, ErrorEvent(code="quota", message="Used up."), TokenEvent(text="more"), asyncio.Event()))
    supervisor = bench.supervise(agent)
    record, _ = await supervisor.accept(a_record())
    await supervisor.ended(record.run_id)
    events = await bench.log(record)
    assert kinds(events) == ["status", "status", "error", "done"]
    assert the_error(events).code == "quota"
    assert the_done(events).outcome == "failed"
    await agent.closed.wait()


@pytest.mark.parametrize("garbage", [DoneEvent(), None, "text", {"type": "token", "text": "x"}, 7], ids=repr)
async def test_what_is_no_draft_fails_the_run(bench: Bench, garbage: object) -> None:
    events = await bench.run(STEP, TokenEvent(text="Half"), garbage, TokenEvent(text="more"))
    assert kinds(events) == ["status", "token", "status", "error", "done"]
    assert the_error(events).code == "bad_event"
    assert type(garbage).__name__ in the_error(events).message


async def test_an_unknown_agent_fails_the_run_with_its_sentence(bench: Bench) -> None:
    events = await bench.run(agent="unknown")
    assert (the_error(events).code, the_error(events).message) == (
        "unknown_agent",
        "There is no agent 'unknown'. There is: fake.",
    )


async def test_an_agent_that_is_no_iterator_crashes(bench: Bench) -> None:
    class NoIterator:
        async def run(self, request: RunRequest, context: RunContext) -> None:
            return None

    supervisor = bench.supervise(NoIterator())  # type: ignore[arg-type]
    record, _ = await supervisor.accept(a_record())
    await supervisor.ended(record.run_id)
    assert the_error(await bench.log(record)).code == "agent_crashed"


class FaultyStore(MemoryStore):
    """A store with a defect of its own: it raises what the port does not name, from one of its calls."""

    def __init__(self, faulty: str) -> None:
        super().__init__()
        self._faulty = faulty

    async def append(self, run_id: str, first_seq: int, frames: Sequence[bytes]) -> None:
        if self._faulty == "append":
            raise ZeroDivisionError("a defect")
        await super().append(run_id, first_seq, frames)

    async def finish(self, run_id: str, closing: Sequence[KnownEvent], done: DoneEvent) -> None:
        if self._faulty == "finish":
            raise ZeroDivisionError("a defect")
        await super().finish(run_id, closing, done)


async def test_a_defect_of_our_own_fails_the_run_and_is_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.store = FaultyStore("append")
    agent = FakeAgent((STEP, TokenEvent(text="x"), asyncio.Event()))
    supervisor = bench.supervise(agent)
    record, _ = await supervisor.accept(a_record())
    await supervisor.ended(record.run_id)
    events = await bench.log(record)
    assert (the_error(events).code, the_done(events).outcome) == ("internal_error", "failed")
    assert "defect" not in the_error(events).message
    assert agent.cancelled
    assert "ZeroDivisionError: a defect" in caplog.text


async def test_a_run_whose_end_cannot_be_written_is_over_all_the_same(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.store = FaultyStore("finish")
    supervisor = bench.supervise(FakeAgent((TokenEvent(text="x"),)))
    record, _ = await supervisor.accept(a_record())
    await settle()
    await supervisor.ended(record.run_id)
    assert supervisor.running == 0
    assert "could not be ended" in caplog.text
    assert "ZeroDivisionError: a defect" in caplog.text


async def test_an_agent_that_never_awaits_lets_others_have_their_turn(bench: Bench) -> None:
    supervisor = bench.supervise(FakeAgent((TokenEvent(text="x"),) * 2000))
    record, _ = await supervisor.accept(a_record())
    turns = 0
    while supervisor.running:
        turns += 1
        await turn()
    assert turns >= 2000 / DRAFTS_PER_TURN
    assert len(await bench.log(record)) == 2001


async def test_a_watcher_sees_an_event_before_the_agent_goes_on(bench: Bench) -> None:
    seen: list[bytes] = []

    async def shown() -> None:
        await settle()
        assert len(seen) == 1

    supervisor = bench.supervise(FakeAgent((TokenEvent(text="x"), shown)))
    record, _ = await supervisor.accept(a_record())
    async for batch in bench.store.follow(record.run_id, START):
        seen.extend(batch.frames)
    assert the_done(await bench.log(record)).outcome == "completed"


async def test_a_refused_artifact_becomes_a_warning(bench: Bench) -> None:
    chart = ArtifactEvent(kind="chart", title="Map", content={"data": [{"type": "choropleth"}]})
    events = await bench.run(chart, TokenEvent(text="x"))
    warning = events[0]
    assert isinstance(warning, WarningEvent)
    assert warning.code == "artifact_refused"
    assert "Map" in warning.message
    assert "choropleth" in warning.message
    assert kinds(events) == ["warning", "token", "done"]


async def test_a_run_that_writes_too_much_is_ended(bench: Bench, tmp_path: Path) -> None:
    bench.settings = Settings(data_dir=tmp_path, max_recording_bytes=100_000)
    events = await bench.run(*[TokenEvent(text="x" * 1000)] * 200)
    assert the_error(events).code == "run_too_large"
    assert 80 <= kinds(events).count("token") <= 100
    assert sum(map(len, await frames_of(bench.store, next(iter(bench.store._runs))))) <= 110_000


async def test_a_full_disk_ends_the_run(bench: Bench) -> None:
    async def fill_disk() -> None:
        bench.store.broken = "The disk is full: free some space."

    events = await bench.run(STEP, TokenEvent(text="Half"), Sleep(0), fill_disk, *[TokenEvent(text="x")] * 100)
    assert the_error(events).code == "storage_failed"
    assert the_error(events).message == "The disk is full: free some space."
    assert (the_done(events).outcome, the_done(events).partial) == ("failed", True)
    assert kinds(events).count("error") == 1
