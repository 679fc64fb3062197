"""Recorded runs played again."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from backend.agents.agent import AgentEnvironment, AgentFailure, RunContext, RunRequest, UnknownAgentError
from backend.agents.plans import planned_events
from backend.agents.recording import RecordingAgent, RecordingProvider, provide, recorded_schedule
from backend.agents.time_limits import TimeLimits
from backend.protocol.checks import check
from backend.protocol.events import (
    CitationEvent,
    DoneEvent,
    Draft,
    ErrorEvent,
    Event,
    KnownEvent,
    Outcome,
    StatusEvent,
    TokenEvent,
    UnknownEvent,
    WarningEvent,
    stamp,
)
from backend.protocol.options import RunOptions
from backend.protocol.recording_reader import parse_recording
from backend.protocol.recordings import Recording, RecordingError, RecordingHeader, recording_lines
from backend.settings import Settings
from tests.fakes import VirtualClock
from tests.strategies import runs

FOREVER = TimeLimits(3600.0, 3600.0)


def recorded(*events: tuple[float, Event], question: str = "Q?", cut: str | None = None) -> Recording:
    stamped = tuple(stamp(event, seq, at_ms) for seq, (at_ms, event) in enumerate(events, start=1))
    return Recording(RecordingHeader(run_id="run_1", question=question), stamped, cut)


def whole(outcome: Outcome = "completed", error: ErrorEvent | None = None) -> Recording:
    return recorded(
        (2.0, StatusEvent(step_id="s", step="summarizing")),
        (102.0, CitationEvent(citation_id="c1", number=1, title="T")),
        (104.0, TokenEvent(text="Yes ")),
        (350.0, TokenEvent(text="[1].")),
        (400.0, StatusEvent(step_id="s", step="summarizing", state="finished")),
        *([(401.0, error)] if error else []),
        (401.5, DoneEvent(outcome=outcome)),
    )


async def played(
    recording: Recording, speed: float = 1.0
) -> tuple[list[tuple[float, Draft]], AgentFailure | None, float]:
    """Drafts with their times, how it failed if it did, and the time of its end."""
    clock = VirtualClock()
    request = RunRequest("run_2", "Q?", RunOptions(speed=speed))
    drafts: list[tuple[float, Draft]] = []
    try:
        async for draft in RecordingAgent(recording).run(request, RunContext(clock)):
            drafts.append((clock.now(), draft))  # noqa: PERF401 - what came before a failure is kept
    except AgentFailure as failure:
        return drafts, failure, clock.now()
    return drafts, None, clock.now()


@pytest.mark.parametrize(("speed", "factor"), [(1.0, 1.0), (4.0, 0.25), (0.0, 0.0)])
async def test_it_plays_with_its_own_timing(speed: float, factor: float) -> None:
    drafts, failure, end = await played(whole(), speed)
    assert [at for at, _ in drafts] == pytest.approx([at * factor for at in (0.002, 0.102, 0.104, 0.35, 0.4)])
    assert end == pytest.approx(0.4015 * factor)
    assert failure is None
    assert [draft.type for _, draft in drafts] == ["status", "citation", "token", "token", "status"]
    assert all(draft.seq == 0 and draft.at_ms == 0 for _, draft in drafts)


async def test_a_recorded_error_is_raised_again() -> None:
    error = ErrorEvent(code="gone", message="The provider went away.", retryable=True)
    drafts, failure, end = await played(whole("failed", error))
    assert failure is not None
    assert (failure.code, failure.message, failure.retryable) == ("gone", "The provider went away.", True)
    assert len(drafts) == 5
    assert end == pytest.approx(0.4015)


@pytest.mark.parametrize(
    ("outcome", "code", "words"),
    [
        ("cancelled", "recorded_cancelled", "The recorded run was cancelled after 0.4 s."),
        ("timed_out", "recorded_timed_out", "The recorded run timed out after 0.4 s."),
        ("interrupted", "recorded_interrupted", "The recorded run was interrupted after 0.4 s."),
        ("failed", "recorded_failed", "The recorded run failed and does not say why."),
    ],
)
async def test_an_end_that_no_agent_can_bring_about_is_told(outcome: Outcome, code: str, words: str) -> None:
    _, failure, _ = await played(whole(outcome))
    assert failure is not None
    assert (failure.code, failure.message, failure.retryable) == (code, words, False)


async def test_a_cut_recording_plays_as_far_as_it_goes() -> None:
    lines = "".join(recording_lines(whole().header, whole().events)).encode()
    cut = parse_recording(lines[: lines.rindex(b'"[1].')])
    drafts, failure, _ = await played(cut)
    assert [draft.type for _, draft in drafts] == ["status", "citation", "token"]
    assert failure is not None
    assert failure.code == "recording_cut"
    assert failure.message == "The recording was cut after event 3: line 5 is incomplete."


async def test_unknown_events_are_left_out_and_counted() -> None:
    unread = UnknownEvent(type="reasoning_delta")
    one = recorded((0.0, unread), (5.0, TokenEvent(text="a")), (9.0, DoneEvent()))
    two = recorded((0.0, unread), (5.0, TokenEvent(text="a")), (6.0, unread), (9.0, DoneEvent()))
    for recording, words in ((one, "1 recorded event is of a type"), (two, "2 recorded events are of a type")):
        drafts, _, _ = await played(recording)
        token, warning = [draft for _, draft in drafts]
        assert isinstance(token, TokenEvent)
        assert isinstance(warning, WarningEvent)
        assert warning.code == "recording_unread"
        assert warning.message.startswith(words)


async def test_times_that_go_back_are_raised_to_the_one_before() -> None:
    drafts, _, _ = await played(
        recorded((50.0, TokenEvent(text="a")), (20.0, TokenEvent(text="b")), (60.0, DoneEvent()))
    )
    assert [at for at, _ in drafts] == pytest.approx([0.05, 0.05])


def test_a_replay_is_given_the_longest_timeout() -> None:
    assert RecordingAgent(whole()).default_options.timeout_s == 3600


@settings(max_examples=60, deadline=None)
@given(runs(), st.sampled_from([1.0, 0.0]))
def test_a_replay_keeps_the_rules_that_the_run_kept(events: list[KnownEvent], speed: float) -> None:
    planned = planned_events(recorded_schedule(Recording(RecordingHeader(), tuple(events))), speed, FOREVER)
    broken = {violation.rule for violation in check(planned)}
    assert broken <= {violation.rule for violation in check(events)}


@settings(max_examples=60, deadline=None)
@given(runs().filter(lambda events: getattr(events[-1], "outcome", None) == "completed"))
def test_the_plan_of_a_completed_run_is_the_run(events: list[KnownEvent]) -> None:
    planned = planned_events(recorded_schedule(Recording(RecordingHeader(), tuple(events))), 1.0, TimeLimits(1e9, 1e9))
    *before, done = planned
    count = len(events) - 1
    assert before[:count] == events[:-1]
    # Steps that the recorded stream only announced are closed now, as every run of ours closes them.
    assert all(isinstance(event, StatusEvent) and event.step_id is None for event in before[count:])
    assert (done.type, done.at_ms) == ("done", events[-1].at_ms)


class Shelf:
    """A source of these recordings."""

    def __init__(self, **recordings: Recording) -> None:
        self._recordings = recordings

    async def find(self, recording_id: str) -> Recording | None:
        if recording_id == "damaged":
            raise RecordingError("Line 3 of the recording is not an event: expected a JSON object.")
        return self._recordings.get(recording_id)

    async def listed(self) -> Sequence[tuple[str, str]]:
        return [(name, recording.header.question) for name, recording in self._recordings.items()]


def shelf(tmp_path: Path, **recordings: Recording) -> RecordingProvider:
    return provide(AgentEnvironment(Settings(data_dir=tmp_path), Shelf(**recordings)))


async def test_imported_recordings_are_offered(tmp_path: Path) -> None:
    provider = shelf(
        tmp_path, r1=recorded(question="Is it?"), r2=recorded(question="x" * 500), r3=recorded(question="")
    )
    assert provider.name == "recording"
    assert list(await provider.prepare(lambda done, total, what: None)) == []
    first, second, third = await provider.offers()
    assert (first.agent, first.title, first.examples) == ("recording:r1", "Recording: Is it?", ("Is it?",))
    assert len(second.title) < 80
    assert (third.title, third.examples) == ("Recording: no question", ())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Which recording?"),
        ("nowhere", "There is no recording and no past run with the id 'nowhere'."),
        ("damaged", "The recording 'damaged' cannot be played: Line 3 of the recording is not an event"),
    ],
)
async def test_an_id_that_cannot_be_played_gets_a_sentence(tmp_path: Path, name: str, words: str) -> None:
    provider = shelf(tmp_path, r1=whole())
    for attempt in (provider.open(name), provider.plan(name, RunRequest("r", "Q?"))):
        with pytest.raises(UnknownAgentError) as raised:
            await attempt
        assert str(raised.value).startswith(words)


async def test_the_plan_is_what_was_recorded(tmp_path: Path) -> None:
    provider = shelf(tmp_path, r1=whole())
    planned = await provider.plan("r1", RunRequest("r", "Q?"))
    assert list(planned[:-1]) == list(whole().events[:-1])
    fast = await provider.plan("r1", RunRequest("r", "Q?", RunOptions(speed=2)))
    assert [event.at_ms * 2 for event in fast] == pytest.approx([event.at_ms for event in planned], abs=0.002)
