"""An answer is over when it is complete, also on a connection that its server keeps open."""

import json
from typing import Any

import pytest

from backend.protocol.events import Event
from evals.playing.foreign.timed_events import foreign_end, read_foreign
from evals.playing.run_player import play_run
from evals.playing.runner import PlayedRun
from evals.scoring.scored_run import score
from evals.wire.arrivals import get_request, parse
from evals.wire.exchange import Capture, exchange
from evals.wire.message_end import message_end
from tests.evals.byte_server import END, HEAD, Hang, Pause, byte_server, frames
from tests.evals.captures import play
from tests.metrics.traces import done, status, token

pytestmark = pytest.mark.server

EVENTS: list[Event] = [status("s"), token("Yes."), status("s", "finished"), done()]
DEADLINE_S = 20.0


def of_length(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def plain(*messages: dict[str, Any] | str) -> bytes:
    return b"".join(f"data: {one if isinstance(one, str) else json.dumps(one)}\n\n".encode() for one in messages)


CHUNKED = [HEAD, *frames(*EVENTS), END]
UNENDED = [HEAD, *frames(*EVENTS)]
CHAT = plain(
    {"object": "chat.completion.chunk", "choices": [{"delta": {"content": "Yes."}, "finish_reason": "stop"}]}, "[DONE]"
)


def over_chat(capture: Capture) -> int | None:
    return message_end(capture, lambda kept: foreign_end(kept, "openai-chat"))


@pytest.mark.parametrize("script", [CHUNKED, UNENDED], ids=["last chunk", "its own end"])
async def test_a_complete_answer_on_an_open_connection_is_measured_to_its_end(script: list[bytes]) -> None:
    async with byte_server([*script, Hang()]) as server:
        connections = await play_run(play("made"), server.address, DEADLINE_S)
    capture = connections.first
    assert (capture.failure, capture.left_open) == (None, True)
    assert capture.closed_ns is not None
    assert capture.sent_ns is not None
    assert capture.closed_ns - capture.sent_ns < DEADLINE_S * 1e9 / 2
    result = score(PlayedRun(play("made"), 1, "2026-11-23T05:00:00+00:00", connections)).result
    assert result.as_expected, result.error or result.surprises
    assert result.notes == ("The server kept the connection open after the end of its answer.",)
    assert result.metrics["longest_gap_ms"] is not None
    assert result.metrics["longest_gap_ms"] < 500, "the wait on the open connection is not part of the run"


async def test_an_answer_of_known_length_is_over_with_its_last_byte() -> None:
    async with byte_server([of_length(CHAT), Hang()]) as server:
        capture = await exchange(server.address, get_request(server.address, "/"), DEADLINE_S, over=over_chat)
    assert capture.left_open
    arrivals = read_foreign(capture, "openai-chat")
    assert arrivals.failure is None
    assert [event.type for event in arrivals.events] == ["token", "done"]


async def test_a_foreign_stream_of_no_length_is_over_with_its_own_end() -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
    async with byte_server([head + CHAT, Hang()]) as server:
        capture = await exchange(server.address, get_request(server.address, "/"), DEADLINE_S, over=over_chat)
    assert capture.left_open
    assert read_foreign(capture, "openai-chat").failure is None


async def test_a_silence_in_an_answer_is_not_its_end() -> None:
    first, *rest = frames(*EVENTS)
    async with byte_server([HEAD, first, Pause(1.6), *rest, END]) as server:
        capture = await exchange(server.address, get_request(server.address, "/"), DEADLINE_S, over=message_end)
    assert not capture.left_open
    assert [event.type for event in parse(capture).events] == ["status", "token", "status", "done"]
