"""Between the harness and a backend, under ``benchmarks.planted_backend``: ``python -m benchmarks._faulty_proxy PORT``.

It prints its address, passes all bytes on as they come, and harms some of the runs that are started through it:
``--freeze-one-in N`` sends nothing for a second in the middle of every N-th answer, ``--lose-end-one-in N`` leaves out
the last frame of every N-th and closes.
"""

import argparse
import asyncio
import itertools
from contextlib import suppress

FREEZE_S = 1.0
FREEZE_AFTER = b'"type":"token"'
END = b"event: done"


class Proxy:
    """Counts the runs that are started, over all connections."""

    def __init__(self, port: int, freeze_one_in: int, lose_end_one_in: int) -> None:
        self._port = port
        self._freeze_one_in = freeze_one_in
        self._lose_end_one_in = lose_end_one_in
        self._runs = itertools.count(1)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection on, in both directions, until one side closes it."""
        with suppress(OSError):
            upstream, to_upstream = await asyncio.open_connection("127.0.0.1", self._port)
            first = await reader.read(1 << 16)
            number = next(self._runs) if first.startswith(b"POST /v1/runs ") else 0
            to_upstream.write(first)
            asking = asyncio.create_task(_pass_on(reader, to_upstream))
            try:
                await self._answer(upstream, writer, number)
            finally:
                asking.cancel()
                to_upstream.close()
        writer.close()

    async def _answer(self, upstream: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        freezes = number > 0 and self._freeze_one_in > 0 and number % self._freeze_one_in == 0
        loses_end = number > 0 and self._lose_end_one_in > 0 and number % self._lose_end_one_in == 0
        tokens = 0
        while data := await upstream.read(1 << 16):
            tokens += data.count(FREEZE_AFTER)
            if freezes and tokens > 10:
                freezes = False
                await asyncio.sleep(FREEZE_S)
            if loses_end and END in data:
                writer.write(data[: data.index(END)])
                await writer.drain()
                return
            writer.write(data)
            await writer.drain()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until the client has closed its side; that closes the backend's."""
    with suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.close()


async def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("port", type=int, help="of the backend, on loopback")
    parser.add_argument("--freeze-one-in", type=int, default=0)
    parser.add_argument("--lose-end-one-in", type=int, default=0)
    options = parser.parse_args()
    proxy = Proxy(options.port, options.freeze_one_in, options.lose_end_one_in)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, backlog=512)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)  # noqa: T201 - what the benchmark reads
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
