"""Releases side by side: the fold of 0.1 reads today's streams, and today's fold reads the recordings of 0.1."""

from pathlib import Path
from typing import Any

import pytest

from backend.agents.plans import planned_events
from backend.agents.scripted.library import BUNDLED_DIR
from backend.agents.scripted.loading import load_scenario
from backend.agents.scripted.schedule import schedule
from backend.agents.time_limits import TimeLimits
from backend.protocol.checks import check
from backend.protocol.ending import Ending, Tally, end_run
from backend.protocol.events import (
    Draft,
    Event,
    StatusEvent,
    TokenEvent,
    ToolLog,
    WarningEvent,
    event_json,
    stamp,
)
from backend.protocol.inputs import PAUSED, STEERING, Person
from backend.protocol.recording_reader import parse_recording
from backend.protocol.view import RunView, fold
from tests.protocol.release_0_1 import events as old_events, view as old_view
from tests.protocol.release_0_1.run_view import RunView as OldView

RECORDINGS = sorted((Path(__file__).parent / "release_0_1" / "recordings").glob("*.jsonl"))
ANA = Person(id="p1", name="Ana")


def scenario(name: str) -> list[Event]:
    """The stream of a bundled scenario that asks people."""
    script = load_scenario(BUNDLED_DIR / f"{name}.yaml")
    return list(planned_events(schedule(script), 1.0, TimeLimits(120.0, 60.0)))


def steered() -> list[Event]:
    """A run with all that 0.1 does not know: a pause, messages, changed arguments, and an end while one waits."""
    call = ToolLog(name="sum", arguments={"a": 1}, effective_arguments={"a": 2}, result=2)
    drafts: list[Draft] = [
        StatusEvent(step_id="tool", step="running_tool", tool=call),
        StatusEvent(step_id="inp_p", step=PAUSED, by=ANA, mode="step"),
        StatusEvent(step_id="message-1", step=STEERING, detail="Only 2024.", by=ANA, mode="steer"),
        StatusEvent(step_id="inp_p", step=PAUSED, state="finished", by=ANA),
        StatusEvent(step_id="message-1", step=STEERING, state="finished", delivered_to="tool"),
        StatusEvent(step_id="tool", step="running_tool", state="finished", tool=call),
        StatusEvent(step_id="message-2", step=STEERING, detail="And 2025.", by=ANA, mode="queue"),
        TokenEvent(text="Two."),
        WarningEvent(code="paused_too_long", message="It was."),
    ]
    events: list[Event] = [stamp(draft, seq, seq * 100.0) for seq, draft in enumerate(drafts, start=1)]
    tally = Tally()
    tally.add(events)
    closing, done = end_run(tally, Ending("cancelled"), 2000.0)
    return [*events, *closing, done]


STREAMS = {"approval": scenario("approval"), "clarify": scenario("clarify"), "form": scenario("form")}
STREAMS["steered"] = steered()


def as_seen_by_0_1(events: list[Event]) -> OldView:
    """What a reader of 0.1 shows of the stream."""
    view = OldView.start("Why?")
    for event in events:
        view = old_view.reduce(view, old_events.parse_event(event_json(event)))
    return view


def seen(view: Any) -> dict[str, object]:
    """What both releases show of a run, beside what waits for a person."""
    stream, message = view.stream, view.message
    return {
        "ended": (view.ended, stream.outcome, stream.partial, stream.latency_ms, stream.last_seq),
        "faults": (stream.duplicates, stream.gaps),
        "steps": [(step.step_id, step.step, step.state, step.label, step.ended_ms) for step in stream.steps],
        "answer": message.answer,
        "markers": [(marker.number, marker.start) for marker in message.markers],
        "citations": [(citation.citation_id, citation.quote) for citation in message.citations],
        "warnings": [(warning.code, warning.message) for warning in message.warnings],
        "artifacts": [(item.artifact_id, item.kind, item.content) for item in view.artifacts.items],
        "error": stream.error and (stream.error.code, stream.error.message),
    }


@pytest.mark.parametrize("name", STREAMS)
def test_an_older_reader_shows_a_newer_stream(name: str) -> None:
    events = STREAMS[name]
    assert check(events) == []
    assert seen(as_seen_by_0_1(events)) == seen(fold(RunView.start("Why?"), events))


def test_an_older_reader_never_fails_at_any_moment_of_a_newer_stream() -> None:
    for events in STREAMS.values():
        for count in range(len(events)):
            old, new = as_seen_by_0_1(events[:count]), fold(RunView.start("Why?"), events[:count])
            assert old.message.answer == new.message.answer
            assert [step.step_id for step in old.stream.steps] == [step.step_id for step in new.stream.steps]


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: str(path.stem))
def test_a_recording_of_an_older_release_is_read_as_it_was(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    old = OldView.start("Why?")
    for line in lines:
        old = old_view.reduce(old, old_events.parse_event(line))
    events = parse_recording(path.read_bytes()).events
    new = fold(RunView.start("Why?"), events)
    assert seen(new) == seen(old)
    assert {violation.rule for violation in check(events)} <= {"citation-first"}
    assert new.stream.activity == "running"


def test_a_request_of_an_older_release_is_a_choice_of_texts() -> None:
    [path] = [path for path in RECORDINGS if path.stem == "asking"]
    [asked] = fold(RunView.start(), parse_recording(path.read_bytes()).events).stream.inputs
    assert (asked.request.kind, [option.value for option in asked.request.options]) == ("choice", ["yes", "no"])
    assert (asked.state, asked.answer, asked.ended_ms) == ("closed", None, 3000.0)
