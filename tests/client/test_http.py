"""The client against real sockets: servers that cut, stall, refuse, garble or are not there."""

import asyncio
import json
import socket
from contextlib import aclosing
from typing import Any

import httpx2
import pytest

from backend.client import BackendGone, ProblemError, RunClient, close_shared_http, shared_http
from backend.protocol.cursor import Cursor
from backend.protocol.events import DoneEvent, KnownEvent, StatusEvent, TokenEvent, stamp
from backend.protocol.run_view import RunView, SnapshotEvent
from backend.protocol.sse import HEARTBEAT
from backend.protocol.view import fold
from tests.client.raw_server import STREAM_HEAD, Request, answer, frames_of, raw_server

pytestmark = pytest.mark.server

DRAFTS: list[KnownEvent] = [
    StatusEvent(step_id="a", step="retrieving"),
    TokenEvent(text="Grüße \u2028 "),
    TokenEvent(text="[1] "),
    TokenEvent(text="end"),
    StatusEvent(step_id="a", step="retrieving", state="finished"),
    DoneEvent(),
]
RUN: list[KnownEvent] = [stamp(event, seq, seq * 10.0) for seq, event in enumerate(DRAFTS, 1)]
FRAMES = frames_of(RUN)


async def collected(client: RunClient, after: Cursor | None = None, **how: Any) -> list[Any]:
    async with asyncio.timeout(60):
        return [item async for item in client.follow("run-1", after or Cursor(0, 0), **how)]


def snapshot(known: int) -> bytes:
    view = fold(RunView.start("q"), RUN[:known])
    state = {
        "run_id": "run-1",
        "question": "q",
        "attempt": 1,
        "last_seq": known,
        "cursor": f"1-{known}",
        "view": view.model_dump(mode="json"),
    }
    return answer("200 OK", json.dumps(state).encode())


async def test_a_server_that_cuts_after_every_event(http: httpx2.AsyncClient) -> None:
    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM_HEAD + FRAMES[request.after])

    async with raw_server(handler) as server:
        assert await collected(RunClient(server.url, http)) == RUN
    assert [request.after for request in server.requests] == list(range(len(RUN)))
    assert "last-event-id" not in server.requests[0].headers


async def test_a_server_that_cuts_inside_every_event(http: httpx2.AsyncClient) -> None:
    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM_HEAD + FRAMES[request.after] + [*FRAMES, b""][request.after + 1][:-1])

    async with raw_server(handler) as server:
        assert await collected(RunClient(server.url, http)) == RUN


async def test_a_connection_that_is_reset(http: httpx2.AsyncClient) -> None:
    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM_HEAD + b"".join(FRAMES[request.after : request.after + 2]))
        await writer.drain()
        linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    async with raw_server(handler) as server:
        assert await collected(RunClient(server.url, http)) == RUN


async def test_a_chunked_answer_that_breaks_off(http: httpx2.AsyncClient) -> None:
    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        head = (
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        frame = FRAMES[request.after]
        writer.write(head + f"{len(frame):x}\r\n".encode() + frame + b"\r\nffff\r\n: ")

    async with raw_server(handler) as server:
        assert await collected(RunClient(server.url, http)) == RUN


async def test_duplicates_and_rewound_replays(http: httpx2.AsyncClient) -> None:
    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        start = max(0, request.after - 2)
        writer.write(STREAM_HEAD + b"".join(frame * 2 for frame in FRAMES[start : request.after + 2]))

    async with raw_server(handler) as server:
        assert await collected(RunClient(server.url, http)) == RUN


@pytest.mark.parametrize(
    "bad",
    [b"", b'id: 1-3\nevent: token\ndata: {"seq":\n\n', b"id: 1-3\nevent: token\ndata: \xff\xfe\n\n"],
    ids=["skipped", "half JSON", "no UTF-8"],
)
async def test_a_lost_event_is_made_good_by_the_record(http: httpx2.AsyncClient, bad: bytes) -> None:
    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        if request.path.endswith("/events"):
            frames = [*FRAMES[:2], bad, *FRAMES[3:]] if request.after == 0 else FRAMES[request.after :]
            writer.write(STREAM_HEAD + b"".join(frames))
        else:
            writer.write(snapshot(4))

    async with raw_server(handler) as server:
        items = await collected(RunClient(server.url, http))
    assert [type(item) for item in items] == [StatusEvent, TokenEvent, SnapshotEvent, StatusEvent, DoneEvent]
    assert items[2].view.message.answer == "Grüße \u2028 [1] end"
    assert [request.path.rpartition("/")[2] for request in server.requests] == ["events", "run-1", "events"]


async def test_a_silent_connection_is_taken_for_dead(http: httpx2.AsyncClient) -> None:
    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM_HEAD + b"".join(FRAMES[request.after : request.after + 3]))
        await writer.drain()
        if request.after < 3:
            await asyncio.Event().wait()

    async with raw_server(handler) as server:
        assert await collected(RunClient(server.url, http, heartbeat_s=0.05)) == RUN
    assert len(server.requests) == 2


