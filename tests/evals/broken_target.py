"""A target that offers one agent for each way in which a stream can go wrong, and one that does it right."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from tests.evals.byte_server import END, HEAD, Hang, Script, chunk, frames
from tests.metrics.traces import done, status, token

GOOD = frames(status("look"), token("Yes."), status("look", "finished"), done())

BREAKAGES: Mapping[str, tuple[Script, str]] = {
    "closes at once": ([], "The server closed the connection without an answer."),
    "closes early": ([HEAD, *GOOD[:2]], "The connection was closed in the middle of the stream, after 2 events."),
    "closes within an event": (
        [HEAD, GOOD[0], GOOD[1][:9]],
        "The connection was closed in the middle of the stream, after 1 events.",
    ),
    "hangs before its answer": ([Hang()], "The stream was still open 1.5 s after the request."),
    "hangs in the middle": ([HEAD, *GOOD[:2], Hang()], "The stream was still open 1.5 s after the request."),
    "answers 500": (
        [b"HTTP/1.1 500 Oh\r\ncontent-type: application/problem+json\r\n\r\n" + b'{"detail":"The agent is ill."}'],
        "The server answered 500: The agent is ill.",
    ),
    "answers with a page": (
        [b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nhi"],
        "The server answered with text/html instead of an event stream.",
    ),
    "speaks another protocol": ([b"220 mail ready\r\n\r\n"], "The server does not speak HTTP/1.1"),
    "says half a word": (
        [b"SSH-2.0\r\n"],
        "The server closed the connection after 9 bytes that are not an HTTP answer.",
    ),
    "sends garbage in its chunks": (
        [HEAD, GOOD[0], b"\xff\xfe no chunk\r\n\0\0"],
        "The stream cannot be read further after 1 events",
    ),
    "sends garbage for events": (
        [HEAD, GOOD[0], chunk(b"event: token\ndata: {broken\n\n"), chunk(b"\0\xff\xfe\n\n"), *GOOD[1:], END],
        "",
    ),
    "never sends done": ([HEAD, *GOOD[:3], END], "The stream ended without done, after event 3."),
    "sends nothing": ([HEAD, END], "The stream ended without a single event."),
    "does it right": ([HEAD, *GOOD, END], ""),
    "goes away": ([HEAD, *GOOD, END], ""),
}
"""The script of each agent, and how the error of its run begins: empty for one that can be measured to its end."""

GOES_AWAY = "goes away"
"""Behind a run of this agent the target takes no further connection."""


@asynccontextmanager
async def broken_target() -> AsyncIterator[str]:
    """The target's address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ")[1].decode()
            if path == "/v1/runs":
                body = json.loads(await reader.readexactly(_length(head)))
                if body["agent"] == GOES_AWAY:
                    server.close()
                await _play(BREAKAGES[body["agent"]][0], reader, writer)
            elif path == "/v1/agents":
                offers = [{"agent": name, "examples": ["Why?"]} for name in BREAKAGES]
                writer.write(_json("200 OK", {"agents": offers}))
            else:
                problem = {"type": "https://playhead.invalid/problems/no-plan", "title": "Nobody knows.", "status": 404}
                writer.write(_json("404 Not Found", problem))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def _play(script: Script, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for part in script:
        if isinstance(part, Hang):
            await reader.read()
        elif isinstance(part, bytes):
            writer.write(part)
            await writer.drain()


def _length(head: bytes) -> int:
    lines = (line.partition(b":") for line in head.lower().split(b"\r\n"))
    return next(int(value) for name, _, value in lines if name == b"content-length")


def _json(status_line: str, content: object) -> bytes:
    body = json.dumps(content).encode()
    head = f"HTTP/1.1 {status_line}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return f"{head}connection: close\r\n\r\n".encode() + body
