"""Our own protocol as a dialect: kept as it is, tolerant of what other senders leave out."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from backend.protocol.events import DoneEvent, KnownEvent, StatusEvent, TokenEvent, ToolLog
from backend.protocol.run_view import SnapshotEvent
from backend.protocol.sse import HEARTBEAT, encode_event
from backend.protocol.view import RunView, fold
from tests.dialects.streams import ReadStream, frames, read
from tests.strategies import runs


def native(*events: dict[str, Any]) -> ReadStream:
    return read("native", frames(events))


def bare(events: list[KnownEvent]) -> list[dict[str, Any]]:
    """The events as JSON without their stamps, the error and ``done`` left out, which a decoder tells of by its end."""
    return [
        event.model_dump(mode="json", exclude={"seq", "at_ms"})
        for event in events
        if event.type not in ("done", "error")
    ]


@given(runs(), st.integers(1, 400))
def test_a_stream_of_ours_comes_out_as_it_went_in(events: list[KnownEvent], size: int) -> None:
    data = b"".join(encode_event(event, 1) + HEARTBEAT for event in events)
    stream = read("native", data, size)
    done = events[-1]
    assert isinstance(done, DoneEvent)
    sent = bare(events)
    got = [draft.model_dump(mode="json", exclude={"seq", "at_ms"}) for draft in stream.drafts]
    assert got[: len(sent)] == sent
    # A step that was only announced is ended by ``done`` alone, which no draft can say.
    assert all(event["type"] == "status" and event["step_id"] is None for event in got[len(sent) :])
    assert not any(step.is_open for step in fold(RunView.start(), stream.drafts).stream.steps)
    has_error = any(event.type == "error" for event in events)
    assert stream.end.outcome == ("failed" if has_error and done.outcome == "completed" else done.outcome)
    assert stream.end.at_ms == done.at_ms


def test_the_examples_of_the_requirement_are_read_as_they_are() -> None:
    stream = read(
        "native",
        b'event: status\ndata: {"step":"retrieving"}\n\n'
        b'event: citation\ndata: {"title":"10-Q Filing","source":"sec"}\n\n'
        b'event: token\ndata: {"text":"NVIDIA "}\n\n'
        b'event: done\ndata: {"latency_ms":8420}\n\n',
    )
    assert stream.text == "NVIDIA "
    assert [(citation.title, citation.source) for citation in stream.citations] == [("10-Q Filing", "sec")]
    assert stream.states == [("retrieving", "started"), ("retrieving", "finished")]
    assert stream.end.outcome == "completed"
    assert stream.losses == {}


def test_ids_numbers_spans_and_quotes_are_kept() -> None:
    citation = {
        "type": "citation",
        "citation_id": "k",
        "number": 7,
        "title": "T",
        "quote": "q",
        "locator": {"page": 2},
        "spans": [{"start": 0, "end": 3}],
    }
    stream = native(citation, {"type": "done"})
    assert stream.citations[0].model_dump(mode="json", exclude_none=True) == {**citation, "seq": 0, "at_ms": 0.0}
    assert stream.citation_count == 1


@pytest.mark.parametrize(
    ("last", "outcome", "code"),
    [
        ([], "interrupted", "stream_cut"),
        ([{"type": "error", "code": "boom", "message": "No."}], "failed", "boom"),
        ([{"type": "error", "code": "t"}, {"type": "done", "outcome": "timed_out"}], "timed_out", "t"),
        ([{"type": "error", "code": "e"}, {"type": "done", "outcome": "completed"}], "failed", "e"),
        ([{"type": "done", "outcome": "cancelled"}], "cancelled", None),
        ([{"type": "done", "outcome": "interrupted"}], "interrupted", "interrupted"),
        ([{"type": "done", "outcome": "of a newer version"}], "interrupted", "interrupted"),
        ([{"type": "done", "outcome": "completed"}], "completed", None),
    ],
)
def test_how_it_ends(last: list[dict[str, Any]], outcome: str, code: str | None) -> None:
    stream = native({"type": "status", "step_id": "s", "step": "x"}, {"type": "token", "text": "Hal"}, *last)
    assert stream.end.outcome == outcome
    assert (stream.end.error.code if stream.end.error else None) == code
    assert stream.statuses[-1].state in ("finished", "failed", "cancelled")
    assert stream.statuses[-1].step_id == "s"


def test_repeated_and_late_events_are_left_out() -> None:
    token = {"type": "token", "seq": 1, "text": "a"}
    stream = native(token, token, {"type": "done", "seq": 2}, {"type": "token", "seq": 3, "text": "b"})
    assert stream.text == "a"
    assert stream.losses == {"repeated events": 1, "events after the end": 1}


def test_what_cannot_be_read_is_a_warning() -> None:
    stream = native({"type": "token", "text": 7}, {"type": "status", "step": "x", "progress": 9}, {"type": "done"})
    assert [warning.code for warning in stream.warnings] == ["unreadable_event"] * 2
    assert stream.losses == {"events that cannot be read": 2}


def events_with_tool() -> list[KnownEvent]:
    tool = ToolLog(name="sql", arguments={"q": 1}, result=[7])
    return [
        StatusEvent(seq=1, step_id="s", step="running_tool", state="finished", tool=tool),
        StatusEvent(seq=2, step="summarizing"),
        TokenEvent(seq=3, text="It is "),
        TokenEvent(seq=4, text="seven."),
    ]


def test_a_snapshot_stands_for_what_it_folds() -> None:
    view = fold(RunView.start("?"), events_with_tool()[:3])
    rest: list[KnownEvent] = [TokenEvent(seq=4, text="seven."), DoneEvent(seq=5)]
    data = b"".join(encode_event(event, 1) for event in rest)
    stream = read("native", encode_event(SnapshotEvent(seq=3, view=view), 1) + data)
    assert stream.text == "It is seven."
    assert stream.tools == 1
    assert stream.states[:2] == [("running_tool", "finished"), ("summarizing", "started")]
    assert stream.end.outcome == "completed"


def test_a_snapshot_of_an_ended_run_ends_it() -> None:
    events = [*events_with_tool(), DoneEvent(seq=5, outcome="cancelled")]
    view = fold(RunView.start("?"), events)
    data = b"".join(encode_event(event, 1) for event in events[:3])
    stream = read("native", data + encode_event(SnapshotEvent(seq=5, view=view), 1))
    assert stream.text == "It is seven."
    assert stream.end.outcome == "cancelled"


def test_a_recording_is_read_as_its_events() -> None:
    lines = [{"playhead": "recording", "version": 1}, {"type": "token", "seq": 1, "text": "a"}, {"type": "done"}]
    stream = read("native", "\n".join(json.dumps(line) for line in lines).encode())
    assert (stream.text, stream.end.outcome) == ("a", "completed")


def test_other_streams_are_not_taken_for_ours() -> None:
    stream = native(
        {"type": "error", "error": {"message": "x"}},
        {"type": "error", "errorText": "x"},
        {"type": "text-delta", "delta": "a"},
        {"type": "RUN_STARTED"},
        {"choices": []},
        {"type": "message_start", "message": {}},
    )
    assert stream.recognised == 0
    assert stream.drafts == ()
