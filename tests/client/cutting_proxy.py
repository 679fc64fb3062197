"""A proxy on loopback that breaks every event stream off after so many events."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

EVENT_END = b"\n\n"


class CuttingProxy:
    """Passes requests on to ``target``; of an event stream only the first ``events`` events, then it aborts."""

    def __init__(self, target: str, events: int) -> None:
        parts = urlsplit(target)
        self._target = (str(parts.hostname), int(parts.port or 80))
        self._events = events
        self.url = ""
        self.streams = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            upstream_reader, upstream = await asyncio.open_connection(*self._target)
            upstream.write(head.replace(b"onnection: keep-alive", b"onnection: close"))
            if b"/events " in head.split(b"\r\n")[0]:
                self.streams += 1
                await self._pass_events(upstream_reader, writer)
            else:
                while data := await upstream_reader.read(65536):
                    writer.write(data)
                await writer.drain()
            upstream.close()
        writer.close()

    async def _pass_events(self, upstream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The response up to the last event it may carry. The head and the marks of chunks hold no empty line of LF."""
        left = self._events
        while left > 0 and (data := await upstream.read(65536)):
            end = 0
            while left > 0 and (found := data.find(EVENT_END, end)) >= 0:
                end, left = found + len(EVENT_END), left - 1
            writer.write(data if left > 0 else data[:end])
            await writer.drain()


@asynccontextmanager
async def cutting_proxy(target: str, events: int) -> AsyncIterator[CuttingProxy]:
    """A proxy in front of ``target`` until the context is left."""
    proxy = CuttingProxy(target, events)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