HEARTBEATS, HEARTBEAT_EVERY_S = 100, 0.02


async def test_heartbeats_keep_a_silent_connection(http: httpx2.AsyncClient) -> None:
    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM_HEAD)
        for _ in range(HEARTBEATS):
            writer.write(HEARTBEAT)
            await writer.drain()
            await asyncio.sleep(HEARTBEAT_EVERY_S)
        writer.write(b"".join(FRAMES))

    async with raw_server(handler) as server:
        # The heartbeats take several times as long as the silence after which a connection counts as dead.
        patience_s = HEARTBEATS * HEARTBEAT_EVERY_S / 5
        assert await collected(RunClient(server.url, http, heartbeat_s=patience_s)) == RUN
    assert len(server.requests) == 1


async def test_a_server_that_is_not_ready_is_asked_again(http: httpx2.AsyncClient) -> None:
    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        if request.number < 3:
            writer.write(answer("503 Service Unavailable", b"<h1>starting</h1>", "text/html", retry_after="0"))
        else:
            writer.write(STREAM_HEAD + b"".join(FRAMES))

    async with raw_server(handler) as server:
        assert await collected(RunClient(server.url, http)) == RUN


async def test_a_server_that_comes_back(http: httpx2.AsyncClient) -> None:
    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM_HEAD + b"".join(FRAMES[request.after : request.after + 3]))

    with socket.create_server(("127.0.0.1", 0)) as placeholder:
        port = placeholder.getsockname()[1]
    reader = asyncio.create_task(collected(RunClient(f"http://127.0.0.1:{port}", http)))
    async with raw_server(handler, port):
        assert await reader == RUN


async def test_a_refusal_is_raised_with_its_sentence(http: httpx2.AsyncClient) -> None:
    problem = {"type": "urn:playhead:problem:unknown-run", "title": "Not Found", "detail": "There is no such run."}

    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer("404 Not Found", json.dumps(problem).encode(), "application/problem+json"))

    async with raw_server(handler) as server:
        client = RunClient(server.url, http)
        for attempt in (collected(client), client.run("run-1"), client.cancel("run-1")):
            with pytest.raises(ProblemError) as caught:
                await attempt
            error = caught.value
            assert (error.status, error.slug, error.sentence) == (404, "unknown-run", "There is no such run.")
    assert len(server.requests) == 3


async def test_an_address_that_is_no_event_stream(http: httpx2.AsyncClient) -> None:
    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer("200 OK", b"<html>", "text/html"))

    async with raw_server(handler) as server:
        client = RunClient(server.url, http)
        with pytest.raises(ProblemError, match="answers with text/html, not with an event stream"):
            await collected(client)
        with pytest.raises(BackendGone, match="is not a Playhead backend"):
            await client.agents()


async def test_nothing_follows_the_last_event(http: httpx2.AsyncClient) -> None:
    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")

    async with raw_server(handler) as server:
        assert await collected(RunClient(server.url, http), Cursor(1, len(RUN))) == []
    assert server.requests[0].headers["last-event-id"] == f"1-{len(RUN)}"


