"""A SOCKS5 proxy on loopback that leads every name to one server, as RFC 1928 describes it."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class SocksServer:
    """``asked`` are the hosts and ports that clients wanted, ``passwords`` what they signed in with."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self.port = 0
        self.asked: list[tuple[str, int]] = []
        self.passwords: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, from its greeting to the end of its connection."""
        _, methods = await reader.readexactly(2)
        offered = await reader.readexactly(methods)
        writer.write(b"\x05\x02" if 2 in offered else b"\x05\x00")
        if 2 in offered:
            _, size = await reader.readexactly(2)
            await reader.readexactly(size)
            self.passwords.append((await reader.readexactly((await reader.readexactly(1))[0])).decode())
            writer.write(b"\x01\x00")
        _, _, _, kind = await reader.readexactly(4)
        host = await reader.readexactly((await reader.readexactly(1))[0] if kind == 3 else 4)
        (port,) = struct.unpack("!H", await reader.readexactly(2))
        self.asked.append((host.decode("latin-1"), port))
        upstream, downstream = await asyncio.open_connection("127.0.0.1", self._target_port)
        writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
        async with asyncio.TaskGroup() as both:
            both.create_task(_carry(reader, downstream))
            both.create_task(_carry(upstream, writer))


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def socks_server(target_port: int) -> AsyncIterator[SocksServer]:
    """A proxy in front of that port of loopback, while inside."""
    proxy = SocksServer(target_port)
    clients: set[asyncio.Task[None]] = set()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clients.add(asyncio.create_task(proxy.serve(reader, writer)))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await asyncio.wait_for(asyncio.gather(*clients), 20)
