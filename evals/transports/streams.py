"""Streams at once: the first token, the gaps between tokens, and what each event costs the server."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

from backend.protocol.events import TokenEvent
from evals.playing.harness import without_collection
from evals.transports.bench import Bench, TransportBenchError, all_of, run_over
from evals.transports.scenarios import FIRST_TOKEN_MS, RATE, STEADY, TOKENS
from evals.transports.tables import CaseTable, Cell, percentile
from evals.wire.captures import read_capture
from evals.wire.control_channel import WireChannel
from evals.wire.exchange import Address, Capture

Transport = Literal["sse", "websocket"]

TRANSPORTS: Final[tuple[Transport, ...]] = ("sse", "websocket")
LEVELS: Final = (1, 50, 300)

COLUMNS: Final = (
    "streams", "transport", "first token p50 ms", "p95 ms", "gap error p50 ms", "p99 ms", "CPU us/event", "bytes/event",
)  # fmt: skip

_STARTS_WITHIN_S: Final = 2.0
_OPENED_AT_ONCE: Final = 20


@dataclass(slots=True)
class StreamFigures:
    """What some streams of one transport came to. Times are milliseconds, ``cpu_s`` seconds of the server."""

    first_token_ms: list[float] = field(default_factory=list)
    gap_error_ms: list[float] = field(default_factory=list)
    events: int = 0
    received_bytes: int = 0
    cpu_s: float | None = None

    def add(self, capture: Capture) -> None:
        """Take one stream. Raises ``TransportBenchError`` for one that is not whole."""
        arrivals = read_capture(capture)
        came = [
            (stamp / 1e6, event.at_ms)
            for event, stamp in zip(arrivals.events, arrivals.stamps_ns, strict=True)
            if isinstance(event, TokenEvent) and event.text
        ]
        if len(came) != TOKENS or capture.sent_ns is None:
            raise TransportBenchError(f"A stream did not come whole: {arrivals.failure or f'{len(came)} tokens came'}.")
        self.first_token_ms.append(came[0][0] - capture.sent_ns / 1e6)
        self.gap_error_ms += [abs((b - a) - (b_at - a_at)) for (a, a_at), (b, b_at) in pairwise(came)]
        self.events += len(arrivals.events)
        self.received_bytes += sum(len(data) for _, data in capture.chunks)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells of a row, after the streams and the transport."""
        return (
            percentile(self.first_token_ms, 0.5),
            percentile(self.first_token_ms, 0.95),
            percentile(self.gap_error_ms, 0.5),
            percentile(self.gap_error_ms, 0.99),
            None if self.cpu_s is None else round(self.cpu_s / self.events * 1e6),
            round(self.received_bytes / self.events),
        )


async def measure(bench: Bench) -> CaseTable:
    """Each number of streams, over one transport and then over the other."""
    rows = []
    for level in LEVELS:
        for transport in TRANSPORTS:
            figures = await measured_streams(bench, transport, level)
            rows.append((level, transport, *figures.cells))
    note = (
        f"Each stream is a run of its own, read over a connection of its own: {TOKENS} tokens, {RATE} a second, "
        f"the first {FIRST_TOKEN_MS} ms after the run began; the runs begin within {_STARTS_WITHIN_S:g} s. Over "
        "SSE the answer to the POST is the stream, and connecting is not counted; over the control channel, which"
        " is open before, `start` and `follow` are two commands. The error of a gap is its difference to the "
        "server's own stamps. CPU is the whole server's: agent, log and stream."
    )
    return CaseTable("streams", "Streams at once", COLUMNS, tuple(rows), note)


async def measured_streams(
    bench: Bench, transport: Transport, level: int, through: Address | None = None
) -> StreamFigures:
    """So many streams at once, to their end. Raises ``TransportBenchError`` and ``ChannelFailed``."""
    figures = StreamFigures()
    play = _over_sse if transport == "sse" else _over_channels
    with without_collection():
        captures = await play(bench, level, through, figures)
    for capture in captures:
        figures.add(capture)
    return figures


async def _over_sse(bench: Bench, level: int, through: Address | None, figures: StreamFigures) -> Sequence[Capture]:
    async def play(place: int) -> Capture:
        await asyncio.sleep(place / level * _STARTS_WITHIN_S)
        return await bench.stream(STEADY, through=through)

    used = bench.cost.cpu_s()
    captures: list[Capture] = await all_of(*(play(place) for place in range(level)))
    figures.cpu_s = _since(used, bench.cost.cpu_s())
    return captures


async def _over_channels(
    bench: Bench, level: int, through: Address | None, figures: StreamFigures
) -> Sequence[Capture]:
    captures = [Capture() for _ in range(level)]
    opening = asyncio.Semaphore(_OPENED_AT_ONCE)

    async with AsyncExitStack() as stack:

        async def opened(capture: Capture) -> WireChannel:
            async with opening:
                session = await bench.conversation()
                return await stack.enter_async_context(bench.channel(session, capture, through=through))

        channels: list[WireChannel] = await all_of(*(opened(capture) for capture in captures))
        handshakes = [len(capture.chunks) for capture in captures]

        async def play(place: int) -> None:
            await asyncio.sleep(place / level * _STARTS_WITHIN_S)
            await run_over(channels[place], STEADY)
            await channels[place].over.wait()

        used = bench.cost.cpu_s()
        await all_of(*(play(place) for place in range(level)))
        figures.cpu_s = _since(used, bench.cost.cpu_s())
    # The handshake and the hello belong to opening a channel, not to a stream.
    figures.received_bytes -= sum(
        len(data) for capture, count in zip(captures, handshakes, strict=True) for _, data in capture.chunks[:count]
    )
    return captures


def _since(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before
