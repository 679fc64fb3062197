"""What running agents costs: ``python -m benchmarks.supervisor [--runs N]``. Prints figures.

Agents, supervisor, store and watchers live in one process, as in a server, but without HTTP.
"""

import argparse
import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from backend.agents.agent import Agent, RunContext, RunRequest
from backend.protocol.cursor import START
from backend.protocol.events import Draft, StatusEvent, TokenEvent
from backend.runs.records import RunRecord
from backend.runs.sqlite.store import SqliteStore
from backend.runs.supervisor import RunSupervisor
from backend.settings import Settings
from benchmarks.store import percentile, say


class Writer:
    """Writes so many tokens with a pause before each; notes when it let go of each."""

    def __init__(self, tokens: int, pause_s: float) -> None:
        self.tokens = tokens
        self.pause_s = pause_s
        self.yielded: dict[str, list[float]] = {}

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        """Tokens."""
        times = self.yielded.setdefault(request.run_id, [])
        for _ in range(self.tokens):
            if self.pause_s:
                await context.clock.sleep(self.pause_s)
            times.append(time.perf_counter())
            yield TokenEvent(text="token ")


class Waiter:
    """Opens a step and waits for ever; may swallow the cancel that would end it."""

    def __init__(self, *, stubborn: bool) -> None:
        self.stubborn = stubborn
        self.release = asyncio.Event()

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        """A step."""
        yield StatusEvent(step_id="s", step="retrieving")
        while not self.release.is_set():
            try:
                await self.release.wait()
            except asyncio.CancelledError:
                if not self.stubborn:
                    raise


def opening(agent: Agent) -> Callable[[str], Awaitable[Agent]]:
    """Finds this agent under every name."""

    async def open_agent(_: str) -> Agent:
        return agent

    return open_agent


def supervise(store: SqliteStore, folder: Path, agent: Agent) -> RunSupervisor:
    """A supervisor of that agent without a limit on runs."""
    return RunSupervisor(store, opening(agent), Settings(data_dir=folder, max_concurrent_runs=10_000))


async def begin(supervisor: RunSupervisor) -> str:
    """Start a run; gives its id."""
    record, _ = await supervisor.accept(RunRecord.asked("Why?", "benchmark"))
    return record.run_id


async def at_full_speed(store: SqliteStore, folder: Path, count: int) -> None:
    """One agent that never awaits, and how long the loop was kept from others meanwhile."""
    late: list[float] = []

    async def tick() -> None:
        while True:
            due = time.perf_counter() + 0.001
            await asyncio.sleep(0.001)
            late.append((time.perf_counter() - due) * 1000)

    supervisor = supervise(store, folder, Writer(count, 0.0))
    ticking = asyncio.create_task(tick())
    started, cpu = time.perf_counter(), time.process_time()
    await supervisor.ended(await begin(supervisor))
    elapsed, used = time.perf_counter() - started, time.process_time() - cpu
    ticking.cancel()
    say(
        f"an agent that never awaits, {count:,} tokens",
        f"{count / elapsed:>10,.0f} events/s   {used / count * 1e6:5.1f} us CPU each   "
        f"loop held up p99 {percentile(late, 0.99):4.1f} ms, at most {max(late):5.1f} ms",
    )


async def paced(store: SqliteStore, folder: Path, runs: int, per_second: int, seconds: int) -> None:
    """Many agents at the pace of a model, each with one watcher."""
    agent = Writer(per_second * seconds, 1 / per_second)
    supervisor = supervise(store, folder, agent)
    delays: list[float] = []

    async def watch(run_id: str) -> None:
        async for batch in store.follow(run_id, START):
            now = time.perf_counter()
            times = agent.yielded[run_id]
            first = batch.cursor.seq - len(batch.frames)
            delays.extend((now - at) * 1000 for at in times[first : batch.cursor.seq])

    cpu = time.process_time()
    run_ids = [await begin(supervisor) for _ in range(runs)]
    await asyncio.gather(*(watch(run_id) for run_id in run_ids))
    used = time.process_time() - cpu
    say(
        f"{runs} agents, {per_second} tokens/s each, one watcher each",
        f"yielded to visible p50 {percentile(delays, 0.5):6.3f} ms   p99 {percentile(delays, 0.99):6.3f} ms   "
        f"{used / len(delays) * 1e6:5.1f} us CPU each",
    )


async def cancels(store: SqliteStore, folder: Path, count: int, *, stubborn: bool) -> None:
    """From the call of cancel to a watcher's ``done``."""
    agent = Waiter(stubborn=stubborn)
    supervisor = supervise(store, folder, agent)
    delays = []
    for _ in range(count):
        run_id = await begin(supervisor)
        watching = asyncio.create_task(_to_the_end(store, run_id))
        await anext(store.follow(run_id, START))
        started = time.perf_counter()
        await supervisor.cancel(run_id)
        await watching
        delays.append((time.perf_counter() - started) * 1000)
    agent.release.set()
    await supervisor.shutdown()
    kind = "swallows it" if stubborn else "lets go"
    say(
        f"cancel to done on disk and seen, an agent that {kind}",
        f"p50 {percentile(delays, 0.5):6.3f} ms   p99 {percentile(delays, 0.99):6.3f} ms   max {max(delays):6.2f} ms",
    )


async def _to_the_end(store: SqliteStore, run_id: str) -> None:
    async for _ in store.follow(run_id, START):
        pass


async def measure(folder: Path, runs: int) -> None:
    """All figures."""
    store = SqliteStore(folder)
    await store.open()
    await at_full_speed(store, folder, 50_000)
    await paced(store, folder, runs, 50, 4)
    await cancels(store, folder, 300, stubborn=False)
    await cancels(store, folder, 300, stubborn=True)
    await store.close()


def main() -> None:
    """Measure in a fresh folder and remove it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100, help="how many agents run side by side (default 100)")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="playhead-benchmark-"))
    try:
        asyncio.run(measure(folder, arguments.runs))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
