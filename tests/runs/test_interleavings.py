"""Whatever an agent does and whenever somebody steps in: one log that keeps the rules, the same for every follower."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings, strategies as st

from backend.agents.agent import AgentFailure
from backend.protocol.checks import check
from backend.protocol.cursor import START, Cursor
from backend.protocol.events import DoneEvent, ErrorEvent, KnownEvent, TokenEvent
from backend.protocol.options import RunOptions
from backend.protocol.view import RunView, fold
from backend.runs.sqlite.store import SqliteStore
from backend.runs.store import RunStore
from backend.runs.supervisor import RunSupervisor
from backend.settings import Settings
from tests import strategies
from tests.fakes import FakeAgent, ManualClock, Sleep, Step, opens, turn
from tests.memory_store import MemoryStore
from tests.runs.logs import a_record, append, frames_of

OURS = {"one-done", "steps-closed", "in-order"}
"""The rules that hold whatever an agent yields; the order of citations is the agent's own."""

ENDS: list[Step] = [
    AgentFailure("x", "No."),
    RuntimeError("crash"),
    ErrorEvent(code="x", message="No."),
    DoneEvent(),
    "garbage",
]


def steps() -> st.SearchStrategy[list[Step]]:
    """What an agent may do, its end among it at any place."""
    step: st.SearchStrategy[Step] = st.one_of(
        strategies.tokens(),
        strategies.statuses(),
        strategies.citations(),
        st.builds(Sleep, st.sampled_from([0, 0.1, 5, 70])),
        st.sampled_from(ENDS),
    )
    return st.lists(step, max_size=30)


@dataclass
class Scene:
    """A run under way, and the ways to step in."""

    supervisor: RunSupervisor
    store: RunStore
    clock: ManualClock
    run_id: str
    followers: list[asyncio.Task[list[bytes]]] = field(default_factory=list)
    cursors: list[Cursor] = field(default_factory=list)

    async def cancel(self) -> None:
        await self.supervisor.cancel(self.run_id)

    async def stop(self) -> None:
        await self.supervisor.shutdown()

    async def pass_time(self) -> None:
        await self.clock.advance(4)

    async def turn(self) -> None:
        await turn()

    async def follow(self) -> None:
        cursor = Cursor(1, (await self.store.record(self.run_id)).last_seq)
        self.cursors.append(cursor)
        self.followers.append(asyncio.create_task(frames_of(self.store, self.run_id, cursor)))

    async def glance(self) -> None:
        with self.supervisor.watching(self.run_id):
            await turn()
            await self.store.snapshot(self.run_id)

    async def break_disk(self) -> None:
        assert isinstance(self.store, MemoryStore)
        self.store.broken = "The disk is full."


Act = Callable[[Scene], Awaitable[None]]
ACTS: list[Act] = [Scene.cancel, Scene.stop, Scene.pass_time, Scene.turn, Scene.follow, Scene.glance, Scene.break_disk]


@settings(max_examples=200, deadline=None)
@given(steps(), st.lists(st.sampled_from(ACTS), max_size=12), st.sampled_from(["continue", "cancel"]))
async def test_every_run_ends_once_and_by_the_rules(agent_steps: list[Step], acts: list[Act], on_abandon: str) -> None:
    store, clock = MemoryStore(), ManualClock()
    supervisor = RunSupervisor(store, opens(FakeAgent(tuple(agent_steps))), Settings(data_dir=Path()), clock, clock)
    options = RunOptions.model_validate({"on_abandon": on_abandon})
    record, _ = await supervisor.accept(a_record(options=options))
    scene = Scene(supervisor, store, clock, record.run_id)
    await scene.follow()
    for act in acts:
        await act(scene)
    for _ in range(60):
        if supervisor.running:
            await clock.advance(50)
    assert supervisor.running == 0

    events = list(await store.events(record.run_id))
    assert {violation.rule for violation in check(events)} & OURS == set()
    done = events[-1]
    assert isinstance(done, DoneEvent)
    assert (await store.record(record.run_id)).outcome == done.outcome
    _sent_only_what_the_agent_yielded(events, agent_steps)
    whole = await frames_of(store, record.run_id)
    for cursor, follower in zip(scene.cursors, scene.followers, strict=True):
        assert await follower == whole[cursor.seq :]
    assert await store.snapshot(record.run_id) == fold(RunView.start("Why?"), events)


