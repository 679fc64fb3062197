"""Messages of which nothing is shown: their times are kept, never what they said."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.dialects.imported_run import ImportedRun
from backend.dialects.registry import open_decoder
from backend.metrics.silence import longest_gap_ms, quiet_screen_ms, stalls
from backend.metrics.trace import Trace
from backend.protocol.events import Event, StatusEvent, parse_event

Timed = list[tuple[float, str]]


def chunk(at_ms: float, delta: dict[str, Any], reason: str | None = None) -> tuple[float, str]:
    message = {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
    return at_ms, f"data: {json.dumps(message)}\n\n"


def imported(dialect: str, timed: Timed) -> list[Event]:
    """The run that an import makes of these pieces."""
    run = ImportedRun(open_decoder(dialect))
    lines = [line for at_ms, data in timed for line in run.feed(data.encode(), at_ms)]
    return [parse_event(line) for line in (*lines, *run.close(timed[-1][0]))]


def carriers(events: list[Event]) -> list[StatusEvent]:
    return [event for event in events if isinstance(event, StatusEvent) and event.activity_ms is not None]


def reasoning(count: int, every_ms: float) -> Timed:
    """An answer after ``count`` pieces of reasoning, from 200 ms on."""
    role = chunk(50, {"role": "assistant", "content": ""})
    thought = [chunk(200 + place * every_ms, {"reasoning": f"secret {place}"}) for place in range(count)]
    end = 200 + count * every_ms
    return [
        role,
        *thought,
        chunk(end, {"content": "Yes."}),
        chunk(end + 10, {}, "stop"),
        (end + 20, "data: [DONE]\n\n"),
    ]


def test_reasoning_is_no_silence_and_a_quiet_screen() -> None:
    events = imported("openai-chat", reasoning(40, 50))
    trace = Trace.of_server_times("server", events)
    assert stalls(trace) == 0
    assert longest_gap_ms(trace) == 150
    assert quiet_screen_ms(trace) == 2000
    assert "secret" not in json.dumps([event.model_dump(mode="json") for event in events])


def test_activity_is_carried_once_a_second_and_at_the_end_of_thinking() -> None:
    events = imported("openai-chat", reasoning(50, 50))
    found = carriers(events)
    assert [(event.step, event.state) for event in found] == [("thinking", "progress")] * len(found)
    assert [event.at_ms for event in found] == [1050, 2050, 2700]
    times = [at_ms for event in found for at_ms in event.activity_ms or ()]
    assert times == [50, *(200 + place * 50 for place in range(1, 50))]


HIDDEN: dict[str, tuple[str, str]] = {
    "ollama": (
        json.dumps({"done": False, "message": {"content": "", "thinking": "secret"}}) + "\n",
        json.dumps({"done": True, "message": {"content": "Yes."}}) + "\n",
    ),
    "langgraph": (
        "event: messages\ndata: "
        + json.dumps([{"type": "AIMessageChunk", "content": [{"type": "reasoning", "reasoning": "secret"}]}, {}])
        + "\n\n",
        "event: messages\ndata: "
        + json.dumps([{"type": "AIMessageChunk", "content": "Yes.", "chunk_position": "last"}, {}])
        + "\n\n",
    ),
    "bedrock": (
        json.dumps({"contentBlockDelta": {"delta": {"reasoningContent": {"text": "secret"}}}}) + "\n",
        json.dumps({"contentBlockDelta": {"contentBlockIndex": 1, "delta": {"text": "Yes."}}}) + "\n",
    ),
    "cohere": (
        f"data: {json.dumps({'type': 'tool-plan-delta', 'delta': {'message': {'tool_plan': 'secret'}}})}\n\n",
        f"data: {json.dumps({'type': 'content-delta', 'delta': {'message': {'content': {'text': 'Yes.'}}}})}\n\n",
    ),
}
"""A piece of reasoning and a piece of the answer, by dialect."""


@pytest.mark.parametrize("dialect", HIDDEN)
def test_reasoning_of_every_dialect_keeps_its_times_and_not_its_words(dialect: str) -> None:
    thought, said = HIDDEN[dialect]
    events = imported(dialect, [*((200.0 + 50 * place, thought) for place in range(40)), (2200.0, said)])
    times = [at_ms for event in carriers(events) for at_ms in event.activity_ms or ()]
    # The first piece is the start of the step itself.
    assert times == [250.0 + 50 * place for place in range(39)]
    assert "secret" not in json.dumps([event.model_dump(mode="json") for event in events])


def test_a_role_and_an_empty_piece_make_no_step() -> None:
    pieces = [
        chunk(50, {"role": "assistant", "content": ""}),
        chunk(400, {"content": ""}),
        chunk(600, {"content": "A"}),
    ]
    events = imported("openai-chat", [*pieces, chunk(650, {}, "stop"), (660, "data: [DONE]\n\n")])
    assert [event.type for event in events] == ["token", "done"]


def test_pings_end_a_silence() -> None:
    start: dict[str, Any] = {
        "type": "message_start",
        "message": {"id": "m", "role": "assistant", "content": [], "usage": {}},
    }
    text = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Late."}}
    stop: list[dict[str, Any]] = [
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
    ]
    pings = [(500.0 + 500 * place, {"type": "ping"}) for place in range(8)]
    timed: list[tuple[float, dict[str, Any]]] = [
        (100.0, start),
        *pings,
        (4400.0, text),
        (4500.0, delta),
        *((4600.0, one) for one in stop),
    ]
    timed.append((4610.0, {"type": "message_stop"}))
    events = imported("anthropic", [(at, f"event: {one['type']}\ndata: {json.dumps(one)}\n\n") for at, one in timed])
    trace = Trace.of_server_times("server", events)
    assert carriers(events)
    assert (longest_gap_ms(trace), stalls(trace)) == (500, 0)


def test_without_times_nothing_is_carried() -> None:
    run = ImportedRun(open_decoder("openai-chat"))
    lines = [line for _, data in reasoning(40, 50) for line in run.feed(data.encode())]
    assert not carriers([parse_event(line) for line in lines])


def field_case(folder: Path, name: str) -> Trace:
    (file,) = folder.glob(f"field/{name}*/timed.jsonl")
    pieces = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return Trace.of_server_times(
        "server", imported("openai-chat", [(piece["at_ms"], piece["data"]) for piece in pieces])
    )


def test_reasoning_seen_in_the_field_is_no_stall(shared_data: Path) -> None:
    trace = field_case(shared_data, "25")
    assert stalls(trace) == 0
    assert longest_gap_ms(trace) == pytest.approx(150, abs=20)


def test_a_silence_between_two_pieces_seen_in_the_field_is_a_stall(shared_data: Path) -> None:
    assert stalls(field_case(shared_data, "36")) == 1
