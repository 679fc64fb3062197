"""A crowd in one conversation: ``python -m benchmarks.room [--minutes M] [--people N]``. Prints what it costs a server.

A backend in a process of its own, and ``--people`` WebSockets (200) in this one. Each is a person who says every 10 s
that they are there. Every second one of them types, every five seconds one leaves and comes back, and for two seconds
of ten one moves the playhead ten times a second. CPU and memory are the server's; a delay is the time until another
person has read a view that was sent. The clients share the machine with the server.
"""

import argparse
import asyncio
import itertools
import json
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from backend.client.run_client import RunClient
from backend.launch.child import ChildProcess
from backend.launch.ports import free_port
from backend.launch.server import serve_command
from benchmarks._process_cpu import cpu_s
from benchmarks.store import percentile, say

LISTED = 40
"""How many people there are in the part with names: a room of more than 50 says how many there are."""

RENEWS_S = 10.0
PLAYS_EVERY_S = 0.1
STARTS_S = 60.0


@dataclass(slots=True)
class Figures:
    """What was measured. Delays are milliseconds."""

    playheads: list[float] = field(default_factory=list)
    messages: int = 0
    received: int = 0


@dataclass(slots=True)
class Crowd:
    """The connections, and when each view was sent."""

    path: str
    figures: Figures = field(default_factory=Figures)
    connections: dict[int, ClientConnection] = field(default_factory=dict)
    sent: dict[int, float] = field(default_factory=dict)
    names: "itertools.count[int]" = field(default_factory=itertools.count)

    async def enter(self, person: int) -> None:
        """Open a connection and say hello."""
        connection = await connect(self.path, subprotocols=["playhead.v1"], compression=None, proxy=None)  # type: ignore[list-item]
        self.connections[person] = connection
        who = {"id": f"person_{person}", "name": f"Person {person}"}
        await self.send(person, "hello", participant=who, tab="tab_1", colour=person % 7)

    async def send(self, person: int, op: str, **fields: Any) -> None:
        """Send a command of that person."""
        name = f"command-{next(self.names)}"
        await self.connections[person].send(json.dumps({"id": name, "op": op, **fields}))

    async def listen(self, person: int) -> None:
        """Read everything, and note how late each view is."""
        connection, known = self.connections[person], max(self.sent, default=0)
        async for text in connection:
            self.figures.messages += 1
            self.figures.received += len(text)
            if '"playhead"' in str(text):
                view = json.loads(text).get("playhead")
                # What was shown before this person came is not late.
                if view and view["rev"] > known:
                    self.figures.playheads.append((time.perf_counter() - self.sent[view["rev"]]) * 1000)


async def live_together(crowd: Crowd, people: int, seconds: float) -> None:
    """Everybody in the room for so long."""
    for person in range(people):
        await crowd.enter(person)
    async with asyncio.TaskGroup() as tasks:
        readers = [tasks.create_task(crowd.listen(person)) for person in range(people)]
        ends = time.perf_counter() + seconds
        work = [present(crowd, ends), renew(crowd, people, ends), type_and_leave(crowd, people, ends, tasks)]
        await asyncio.gather(*work)
        for connection in crowd.connections.values():
            await connection.close()
        for reader in readers:
            reader.cancel()


async def present(crowd: Crowd, ends: float) -> None:
    """The first person moves the playhead for two seconds of ten, ten times a second."""
    rev = 0
    while time.perf_counter() < ends:
        for _ in range(20):
            rev += 1
            crowd.sent[rev] = time.perf_counter()
            view = {"at_ms": rev * 100, "playing": True, "rev": rev, "page": "replay"}
            await crowd.send(0, "playhead", view=view)
            await asyncio.sleep(PLAYS_EVERY_S)
        await asyncio.sleep(8.0)


async def renew(crowd: Crowd, people: int, ends: float) -> None:
    """Everybody says every 10 s that they are there, evenly spread."""
    for person in itertools.cycle(range(people)):
        if time.perf_counter() > ends:
            return
        await crowd.send(person, "presence", activity="watching")
        await asyncio.sleep(RENEWS_S / people)


async def type_and_leave(crowd: Crowd, people: int, ends: float, tasks: asyncio.TaskGroup) -> None:
    """Every second one types; every five seconds one leaves and comes back."""
    for second in itertools.count(1):
        if time.perf_counter() > ends:
            return
        person = 1 + second * 7 % (people - 1)
        if second % 5:
            await crowd.send(person, "presence", activity="typing")
        else:
            await crowd.connections[person].close()
            await crowd.enter(person)
            tasks.create_task(crowd.listen(person))
        await asyncio.sleep(1.0)


@asynccontextmanager
async def conversation(folder: Path) -> AsyncIterator[tuple[str, int]]:
    """A server with one ended run: the address of its conversation's channel, and the process's id."""
    port = free_port()
    with ChildProcess("The backend", serve_command(port=port, data_dir=folder)) as process:
        await asyncio.to_thread(process.wait_until_ready, f"http://127.0.0.1:{port}/readyz", STARTS_S)
        started = await RunClient(f"http://127.0.0.1:{port}").start_run("Who is here?", "scripted:empty_answer")
        yield f"ws://127.0.0.1:{port}/v1/sessions/{started.session_id}/control", _server_of(process)


def _server_of(process: ChildProcess) -> int:
    """The process that serves, which is the child of the one that guards it."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(children[0] if children else str(process.pid))


def memory_mib(pid: int) -> float:
    """What of a process is in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 2**20


async def measure(people: int, seconds: float) -> None:
    """Print the figures of one crowd."""
    with tempfile.TemporaryDirectory(prefix="playhead-room-") as folder:
        async with conversation(Path(folder)) as (path, pid):
            crowd, began, cpu, memory = Crowd(path), time.perf_counter(), cpu_s(pid), memory_mib(pid)
            await live_together(crowd, people, seconds)
            took, used, grown = time.perf_counter() - began, cpu_s(pid) - cpu, memory_mib(pid) - memory
    figures = crowd.figures
    say(f"{people} people, {took:.0f} s: CPU of the server", f"{used / took * 100:.1f} % of a core")
    say("  memory of the server", f"{grown:+.1f} MiB, {grown / people * 1024:.0f} KiB a person")
    say("  messages to all of them", f"{figures.messages / took:.0f} /s, {figures.received / took / 1024:.0f} KiB/s")
    if figures.playheads:
        p50, p95 = (percentile(figures.playheads, share) for share in (0.5, 0.95))
        say("  a view to a reader", f"{p50:.0f} ms median, {p95:.0f} ms p95, {max(figures.playheads):.0f} ms longest")


async def main(people: int, seconds: float) -> None:
    """A room with names, and one with counts."""
    await measure(min(LISTED, people), seconds / 2)
    await measure(people, seconds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--people", type=int, default=200)
    options = parser.parse_args()
    asyncio.run(main(options.people, options.minutes * 60))