async def test_a_snapshot_in_the_stream_is_handed_on(http: httpx2.AsyncClient) -> None:
    view = fold(RunView.start("q"), RUN[:4])
    data = SnapshotEvent(seq=4, at_ms=40.0, view=view).model_dump_json()

    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        frame = f"id: 2-4\nevent: snapshot\ndata: {data}\n\n".encode()
        # What follows is of the snapshot's attempt: a lower one would be older than it.
        later = [each.replace(b"id: 1-", b"id: 2-") for each in FRAMES[4:]]
        writer.write(STREAM_HEAD + frame + b"".join(later))

    async with raw_server(handler) as server:
        items = await collected(RunClient(server.url, http), Cursor(1, 9))
    assert [item.seq for item in items] == [4, 5, 6]


async def test_nobody_answers(http: httpx2.AsyncClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as placeholder:
        url = f"http://127.0.0.1:{placeholder.getsockname()[1]}"
    client = RunClient(url, http)
    with pytest.raises(BackendGone, match=r"^Nobody answers at http://127\.0\.0\.1:"):
        await client.start_run("Is it rising?")
    with pytest.raises(BackendGone, match="Gave up"):
        await collected(client, give_up_after_s=0.2)


@pytest.mark.parametrize("address", ["ftp://127.0.0.1", "127.0.0.1:8750", "http://[::1", "nonsense"])
async def test_no_address_at_all(http: httpx2.AsyncClient, address: str) -> None:
    with pytest.raises(BackendGone, match="is not the address of a backend"):
        await RunClient(address, http).agents()
    with pytest.raises(BackendGone, match="is not the address of a backend"):
        await collected(RunClient(address, http))


async def test_a_start_that_broke_off_is_sent_again_with_the_same_key(http: httpx2.AsyncClient) -> None:
    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        if request.number > 0:
            writer.write(answer("201 Created", b'{"run_id": "run-1", "session_id": "s"}'))

    async with raw_server(handler) as server:
        started = await RunClient(server.url, http).start_run("Is it rising?")
    first, second = server.requests
    assert started.run_id == "run-1"
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]


async def test_leaving_closes_the_connection_and_asks_for_nothing(http: httpx2.AsyncClient) -> None:
    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM_HEAD + FRAMES[0])
        await writer.drain()
        await asyncio.Event().wait()

    async with raw_server(handler) as server:
        async with aclosing(RunClient(server.url, http).frames("run-1", question="q")) as frames:
            async for frame in frames:
                if frame.view.stream.steps:
                    break
        await asyncio.wait_for(server.left.wait(), 30)
    assert [request.line.split(" ")[0] for request in server.requests] == ["GET"]


async def test_frames_of_a_known_run_begin_with_all_of_it(http: httpx2.AsyncClient) -> None:
    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        if request.path.endswith("/events"):
            writer.write(STREAM_HEAD + b"".join(FRAMES[request.after :]))
        else:
            writer.write(snapshot(4))

    async with raw_server(handler) as server:
        frames = [frame async for frame in RunClient(server.url, http).frames("run-1")]
    assert frames[0].view.message.answer == "Grüße \u2028 [1] end"
    assert frames[-1].view.ended
    assert frames[-1].view.message == fold(RunView.start("q"), RUN).message
    assert [request.after for request in server.requests] == [0, 4]


async def test_frames_of_an_ended_run_ask_for_no_stream(http: httpx2.AsyncClient) -> None:
    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(snapshot(len(RUN)))

    async with raw_server(handler) as server:
        frames = [frame async for frame in RunClient(server.url, http).frames("run-1")]
    assert [frame.view.ended for frame in frames] == [True]
    assert len(server.requests) == 1


async def test_one_http_client_for_an_event_loop() -> None:
    first = shared_http()
    assert shared_http() is first
    await close_shared_http()
    assert first.is_closed
    assert shared_http() is not first
    await close_shared_http()
