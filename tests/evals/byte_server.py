"""A server that answers with the bytes a test wrote down, at the pace it wrote down, and notes when it sent
them.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from backend.protocol.events import Event
from backend.protocol.sse import encode_event
from evals.wire.exchange import Address

HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\nlocation: /v1/runs/r1\r\n\r\n"
)
END = b"0\r\n\r\n"


@dataclass(frozen=True)
class Pause:
    """Seconds in which nothing is sent."""

    seconds: float


@dataclass(frozen=True)
class Hang:
    """The server sends nothing more and keeps the connection."""


@dataclass(frozen=True)
class Requests:
    """Nothing is sent until so many requests have come, over all connections."""

    count: int


Script = Sequence[bytes | Pause | Hang | Requests]


@dataclass
class ByteServer:
    """Plays its scripts to one request each, the last one to all that follow.

    ``sent_ns`` holds the moment before each write, of all connections.
    """

    scripts: Sequence[Script]
    address: Address = field(default_factory=lambda: Address("http", "127.0.0.1", 0))
    requests: list[bytes] = field(default_factory=list)
    sent_ns: list[int] = field(default_factory=list)
    answering: asyncio.Event = field(default_factory=asyncio.Event)
    """Set with the first write."""
    asked: asyncio.Condition = field(default_factory=asyncio.Condition)
    """Notified of every request."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (
                    int(line.split(b":")[1])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length")
                ),
                0,
            )
            script = self.scripts[min(len(self.requests), len(self.scripts) - 1)]
            body = await reader.readexactly(length)
            async with self.asked:
                self.requests.append(head + body)
                self.asked.notify_all()
            for part in script:
                if isinstance(part, Pause):
                    await asyncio.sleep(part.seconds)
                elif isinstance(part, Hang):
                    await reader.read()
                elif isinstance(part, Requests):
                    async with self.asked:
                        await self.asked.wait_for(partial(self._asked_for, part.count))
                else:
                    self.sent_ns.append(time.perf_counter_ns())
                    self.answering.set()
                    writer.write(part)
                    await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _asked_for(self, count: int) -> bool:
        return len(self.requests) >= count


@asynccontextmanager
async def byte_server(*scripts: Script) -> AsyncIterator[ByteServer]:
    """Serve the scripts on a free loopback port until the context is left."""
    served = ByteServer(scripts)
    server = await asyncio.start_server(served.serve, "127.0.0.1", 0)
    served.address = Address("http", "127.0.0.1", server.sockets[0].getsockname()[1])
    try:
        yield served
    finally:
        server.close()


def chunk(data: bytes) -> bytes:
    """One HTTP chunk."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def frames(*events: Event) -> list[bytes]:
    """One HTTP chunk for each event, numbered from 1."""
    return [
        chunk(encode_event(event.model_copy(update={"seq": seq}), 1))  # type: ignore[arg-type]
        for seq, event in enumerate(events, start=1)
    ]
