"""Plans against the real supervisor: what is planned is what a run leaves in its log."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from backend.agents.agent import Agent
from backend.agents.plans import planned_events
from backend.agents.recording import RecordingAgent, recorded_schedule
from backend.agents.scheduled_drafts import Cue, Hang, ScheduledEnd, ScheduledFailure
from backend.agents.scripted.actions import Say
from backend.agents.scripted.library import ScenarioLibrary
from backend.agents.scripted.player import ScriptedAgent
from backend.agents.scripted.scenario import Scenario
from backend.agents.scripted.schedule import schedule
from backend.agents.time_limits import TimeLimits
from backend.protocol.checks import check
from backend.protocol.events import (
    DoneEvent,
    Event,
    KnownEvent,
    StatusEvent,
    TokenEvent,
    WarningEvent,
)
from backend.protocol.input_states import numbered_inputs
from backend.protocol.options import RunOptions
from backend.protocol.recordings import Recording, RecordingHeader
from backend.runs.records import RunRecord
from backend.runs.supervisor import RunSupervisor
from backend.settings import Settings
from tests.agents.scripted.scenario_strategies import scenarios
from tests.fakes import ManualClock, opens, settle
from tests.memory_store import MemoryStore

SCENARIOS = ScenarioLibrary().scenarios()
LIMITS = TimeLimits(120.0, 60.0)


async def run_for_real(agent: Agent, options: RunOptions, tmp_path: Path) -> list[Event]:
    """The log a run of the agent leaves behind, on a clock that takes no time."""
    clock, store = ManualClock(), MemoryStore()
    settings = Settings(data_dir=tmp_path, default_timeout_s=120.0, silence_timeout_s=60.0)
    supervisor = RunSupervisor(store, opens(agent), settings, clock=clock, timer=clock)
    await supervisor.accept(RunRecord("run_1", "ses_1", "Q?", "scripted:any", "2026-11-22T20:00:00.000+00:00", options))
    moving = asyncio.create_task(pass_time(clock, store))
    await asyncio.wait_for(supervisor.ended("run_1"), timeout=60.0)
    moving.cancel()
    return list(await store.events("run_1"))


async def pass_time(clock: ManualClock, store: MemoryStore) -> None:
    """Move the clock on, once everything has happened that needs no time."""
    seen = -1
    while (count := len(await store.events("run_1"))) != seen:
        seen = count
        await settle()
    await clock.advance(200.0)


def without_times(events: Sequence[Event]) -> list[Event]:
    return [
        event.model_copy(update={"at_ms": 0.0, **({"latency_ms": 0, "ttft_ms": 0} if event.type == "done" else {})})
        for event in numbered_inputs(events)
    ]


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("speed", [1.0, 0.0])
async def test_a_scenario_leaves_behind_what_was_planned(name: str, speed: float, tmp_path: Path) -> None:
    script = SCENARIOS[name]
    options = RunOptions(speed=speed, seed=4)
    real = await run_for_real(ScriptedAgent(script), options, tmp_path)
    limits = TimeLimits(script.timeout_s or 120.0, 60.0)
    planned = planned_events(schedule(script, 4), speed, limits)
    assert without_times(real) == without_times(planned)
    assert [event.at_ms for event in real] == pytest.approx([event.at_ms for event in planned], abs=0.002)


async def test_a_run_without_status_events_is_otherwise_the_same(tmp_path: Path) -> None:
    agent = ScriptedAgent(SCENARIOS["happy_path"])
    with_them = await run_for_real(agent, RunOptions(), tmp_path)
    without = await run_for_real(agent, RunOptions(status_events=False), tmp_path)
    assert any(event.type == "status" for event in with_them)
    kept = [(event.type, event.at_ms) for event in with_them if event.type != "status"]
    assert [(event.type, event.at_ms) for event in without] == kept


@pytest.mark.parametrize(("asked_s", "ends_ms"), [(None, 3000), (1.5, 1500), (4.0, 4000)])
async def test_a_scenario_s_own_timeout_holds_where_the_run_names_none(
    asked_s: float | None, ends_ms: float, tmp_path: Path
) -> None:
    real = await run_for_real(ScriptedAgent(SCENARIOS["timeout"]), RunOptions(timeout_s=asked_s), tmp_path)
    error, done = real[-2:]
    assert isinstance(done, DoneEvent)
    assert (getattr(error, "code", None), done.outcome, done.at_ms) == ("timeout", "timed_out", ends_ms)


async def test_a_replay_may_take_longer_than_the_server_s_timeout(tmp_path: Path) -> None:
    steps = [TokenEvent(text="x", seq=seq, at_ms=seq * 50_000) for seq in range(1, 4)]
    recording = Recording(RecordingHeader(), (*steps, DoneEvent(seq=4, at_ms=160_000)))
    done = (await run_for_real(RecordingAgent(recording), RunOptions(), tmp_path))[-1]
    assert isinstance(done, DoneEvent)
    assert (done.outcome, done.at_ms) == ("completed", 160_000)


@pytest.mark.parametrize("name", ["happy_path", "error_mid_answer", "timeout", "unicode"])
async def test_a_replay_leaves_behind_what_was_planned(name: str, tmp_path: Path) -> None:
    script = SCENARIOS[name]
    events = planned_events(schedule(script), 1.0, TimeLimits(script.timeout_s or 120.0, 60.0))
    recording = Recording(RecordingHeader(), tuple(events))
    real = await run_for_real(RecordingAgent(recording), RunOptions(), tmp_path)
    planned = planned_events(recorded_schedule(recording), 1.0, LIMITS)
    assert without_times(real) == without_times(planned)


def planned(*cues: Cue, timeout_s: float = 10.0, silence_s: float = 4.0, speed: float = 1.0) -> list[KnownEvent]:
    return planned_events(cues, speed, TimeLimits(timeout_s, silence_s))


TOKEN = TokenEvent(text="a")


@pytest.mark.parametrize(
    ("cues", "outcome", "at_ms", "code"),
    [
        ([Cue(1, TOKEN), Cue(2, ScheduledEnd())], "completed", 2000, None),
        ([Cue(1, TOKEN), Cue(2, ScheduledFailure("e", "M"))], "failed", 2000, "e"),
        ([Cue(1, TOKEN), Cue(2, Hang())], "timed_out", 5000, "silence"),
        ([Cue(1, TOKEN), Cue(5, TOKEN), Cue(6, ScheduledEnd())], "timed_out", 5000, "silence"),
        ([Cue(3, TOKEN), Cue(6, TOKEN), Cue(9, TOKEN), Cue(12, ScheduledEnd())], "timed_out", 10000, "timeout"),
        ([Cue(3, TOKEN), Cue(6, TOKEN), Cue(9, Hang())], "timed_out", 10000, "timeout"),
    ],
)
def test_limits_end_a_run_as_the_supervisor_does(cues: list[Cue], outcome: str, at_ms: float, code: str | None) -> None:
    events = planned(*cues)
    done = events[-1]
    assert isinstance(done, DoneEvent)
    assert (done.outcome, done.at_ms, done.partial) == (outcome, at_ms, outcome != "completed")
    assert getattr(events[-2], "code", None) == code
    assert check(events) == []


def test_limits_are_not_divided_by_the_speed() -> None:
    done = planned(Cue(8, TOKEN), Cue(16, Hang()), speed=4.0)[-1]
    assert done.at_ms == 6000
    assert planned(Cue(8, TOKEN), Cue(16, ScheduledEnd()), speed=0)[-1].at_ms == 0


def test_open_steps_are_closed_the_latest_first() -> None:
    events = planned(
        Cue(0, StatusEvent(step_id="a", step="retrieving")),
        Cue(1, StatusEvent(step_id="b", step="searching", parent_id="a")),
        Cue(2, WarningEvent(code="w", message="M")),
        Cue(3, ScheduledFailure("e", "M")),
    )
    closing = [(event.step_id, event.state) for event in events[3:5] if isinstance(event, StatusEvent)]
    assert closing == [("b", "failed"), ("a", "failed")]


def test_a_schedule_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="has no end"):
        planned(Cue(1, TOKEN))


@settings(max_examples=100, deadline=None)
@given(scenarios())
def test_a_scenario_that_cites_before_it_refers_keeps_all_rules(script: Scenario) -> None:
    events = planned_events(schedule(script), 1.0, LIMITS)
    assert check(events) == []
    done = events[-1]
    assert isinstance(done, DoneEvent)
    assert done.latency_ms == done.at_ms


@settings(max_examples=50, deadline=None)
@given(scenarios(), st.integers(0, 3))
def test_a_scripted_violation_is_the_only_one(script: Scenario, place: int) -> None:
    # Before the last action, which may end the run.
    at = min(place, max(0, len(script.timeline) - 1))
    dangling = script.model_copy(
        update={"timeline": (*script.timeline[:at], Say(say="\n[9]\n"), *script.timeline[at:])}
    )
    events = planned_events(schedule(dangling), 1.0, TimeLimits(1e9, 1e9))
    assert [violation.rule for violation in check(events)] == ["citation-first"]
