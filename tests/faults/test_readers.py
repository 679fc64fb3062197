"""A reader that takes nothing for a while, and a log that somebody cut: case 8 of docs/scale.md."""

import asyncio
import socket
from pathlib import Path

import httpx2

from backend.protocol.events import DoneEvent, TokenEvent, parse_event
from backend.protocol.sse import Decoder
from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.keys import Keys
from tests.faults.deployment import Deployment, answer_of
from tests.faults.one_of_each import deployed
from tests.faults.strange_agents import FLOOD_PIECE, FLOOD_PIECES, strange_agents
from tests.redis_server import running_redis

SMALL_BUFFER = 4096


def connected(deployment: Deployment, run_id: str) -> socket.socket:
    """A reader of the run with little room, that has read nothing yet."""
    url = httpx2.URL(deployment.web[0].address)
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    reader.connect((url.host, url.port or 80))
    reader.sendall(f"GET /v1/runs/{run_id}/events HTTP/1.1\r\nHost: {url.host}:{url.port}\r\n\r\n".encode())
    reader.settimeout(30)
    return reader


def read_to_the_end(reader: socket.socket) -> bytes:
    """The body, without its chunks' heads."""
    whole = b""
    while not whole.endswith(b"0\r\n\r\n"):
        data = reader.recv(65536)
        assert data, "the stream ended without its end"
        whole += data
    body, found = whole.partition(b"\r\n\r\n")[2], b""
    while body:
        head, _, body = body.partition(b"\r\n")
        found, body = found + body[: int(head, 16)], body[int(head, 16) + 2 :]
    return found


async def test_08_a_reader_that_takes_nothing_gets_all_of_it_later(folder: Path) -> None:
    with running_redis(folder / "redis") as redis:
        async with deployed(folder, redis, worker_environment=strange_agents(folder)) as (deployment, _):
            watcher = await deployment.ask_agent("flood")
            with connected(deployment, watcher.run_id) as slow:
                events = await deployment.sound(watcher)
                assert answer_of(events) == FLOOD_PIECE * FLOOD_PIECES
                read = await asyncio.to_thread(read_to_the_end, slow)
            seen = [parse_event(frame.data) for frame in Decoder().feed(read) if frame.data]
            assert [event.seq for event in seen] == list(range(1, len(events) + 1))
            assert sum(isinstance(event, TokenEvent) for event in seen) == FLOOD_PIECES
            assert isinstance(seen[-1], DoneEvent)


async def test_08_a_log_that_somebody_cuts_is_refused_to_new_readers_and_kept_by_others(folder: Path) -> None:
    with running_redis(folder / "redis") as redis:
        async with deployed(folder, redis) as (deployment, _):
            watcher = await deployment.ask("words")
            await watcher.until(tokens=10)
            connection = RedisConnection(redis.url)
            await connection.command("XTRIM", Keys().run(watcher.run_id, "ev"), "MAXLEN", 3)
            events = await deployment.sound(watcher)
            assert answer_of(events).endswith("fifty")
            await deployment.start(web=("",), workers=())
            late = await deployment.http.get(f"{deployment.web[1].address}/v1/runs/{watcher.run_id}/events")
            assert late.status_code == 507, late.text
            assert "cut" in late.json()["detail"]
            listed = await deployment.http.get(f"{deployment.web[1].address}/v1/runs")
            assert [each["run_id"] for each in listed.json()["runs"]] == [watcher.run_id]
            await connection.close()
