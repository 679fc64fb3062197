"""A server with known timing, in a process of its own: ``python -m evals.calibration.known_server``.

To every request it streams a fixed number of token events at fixed distances, and takes a stamp right before each
write. A comment at the end carries the stamps. They are from ``perf_counter_ns``, which on Linux is CLOCK_MONOTONIC and
the same for all processes of a machine, so the harness may subtract them from its own; elsewhere that is not
guaranteed, and calibration is refused.
"""

import asyncio
import json
import random
from time import perf_counter_ns
from typing import Final

from backend.protocol.events import DoneEvent, TokenEvent
from backend.protocol.sse import encode_event

FIRST_TOKEN_S: Final = 0.2
GAP_S: Final = 0.05
TOKENS: Final = 20

STREAM_S: Final = FIRST_TOKEN_S + TOKENS * GAP_S
"""The planned duration of one stream."""

TRUTH_COMMENT: Final = b": truth "
"""Begins the comment after the last event, which decoders ignore: when the first token was due after the request, and
when each was written."""

_HEAD: Final = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
ANNOUNCEMENT: Final = "known server http://127.0.0.1:"


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one request."""
    loop = asyncio.get_running_loop()
    try:
        await reader.readuntil(b"\r\n\r\n")
        # Streams that began together would all write at the same moments, unlike real ones.
        first_token_s = FIRST_TOKEN_S + random.random() * GAP_S  # noqa: S311
        due, stamps = loop.time() + first_token_s, []
        writer.write(_HEAD)
        for seq in range(1, TOKENS + 1):
            await asyncio.sleep(due - loop.time())
            frame = encode_event(TokenEvent(seq=seq, at_ms=0.0, text="token "), 1)
            stamps.append(perf_counter_ns())
            writer.write(frame)
            due += GAP_S
        writer.write(encode_event(DoneEvent(seq=TOKENS + 1, at_ms=0.0), 1))
        truth = {"first_token_ms": first_token_s * 1000, "written_ns": stamps}
        writer.write(TRUTH_COMMENT + json.dumps(truth).encode() + b"\n\n")
        await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def _main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0, backlog=512)
    print(f"{ANNOUNCEMENT}{server.sockets[0].getsockname()[1]}", flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
