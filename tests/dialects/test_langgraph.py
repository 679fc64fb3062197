"""LangGraph's server: every mode alone and together, both protocols, questions to a person, and ends."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.protocol.events import Span
from tests.dialects.streams import ReadStream, read

DATA = Path(__file__).parent / "data"


def frame(event: str, value: Any) -> bytes:
    return f"event: {event}\ndata: {json.dumps(value)}\n\n".encode()


def graph(*events: tuple[str, Any]) -> ReadStream:
    return read("langgraph", b"".join(frame(event, value) for event, value in events))


def chunk(text: Any, message_id: str = "a", **fields: Any) -> tuple[str, Any]:
    return "messages", [
        {"type": "AIMessageChunk", "id": message_id, "content": text, **fields},
        {"langgraph_node": "m"},
    ]


def whole(text: str, message_id: str = "a", **fields: Any) -> dict[str, Any]:
    return {"type": "ai", "id": message_id, "content": text, **fields}


LAST: dict[str, Any] = {"response_metadata": {"finish_reason": "stop"}}


@pytest.mark.parametrize("name", ["langgraph", "langgraph_tuple", "langgraph_protocol"])
def test_the_modes_and_protocols_give_the_same_answer(name: str) -> None:
    stream = read("langgraph", (DATA / f"{name}.sse").read_bytes())
    assert (stream.text, stream.end.outcome) == ("Zürich 🎉 liegt am See.", "completed")


def test_modes_that_repeat_a_message_say_it_once() -> None:
    state = {"messages": [{"type": "human", "id": "q", "content": "?"}, whole("Hello")]}
    stream = graph(
        chunk("Hel"), chunk("lo", **LAST), ("updates", {"m": {"messages": [whole("Hello")]}}), ("values", state)
    )
    assert stream.text == "Hello"
    assert stream.warnings == []


def test_a_message_that_a_node_made_anew_is_said_once() -> None:
    stream = graph(chunk("Hello", **LAST), ("updates", {"m": {"messages": [whole("Hello", "b")]}}))
    assert stream.text == "Hello"


def test_earlier_turns_in_the_state_are_not_the_answer() -> None:
    before = [{"type": "human", "content": "Before?"}, whole("Yes.", "x")]
    state = {"messages": [*before, {"type": "human", "content": "And now?"}, whole("No.", "y")]}
    assert graph(("values", {"messages": [*before, state["messages"][2]]}), ("values", state)).text == "No."


def test_the_state_of_a_graph_without_messages_has_the_answer_and_its_documents() -> None:
    stream = read("langgraph", (DATA / "langgraph_values.sse").read_bytes())
    assert stream.text == "Zürich 🎉 liegt am See."
    assert stream.citations[0].quote == "Zürich lies on Lake Zürich."
    assert stream.end.outcome == "completed"


def test_custom_data_is_a_piece_of_the_answer_a_progress_or_a_loss() -> None:
    stream = graph(("custom", {"token": "Hi"}), ("custom", "Reading"), ("custom", {"n": 3}), ("end", None))
    assert stream.text == "Hi"
    assert "Reading" in [status.detail for status in stream.statuses]
    assert stream.losses == {"custom data": 1}
    assert stream.end.outcome == "completed"


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        ([chunk("So")], "interrupted"),
        ([chunk("So", **LAST)], "completed"),
        ([chunk("So", chunk_position="last")], "completed"),
        ([chunk("", tool_calls=[{"name": "x", "id": "c", "args": {}}], **LAST)], "interrupted"),
        ([chunk("So"), ("error", {"error": "ValueError", "message": "No."})], "failed"),
        ([("messages/partial", [whole("So")])], "interrupted"),
        ([("messages/partial", [whole("So")]), ("messages/complete", [whole("So")])], "completed"),
    ],
)
def test_a_run_is_whole_if_its_last_message_is(events: list[tuple[str, Any]], outcome: str) -> None:
    assert graph(*events).end.outcome == outcome


def test_an_interrupt_in_several_modes_is_one_question() -> None:
    stream = read("langgraph", (DATA / "langgraph_interrupt.sse").read_bytes())
    assert [warning.message for warning in stream.warnings] == [
        "The agent stopped to ask a person: Approve sending the mail?"
    ]
    assert stream.end.outcome == "interrupted"


def event(method: str, data: Any, namespace: tuple[str, ...] = ()) -> tuple[str, Any]:
    params = {"namespace": list(namespace), "timestamp": 1, "data": data}
    return method, {"type": "event", "seq": 1, "method": method, "params": params}


def test_the_newer_protocol_asks_a_person() -> None:
    asked = event(
        "input.requested", {"interrupt_id": "i", "payload": {"action_requests": [{"name": "rm", "args": {}}]}}
    )
    stream = graph(asked, event("lifecycle", {"event": "interrupted"}))
    assert [warning.message for warning in stream.warnings] == ["The agent stopped to ask a person: Approve rm?"]
    assert stream.end.outcome == "interrupted"


def test_the_newer_protocol_cites_ranges_of_its_block() -> None:
    stream = read("langgraph", (DATA / "langgraph_protocol.sse").read_bytes())
    assert stream.citations[0].spans == (Span(start=0, end=8),)
    assert stream.tools == 1


def test_subgraphs_of_the_newer_protocol_are_steps_and_do_not_end_the_run() -> None:
    sub = [event("lifecycle", {"event": kind, "graph_name": "look"}, ("look:1",)) for kind in ("started", "completed")]
    stream = graph(event("lifecycle", {"event": "started"}), *sub)
    assert stream.states == [("running_node", "started"), ("running_node", "finished")]
    assert stream.end.outcome == "interrupted"
