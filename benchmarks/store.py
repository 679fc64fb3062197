"""What the store on SQLite costs: ``python benchmarks/store.py [--events N] [--folder DIR]``. Prints figures.

Every figure is of one process on one machine at one moment: compare figures of one run, not of two machines.
"""

import argparse
import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from backend.protocol.cursor import START
from backend.protocol.events import DoneEvent, KnownEvent, TokenEvent, stamp
from backend.runs.frames import encode_frames
from backend.runs.records import RunRecord
from backend.runs.sqlite.store import SqliteStore


def tokens(count: int) -> list[KnownEvent]:
    """So many stamped tokens of six characters."""
    return [stamp(TokenEvent(text="token "), seq, seq * 1.0) for seq in range(1, count + 1)]


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def say(what: str, value: str) -> None:
    """One line of the result."""
    print(f"{what:<58} {value}")  # noqa: T201 - a script's output


async def new_run(store: SqliteStore) -> str:
    """Submit a run; gives its id."""
    record, _ = await store.submit(RunRecord.asked("Why?", "benchmark"))
    return record.run_id


async def end(store: SqliteStore, run_id: str, last_seq: int) -> None:
    """Finish a run."""
    await store.finish(run_id, [], stamp(DoneEvent(), last_seq + 1, last_seq + 1.0))


async def throughput(store: SqliteStore, count: int, group: int) -> str:
    """Append in groups as fast as it goes, until everything is on disk; gives the run."""
    frames = encode_frames(tokens(count), 1)
    run_id = await new_run(store)
    started, cpu = time.perf_counter(), time.process_time()
    for at in range(0, count, group):
        await store.append(run_id, at + 1, frames[at : at + group])
        await asyncio.sleep(0)
    await end(store, run_id, count)
    elapsed, used = time.perf_counter() - started, time.process_time() - cpu
    say(
        f"append by {group} and finish, all on disk",
        f"{count / elapsed:>10,.0f} events/s   {used / count * 1e6:5.1f} us CPU each",
    )
    return run_id


async def visibility(store: SqliteStore, count: int, followers: int, pause_s: float) -> None:
    """From the call of append to the follower's hands, while the writer commits beside it."""
    run_id = await new_run(store)
    sent: list[float] = []
    delays: list[float] = []

    async def follow() -> None:
        async for batch in store.follow(run_id, START):
            now = time.perf_counter()
            first = batch.cursor.seq - len(batch.frames)
            delays.extend((now - sent[place]) * 1000 for place in range(first, min(batch.cursor.seq, len(sent))))

    following = [asyncio.create_task(follow()) for _ in range(followers)]
    await asyncio.sleep(0.05)
    for seq, frame in enumerate(encode_frames(tokens(count), 1), start=1):
        sent.append(time.perf_counter())
        await store.append(run_id, seq, [frame])
        await asyncio.sleep(pause_s)
    await end(store, run_id, count)
    await asyncio.gather(*following)
    say(
        f"append to visible, {followers} followers, one event each {pause_s * 1000:g} ms",
        f"p50 {percentile(delays, 0.5):6.3f} ms   p99 {percentile(delays, 0.99):6.3f} ms   max {max(delays):6.2f} ms",
    )


async def waiting_calls(store: SqliteStore, count: int) -> None:
    """What is durable before it returns."""
    submits, finishes = [], []
    for _ in range(count):
        started = time.perf_counter()
        run_id = await new_run(store)
        submits.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        await end(store, run_id, 0)
        finishes.append((time.perf_counter() - started) * 1000)
    for name, values in (("submit", submits), ("finish", finishes)):
        say(
            f"{name}, durable when it returns, one at a time",
            f"p50 {statistics.median(values):6.3f} ms   p99 {percentile(values, 0.99):6.3f} ms",
        )
    started = time.perf_counter()
    await asyncio.gather(*(new_run(store) for _ in range(count)))
    say(f"submit, {count} at once", f"{count / (time.perf_counter() - started):>10,.0f} per s")


async def replay(store: SqliteStore, run_id: str, what: str) -> None:
    """Read a whole log, and how long the event loop was kept from others meanwhile."""
    late: list[float] = []

    async def tick() -> None:
        while True:
            due = time.perf_counter() + 0.001
            await asyncio.sleep(0.001)
            late.append((time.perf_counter() - due) * 1000)

    ticking = asyncio.create_task(tick())
    started = time.perf_counter()
    frames = 0
    async for batch in store.follow(run_id, START):
        frames += len(batch.frames)
    elapsed = time.perf_counter() - started
    ticking.cancel()
    say(
        f"replay of {frames:,} events, {what}",
        f"{elapsed * 1000:8.1f} ms   loop held up at most {max(late, default=0.0):5.1f} ms",
    )


async def measure(folder: Path, count: int) -> None:
    """All figures."""
    store = SqliteStore(folder, memory_runs=8)
    await store.open()
    for group in (1, 8, 64):
        run_id = await throughput(store, count, group)
    await visibility(store, 2000, 1, 0.001)
    await visibility(store, 2000, 20, 0.001)
    await waiting_calls(store, 500)
    await replay(store, run_id, "from disk (500 runs have pushed it out of memory)")
    await replay(store, run_id, "from memory")
    unfinished = await new_run(store)
    await store.append(unfinished, 1, encode_frames(tokens(count), 1))
    await store.close()

    store = SqliteStore(folder)
    started = time.perf_counter()
    await store.open()
    say(f"restart over an unfinished run of {count:,} events", f"{(time.perf_counter() - started) * 1000:8.1f} ms")
    started = time.perf_counter()
    view = await store.snapshot(run_id)
    say(f"snapshot of {view.stream.last_seq:,} events, from disk", f"{(time.perf_counter() - started) * 1000:8.1f} ms")
    await store.close()
    size = (folder / "runs.sqlite3").stat().st_size
    say("on disk", f"{size / (4 * count):8.1f} bytes an event")


def main() -> None:
    """Measure in a fresh folder and remove it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where to make the fresh folder (default: the temporary folder)")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="playhead-benchmark-", dir=arguments.folder))
    try:
        asyncio.run(measure(folder, arguments.events))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
