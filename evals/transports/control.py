"""From a command to its reply, and to the event that shows it: over a new connection, a kept one, and the channel."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from backend.protocol.events import StatusEvent
from backend.protocol.inputs import PAUSED
from evals.playing.steering import outcome_of
from evals.transports.bench import Bench, TransportBenchError, taken
from evals.transports.kept_connection import KeptConnection
from evals.transports.scenarios import LASTING
from evals.transports.tables import CaseTable, Cell, percentile
from evals.wire.arrivals import get_request, post_request
from evals.wire.captures import read_capture
from evals.wire.exchange import Capture, exchange

PAIRS: Final = 40
APART_S: Final = 0.06
"""The channel takes 20 commands a second."""

COLUMNS: Final = ("command over", "followed over", "reply p50 ms", "p95 ms", "effect p50 ms", "p95 ms", "n")

Toggle = Callable[[str], Awaitable[tuple[int, int]]]
"""Pauses or resumes the run; gives when that was sent and answered."""


@dataclass(slots=True)
class _Toggles:
    sent_ns: list[int] = field(default_factory=list)
    replied_ns: list[int] = field(default_factory=list)

    async def run(self, toggle: Toggle, pairs: int) -> None:
        for number in range(2 * pairs):
            await asyncio.sleep(APART_S)
            sent_ns, replied_ns = await toggle("resume" if number % 2 else "pause")
            self.sent_ns.append(sent_ns)
            self.replied_ns.append(replied_ns)

    def cells(self, shown_ns: Sequence[int]) -> tuple[Cell, ...]:
        """The cells of a row; ``shown_ns`` is when the effect of each arrived."""
        if len(shown_ns) < len(self.sent_ns):
            raise TransportBenchError(f"{len(self.sent_ns)} commands had {len(shown_ns)} effects.")
        replies = [(replied - sent) / 1e6 for sent, replied in zip(self.sent_ns, self.replied_ns, strict=True)]
        effects = [(shown - sent) / 1e6 for sent, shown in zip(self.sent_ns, shown_ns, strict=False)]
        pairs = [percentile(values, share) for values in (replies, effects) for share in (0.5, 0.95)]
        return (*pairs, len(replies))


async def measure(bench: Bench, pairs: int = PAIRS) -> CaseTable:
    """Pause and resume a run that lasts, over each way."""
    rows = [
        ("new connection", "SSE", *await _over_http(bench, pairs, kept=False)),
        ("kept connection", "SSE", *await _over_http(bench, pairs, kept=True)),
        ("WebSocket", "WebSocket", *await _over_channel(bench, pairs)),
    ]
    note = (
        f"A run that writes 10 tokens a second is paused and resumed {pairs} times, with {APART_S * 1000:g} ms "
        "between two commands. The reply is that of the call, or the ack, which comes after the event; the effect"
        " is that event, where the run is followed. A new connection connects before the command is counted."
    )
    return CaseTable("control", "From a command to its effect", COLUMNS, tuple(rows), note)


async def _over_http(bench: Bench, pairs: int, *, kept: bool) -> tuple[Cell, ...]:
    run_id, _ = await bench.start(LASTING)
    path, toggles = f"/v1/runs/{run_id}", _Toggles()
    following = asyncio.create_task(exchange(bench.address, get_request(bench.address, f"{path}/events"), 60.0))
    connection = await KeptConnection.open(bench.address) if kept else None

    async def toggle(verb: str) -> tuple[int, int]:
        if connection is not None:
            reply = await connection.post(f"{path}/{verb}")
            status, sent_ns, replied_ns = reply.status, reply.sent_ns, reply.replied_ns
        else:
            request = post_request(bench.address, f"{path}/{verb}", {}, "application/json")
            done = outcome_of(await exchange(bench.address, request, 10.0))
            status, sent_ns, replied_ns = done.status or 0, done.sent_ns or 0, done.replied_ns or 0
        if status != 200:
            raise TransportBenchError(f"A {verb} was answered with {status}.")
        return sent_ns, replied_ns

    await toggles.run(toggle, pairs)
    if connection is not None:
        await connection.close()
    await bench.call(f"{path}/cancel", {})
    return toggles.cells(_shown_ns(await following))


async def _over_channel(bench: Bench, pairs: int) -> tuple[Cell, ...]:
    run_id, session = await bench.start(LASTING)
    capture, toggles = Capture(), _Toggles()
    async with bench.channel(session, capture) as channel:
        taken(await channel.command("follow", run=run_id))

        async def toggle(verb: str) -> tuple[int, int]:
            done = taken(await channel.command(verb, run=run_id))
            return done.sent_ns or 0, done.replied_ns or 0

        await toggles.run(toggle, pairs)
        taken(await channel.command("cancel", run=run_id))
        await channel.over.wait()
    return toggles.cells(_shown_ns(capture))


def _shown_ns(capture: Capture) -> list[int]:
    """When each pause and each end of one arrived."""
    arrivals = read_capture(capture)
    return [
        stamp
        for event, stamp in zip(arrivals.events, arrivals.stamps_ns, strict=True)
        if isinstance(event, StatusEvent) and event.step == PAUSED
    ]
