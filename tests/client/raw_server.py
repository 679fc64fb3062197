"""A hand-made HTTP server that answers exactly what a test says, byte by byte."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from backend.protocol.events import KnownEvent
from backend.protocol.sse import encode_event

STREAM_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"


@dataclass(frozen=True)
class Request:
    """What came in: the n-th request (from 0), its first line, its headers in lower case."""

    number: int
    line: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        return self.line.split(" ")[1]

    @property
    def after(self) -> int:
        """The seq of Last-Event-ID, 0 without it."""
        return int(self.headers.get("last-event-id", "0-0").partition("-")[2])


Handler = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class RawServer:
    """The server's address and the requests it got."""

    handler: Handler
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a client has closed its connection before the server did."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            await reader.readexactly(int(headers.get("content-length", "0")))
            request = Request(len(self.requests), head[0], headers)
            self.requests.append(request)
            answer = asyncio.create_task(self._answer(request, writer))
            gone = asyncio.create_task(reader.read())
            await asyncio.wait([answer, gone], return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                self.left.set()
            for task in (answer, gone):
                task.cancel()
            await asyncio.wait([answer, gone])
        except (ConnectionError, asyncio.IncompleteReadError):
            self.left.set()
        finally:
            writer.close()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        try:
            await self.handler(request, writer)
            await writer.drain()
        except ConnectionError:
            self.left.set()


@asynccontextmanager
async def raw_server(handler: Handler, port: int = 0) -> AsyncIterator[RawServer]:
    """Serve on a free loopback port (or ``port``) until the context is left."""
    served = RawServer(handler)
    server = await asyncio.start_server(served.serve, "127.0.0.1", port)
    served.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield served
    finally:
        server.close()


def answer(status: str, body: bytes = b"", kind: str = "application/json", **headers: str) -> bytes:
    """A whole response."""
    lines = [f"HTTP/1.1 {status}", f"content-type: {kind}", f"content-length: {len(body)}", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def frames_of(events: Sequence[KnownEvent]) -> list[bytes]:
    """The frames of a first attempt."""
    return [encode_event(event, 1) for event in events]
