"""People in one conversation who say five times a second what they do: what each is sent, and what it costs."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from time import perf_counter
from typing import Final

from evals.transports.bench import Bench, all_of, taken
from evals.transports.tables import CaseTable, Cell, percentile
from evals.wire.control_arrivals import messages_of
from evals.wire.control_channel import WireChannel
from evals.wire.exchange import Capture

PEOPLE: Final = (2, 20, 50)
SAYINGS: Final = 15
APART_S: Final = 0.2

COLUMNS: Final = (
    "people", "transport", "ack p50 ms", "p95 ms", "seen by another p50 ms", "p95 ms", "messages/s each",
    "bytes/s each", "server CPU %",
)  # fmt: skip

_ACTIVITIES: Final = ("typing", "watching")


async def measure(bench: Bench, people: tuple[int, ...] = PEOPLE, sayings: int = SAYINGS) -> CaseTable:
    """Rooms of so many people; server-sent events carry no presence, so that there is one row for each."""
    rows = [(count, "websocket", *await _said(bench, count, sayings)) for count in people]
    note = (
        f"Everybody in one conversation says {1 / APART_S:g} times a second what they do, {sayings} times. `Seen` "
        "is the time until another person's connection has it; differences are sent at most five times a second, "
        "so that up to 200 ms of it is waiting for the next one. Server-sent events carry no presence."
    )
    return CaseTable("presence", "Presence, five times a second", COLUMNS, tuple(rows), note)


async def _said(bench: Bench, count: int, sayings: int) -> tuple[Cell, ...]:
    session = await bench.conversation()
    captures = [Capture() for _ in range(count)]
    sent_ns: list[list[int]] = [[] for _ in captures]
    acks_ms: list[float] = []
    async with AsyncExitStack() as stack:

        async def enter(place: int) -> WireChannel:
            hello = {"tab": f"tab-{place}", "participant": {"name": _name(place)}}
            return await stack.enter_async_context(bench.channel(session, captures[place], hello=hello))

        channels: list[WireChannel] = await all_of(*(enter(place) for place in range(count)))

        async def say(place: int) -> None:
            await asyncio.sleep(APART_S * place / count)
            for number in range(sayings):
                began = perf_counter()
                done = taken(await channels[place].command("presence", activity=_ACTIVITIES[number % 2]))
                sent_ns[place].append(done.sent_ns or 0)
                acks_ms.append(((done.replied_ns or 0) - (done.sent_ns or 0)) / 1e6)
                await asyncio.sleep(APART_S - (perf_counter() - began))

        before = [sum(len(data) for _, data in capture.chunks) for capture in captures]
        used, began = bench.cost.cpu_s(), perf_counter()
        await all_of(*(say(place) for place in range(count)))
        cpu, seconds = bench.cost.cpu_s(), perf_counter() - began
    received = sum(sum(len(data) for _, data in capture.chunks) for capture in captures) - sum(before)
    seen_ms = list(_seen_ms(captures[1], _name(0), sent_ns[0]))
    differences = sum(payload.startswith(b'{"who"') for capture in captures for _, payload in messages_of(capture))
    return (
        *(percentile(values, share) for values in (acks_ms, seen_ms) for share in (0.5, 0.95)),
        round(differences / count / seconds, 1),
        round(received / count / seconds),
        None if used is None or cpu is None else round((cpu - used) / seconds * 100),
    )


def _name(place: int) -> str:
    return f"person {place}"


def _seen_ms(observer: Capture, name: str, sent_ns: list[int]) -> Iterator[float]:
    """From each thing that the person said to the moment at which the observer's connection had it; what was said
    again before that is not counted twice."""
    shown = [(stamp, activity) for stamp, payload in messages_of(observer) for activity in _shown(payload, name)]
    for number, (said_ns, next_ns) in enumerate(zip(sent_ns, [*sent_ns[1:], float("inf")], strict=True)):
        wanted = _ACTIVITIES[number % 2]
        found = [
            stamp for stamp, activity in shown if said_ns <= stamp < next_ns + APART_S * 1e9 and activity == wanted
        ]
        if found:
            yield (found[0] - said_ns) / 1e6


def _shown(payload: bytes, name: str) -> Iterator[str]:
    """What a message says that the person does."""
    if payload.startswith(b'{"who"'):
        who = json.loads(payload)["who"]
        for person in (*who.get("people", ()), *who.get("here", ())):
            if person.get("name") == name:
                yield str(person.get("activity"))
