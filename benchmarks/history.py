"""What finding past runs costs over HTTP: ``python -m benchmarks.history [--runs N]``. Prints figures.

Every figure is of one process on one machine at one moment: compare figures of one run, not of two machines.
"""

import argparse
import asyncio
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from backend.client import RunClient, close_shared_http
from backend.launch.server import LocalServer
from backend.protocol.events import DoneEvent, stamp
from backend.runs.frames import encode_frames
from backend.runs.records import RunRecord
from backend.runs.sqlite.store import SqliteStore
from benchmarks.store import percentile, say, tokens

EVENTS = 20
SESSIONS = 500
AGENTS = ("documents", "scripted:happy_path", "recording:rec_8YvBtm3zQd2l5dYw0u1P4A")
TRIES = 25

SEARCHES: dict[str, dict[str, str | int]] = {
    "the latest 50": {},
    "the latest 1,000": {"limit": 1000},
    "behind a place near the end": {"before": "100"},
    "of one agent": {"agent": "documents"},
    "that failed (1 of 100)": {"outcome": "failed"},
    "that run": {"outcome": "running"},
    "of one session": {"session_id": "ses_7"},
    "by text that every question holds": {"text": "RISK"},
    "by text that only the oldest holds": {"text": "question 0:"},
    "by text that none holds": {"text": "zebra"},
    "by text that none holds, of one agent": {"text": "zebra", "agent": "documents"},
    "by text that none holds, that completed": {"text": "zebra", "outcome": "completed"},
}


async def fill(folder: Path, count: int) -> None:
    """So many ended runs of a few events each."""
    store = SqliteStore(folder, memory_runs=8)
    await store.open()

    async def run(number: int) -> None:
        record, _ = await store.submit(
            RunRecord.asked(
                f"Question {number}: is NVIDIA's customer concentration risk rising?",
                AGENTS[number % len(AGENTS)],
                session_id=f"ses_{number % SESSIONS}",
            )
        )
        await store.append(record.run_id, 1, encode_frames(tokens(EVENTS), 1))
        done = DoneEvent(outcome="failed" if number % 100 == 0 else "completed")
        await store.finish(record.run_id, [], stamp(done, EVENTS + 1, 30.0))

    for first in range(0, count, 500):
        await asyncio.gather(*(run(number) for number in range(first, min(first + 500, count))))
    await store.close()


async def search(url: str, count: int) -> None:
    """Every search, again and again."""
    client = RunClient(url)
    await client.ready()
    for what, asked in SEARCHES.items():
        times = []
        for _ in range(TRIES):
            started = time.perf_counter()
            page = await client.runs(**asked)  # type: ignore[arg-type]
            times.append((time.perf_counter() - started) * 1000)
        found = f"{len(page.runs):,} of {count:,}"
        say(
            f"runs {what}: {found}",
            f"p50 {statistics.median(times):6.1f} ms   p95 {percentile(times, 0.95):6.1f} ms",
        )
    await close_shared_http()


def main() -> None:
    """Measure in a fresh folder and remove it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="playhead-benchmark-"))
    try:
        asyncio.run(fill(folder, arguments.runs))
        with LocalServer(folder) as server:
            asyncio.run(search(server.url, arguments.runs))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
