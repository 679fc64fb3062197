"""A link to Redis that can be cut, made deaf, or led to another server."""

import asyncio
from contextlib import suppress
from typing import Any


class RedisLink:
    """A proxy on loopback, one for each node. Belongs to the test's event loop."""

    def __init__(self, port: int) -> None:
        self.target = port
        self._open: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._refuses = False
        self._serving: set[asyncio.Task[Any]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self._server is not None
        return f"redis://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/0"

    def cut(self) -> None:
        """Break every connection and refuse new ones."""
        self._refuses = True
        self._drop()

    def mend(self) -> None:
        """Take connections again."""
        self._refuses = False
        self._flows.set()

    def swallow(self) -> None:
        """Keep connections open and let nothing through."""
        self._flows.clear()

    def lead_to(self, port: int) -> None:
        """Lead to another server from now on."""
        self.target = port
        self._drop()

    async def stop(self) -> None:
        """End it."""
        self._flows.set()
        if self._server is not None:
            self._server.close()
        self._drop()
        if self._serving:
            await asyncio.wait(self._serving)

    def _drop(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving = asyncio.current_task()
        assert serving is not None
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)
        await self._carry(reader, writer)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            writer.transport.abort()
            return
        with suppress(OSError):
            upstream_reader, upstream = await asyncio.open_connection("127.0.0.1", self.target)
            self._open |= {writer, upstream}
            both = [
                asyncio.create_task(self._pass(reader, upstream)),
                asyncio.create_task(self._pass(upstream_reader, writer)),
            ]
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in both:
                    each.cancel()
                self._open -= {writer, upstream}
                upstream.transport.abort()
        writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