def _sent_only_what_the_agent_yielded(events: Sequence[object], agent_steps: Sequence[Step]) -> None:
    """The answer is a beginning of what the agent would have written before its own end."""
    written = ""
    for step in agent_steps:
        if step in ENDS:
            break
        written += step.text if isinstance(step, TokenEvent) else ""
    answer = "".join(event.text for event in events if isinstance(event, TokenEvent))
    done = events[-1]
    assert isinstance(done, DoneEvent)
    assert written.startswith(answer)
    if done.outcome == "completed":
        assert written == answer


@dataclass
class Plan:
    """A run cut into appends, and followers that start before each of them."""

    events: list[KnownEvent]
    cuts: list[int]
    pauses: list[int]


def plans() -> st.SearchStrategy[Plan]:
    """Any way to append a run and to follow it meanwhile."""
    return st.builds(
        Plan, strategies.runs(), st.lists(st.integers(1, 7), min_size=1), st.lists(st.integers(0, 3), min_size=1)
    )


async def _every_follower_gets_the_rest(store: RunStore, plan: Plan) -> None:
    record, _ = await store.submit(a_record())
    followers: list[tuple[int, asyncio.Task[list[bytes]]]] = []
    body, at, appends = plan.events[:-1], 0, 0
    while at < len(body):
        followers.append((at, asyncio.create_task(frames_of(store, record.run_id, Cursor(1, at) if at else START))))
        size = plan.cuts[appends % len(plan.cuts)]
        await append(store, record.run_id, body[at : at + size])
        at += len(body[at : at + size])
        for _ in range(plan.pauses[appends % len(plan.pauses)]):
            await turn()
        appends += 1
    done = plan.events[-1]
    assert isinstance(done, DoneEvent)
    await store.finish(record.run_id, [], done)
    assert list(await store.events(record.run_id)) == plan.events
    whole = await frames_of(store, record.run_id)
    for place, follower in followers:
        assert await follower == whole[place:]
    assert await store.snapshot(record.run_id) == fold(RunView.start("Why?"), plan.events)


@settings(max_examples=60, deadline=None)
@given(plans())
async def test_every_follower_gets_what_is_behind_its_cursor(plan: Plan) -> None:
    await _every_follower_gets_the_rest(MemoryStore(), plan)


@settings(max_examples=25, deadline=None)
@given(st.lists(plans(), min_size=1, max_size=3))
async def test_runs_side_by_side_on_sqlite_outlive_it(several: list[Plan]) -> None:
    with TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder), memory_runs=1)
        await store.open()
        await asyncio.gather(*(_every_follower_gets_the_rest(store, plan) for plan in several))
        sessions = await store.sessions()
        await store.close()
        store = SqliteStore(Path(folder))
        assert await store.open() == []
        kept = [await store.session(session.session_id) for session in sessions]
        logs = [list(await store.events(run.run_id)) for session in kept for run in session.runs]
        assert sorted(map(repr, logs)) == sorted(repr(plan.events) for plan in several)
        await store.close()


@settings(max_examples=25, deadline=None)
@given(strategies.runs(), st.integers(0, 40), st.booleans())
async def test_a_log_cut_anywhere_is_ended_by_the_rules(events: list[KnownEvent], cut: int, cancelled: bool) -> None:
    # What stands before the supervisor's own end of a run: neither its error nor its done.
    kept = [event for event in events[:cut] if not isinstance(event, ErrorEvent | DoneEvent)]
    with TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder))
        await store.open()
        record, _ = await store.submit(a_record())
        await append(store, record.run_id, kept)
        if cancelled:
            await store.request_cancel(record.run_id)
        await store.close()
        store = SqliteStore(Path(folder))
        (ended,) = await store.open()
        found = list(await store.events(record.run_id))
        assert found[: len(kept)] == kept
        assert {violation.rule for violation in check(found)} & OURS == set()
        assert ended.outcome == ("cancelled" if cancelled else "interrupted")
        assert await store.knows(record.run_id, Cursor(1, len(kept)))
        assert not await store.knows(record.run_id, Cursor(1, len(kept) + 1))
        await store.close()
