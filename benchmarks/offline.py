"""Scoring and reporting many recordings: ``python -m benchmarks.offline [--runs N] [--out DIR]``. Prints figures.

The recordings are of the bundled scenarios as a perfect machine would play them, each run stretched a little and with
delays of its own; ``playhead eval --recordings`` then runs as a user calls it. Goal: 10,000 in under 60 s and 2 GB.
Memory is the sum over the command's processes of what each holds alone plus its share of what is common (PSS), taken
five times a second.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from backend.client import RunClient, close_shared_http
from backend.launch.server import LocalServer
from backend.protocol.events import Event
from backend.protocol.recordings import RecordingHeader, recording_lines

RUNS = 10_000
GOAL_S = 60
GOAL_MB = 2_000
LOOK_S = 0.2
LEAVE_OUT = "long_answer"
"""Ten times as many events as any other: one run of it in a hundred."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="how many recordings")
    parser.add_argument("--out", type=Path, help="keep the results in this folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="playhead-offline-") as folder:
        recordings, out = Path(folder) / "recordings", arguments.out or Path(folder) / "out"
        recordings.mkdir()
        with LocalServer(Path(folder) / "data") as backend:
            plans = asyncio.run(_plans(backend.url))
        events, size = _write(recordings, plans, arguments.runs)
        print(f"{arguments.runs:,} recordings, {events:,} events, {size / 1e6:.0f} MB")  # noqa: T201
        took_s, peak_mb, said = _measured(recordings, out)
        print(said)  # noqa: T201
        print(f"{'seconds':24} {took_s:>10.1f}  (goal: {GOAL_S})")  # noqa: T201
        print(f"{'peak memory, MB':24} {peak_mb:>10.0f}  (goal: {GOAL_MB})")  # noqa: T201
        for file in sorted(path for path in out.iterdir() if path.is_file()):
            print(f"{file.name:24} {file.stat().st_size / 1e6:>10.1f} MB")  # noqa: T201


async def _plans(url: str) -> dict[str, tuple[Event, ...]]:
    client = RunClient(url)
    try:
        offers = [offer.agent for offer in await client.agents() if offer.agent.startswith("scripted:")]
        plans = {agent: await client.plan(agent) for agent in offers}
    finally:
        await close_shared_http()
    return {agent: plan for agent, plan in plans.items() if plan}


def _write(folder: Path, plans: dict[str, tuple[Event, ...]], count: int) -> tuple[int, int]:
    """So many recordings; how many events and bytes they have."""
    chance = random.Random(1)  # noqa: S311 - for variety, not for secrets
    usual = [agent for agent in plans if not agent.endswith(LEAVE_OUT)]
    began, events, size = datetime(2026, 1, 1, tzinfo=UTC), 0, 0
    for number in range(count):
        agent = usual[number % len(usual)] if number % 100 else f"scripted:{LEAVE_OUT}"
        played = _as_played(plans[agent], chance)
        header = RecordingHeader(
            run_id=f"run_{number:06}",
            agent=agent,
            question=f"What became of number {number}?",
            created_at=(began + timedelta(seconds=10 * number)).isoformat(timespec="milliseconds"),
        )
        text = "".join(recording_lines(header, played))
        (folder / f"{number:06}.jsonl").write_text(text, encoding="ascii")
        events, size = events + len(played), size + len(text)
    return events, size


def _as_played(plan: Sequence[Event], chance: random.Random) -> list[Event]:
    """The plan as a machine might have played it: slower by up to a tenth, every event late by a few milliseconds."""
    stretch, at_ms = 1 + chance.random() / 10, 0.0
    played = []
    for event in plan:
        at_ms = max(at_ms, event.at_ms * stretch + chance.expovariate(1 / 3))
        played.append(event.model_copy(update={"at_ms": round(at_ms, 3)}))
    return played


def _measured(recordings: Path, out: Path) -> tuple[float, float, str]:
    command = [sys.executable, "-m", "backend.cli", "eval", "--recordings", str(recordings), "--out", str(out)]
    began, peak_mb = time.monotonic(), 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=sys.stderr, text=True) as process:
        while process.poll() is None:
            peak_mb = max(peak_mb, sum(_pss_mb(pid) for pid in _family(process.pid)))
            # Its output is a few lines, which a pipe holds.
            with suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_S)
        said = process.stdout.read() if process.stdout else ""
    return time.monotonic() - began, peak_mb, said


def _family(pid: int) -> list[int]:
    """The process and all below it that are there now."""
    found = [pid]
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _family(int(child))
    return found


def _pss_mb(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
