"""What grows with the length of a run: ``python -m benchmarks.growth [--most N]``. Prints figures for 10,000, 100,000
and 1,000,000 events, and between two lengths the exponent: 0 is flat, 1 is linear.

Times are CPU times of one process on one machine at one moment: compare figures of one run.
"""

import argparse
import asyncio
import math
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from backend.protocol.events import KnownEvent, TokenEvent
from backend.protocol.playback import Playback
from backend.protocol.sse import encode_stamped
from backend.runs.records import RunRecord
from backend.runs.sqlite.store import SqliteStore
from benchmarks.store import percentile, say

LENGTHS = (10_000, 100_000, 1_000_000)
LAST = 2_000
"""How many of the last appends are timed."""

MOVES = 100
_GOLDEN = 0.618034
"""Multiples of it are spread evenly, and no two in a row are close to each other."""


def tokens(count: int) -> list[KnownEvent]:
    """So many tokens, a millisecond apart."""
    return [
        TokenEvent.model_construct(seq=seq, at_ms=float(seq), type="token", text="token ")
        for seq in range(1, count + 1)
    ]


async def append_us(length: int) -> float:
    """Microseconds of an append at the end of a run of that length, in the process's main thread."""
    with tempfile.TemporaryDirectory(prefix="playhead-growth-") as folder:
        store = SqliteStore(Path(folder))
        await store.open()
        record, _ = await store.submit(RunRecord.asked("Why?", "benchmark"))
        body = '"type":"token","text":"token "}'
        frames = [encode_stamped("token", body, seq, float(seq), 1) for seq in range(1, length + 1)]
        first = max(0, length - LAST)
        for at in range(0, first, 1000):
            await store.append(record.run_id, at + 1, frames[at : min(at + 1000, first)])
            await asyncio.sleep(0)
        began = time.thread_time()
        for seq in range(first + 1, length + 1):
            await store.append(record.run_id, seq, [frames[seq - 1]])
            if seq % 10 == 0:
                await asyncio.sleep(0)
        took = time.thread_time() - began
        await store.close()
    return took / (length - first) * 1e6


def playback_ms(length: int) -> tuple[float, float, float]:
    """Milliseconds to load a run of that length, and of a move of its playhead: the median and the longest."""
    events = tokens(length)
    began = time.process_time()
    playback = Playback(events)
    loaded = time.process_time() - began
    moves = []
    for move in range(MOVES):
        at_ms = move * _GOLDEN % 1 * length
        began = time.process_time()
        playback.view_at(at_ms)
        moves.append((time.process_time() - began) * 1000)
    return loaded * 1000, percentile(moves, 0.5), max(moves)


def exponents(values: list[float]) -> str:
    """How each value grew over the one before, where the length grew tenfold."""
    return "  ".join(f"{math.log10(after / before):+.2f}" for before, after in pairwise(values))


def report(what: str, values: list[float], unit: str, shown: Callable[[float], str]) -> None:
    """One line: the values, and their exponents."""
    say(what, "  ".join(f"{shown(value)} {unit}" for value in values) + f"   exponents {exponents(values)}")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=LENGTHS[-1], help="leave out longer runs")
    lengths = [length for length in LENGTHS if length <= parser.parse_args().most]
    say("events", "  ".join(f"{length:,}" for length in lengths))
    report("an append", [asyncio.run(append_us(length)) for length in lengths], "us", lambda value: f"{value:5.1f}")
    loaded, moves, longest = zip(*[playback_ms(length) for length in lengths], strict=True)
    report("playback: loading", list(loaded), "ms", lambda value: f"{value:7.1f}")
    report("playback: a move, median", list(moves), "ms", lambda value: f"{value:5.2f}")
    report("playback: a move, longest", list(longest), "ms", lambda value: f"{value:5.2f}")


if __name__ == "__main__":
    main()
