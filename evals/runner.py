"""Plays a suite: interleaved, so many runs at a time, every byte stamped; nothing is parsed until the last
run ended.
"""

import asyncio
import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from evals.carrying import Carried, carry
from evals.harness import Effort, measured_effort
from evals.suite import Suite
from evals.target import Play
from evals.transport import Address, Capture

Ended = Callable[[Play], None]
"""Called when a run, warm-up or not, has ended."""


@dataclass(frozen=True, slots=True)
class PlayedRun:
    """One run as it was captured. ``repeat`` counts from 1 within its entry; ``started`` is ISO 8601 in
    UTC. ``carried`` is how it came where it took more connections than ``capture``'s.
    """

    play: Play
    repeat: int
    started: str
    capture: Capture
    carried: Carried | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Everything that was played. ``unfinished`` counts the runs that were not played to their end, since the
    session was stopped; they are left out, as the warm-up runs are."""

    runs: list[PlayedRun]
    warm_up_runs: int
    unfinished: int
    effort: Effort


@dataclass(slots=True)
class _Playing:
    address: Address
    suite: Suite
    stop: asyncio.Event
    ended: Ended
    runs: list[PlayedRun] = field(default_factory=list)

    async def play(self, play: Play, repeat: int) -> PlayedRun | None:
        """One run, or None if the session was stopped before its end."""
        started = datetime.now(UTC).isoformat(timespec="milliseconds")
        measuring = asyncio.ensure_future(carry(play, self.address, self.suite.deadline_s))
        stopping = asyncio.ensure_future(self.stop.wait())
        await asyncio.wait([measuring, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not measuring.done():
            measuring.cancel()
            await asyncio.wait([measuring])
            return None
        self.ended(play)
        capture, carried = measuring.result()
        return PlayedRun(play, repeat, started, capture, carried)

    async def work(self, schedule: Iterator[tuple[int, Play]]) -> None:
        """Play what is still to be played, one run after the other."""
        for repeat, play in schedule:
            if self.stop.is_set():
                return
            run = await self.play(play, repeat)
            if run is not None:
                self.runs.append(run)


def interleaved(plays: Sequence[Play]) -> list[tuple[int, Play]]:
    """Every run of the suite as (repeat, play): each entry once, then each again, so that a machine that
    grows slower does so for all of them.
    """
    most = max(play.entry.repeats for play in plays)
    return [(repeat, play) for repeat in range(1, most + 1) for play in plays if repeat <= play.entry.repeats]


def warm_up_plays(suite: Suite, plays: Sequence[Play]) -> list[Play]:
    """What is played first and left out: the shortest entries, so that warming up costs little."""
    by_length = sorted(plays, key=lambda play: play.planned_ms or float("inf"))
    return [by_length[index % len(by_length)] for index in range(suite.warm_up)]


async def play_suite(
    suite: Suite, plays: Sequence[Play], address: Address, stop: asyncio.Event, ended: Ended
) -> Session:
    """Play the whole suite in a closed loop. Setting ``stop`` ends it early and keeps every run that was
    complete.
    """
    warming = _Playing(address, suite, stop, ended)
    await warming.work(iter([(0, play) for play in warm_up_plays(suite, plays)]))
    schedule = interleaved(plays)
    playing = _Playing(address, suite, stop, ended)
    remaining = iter(schedule)
    with _no_collection():
        async with measured_effort() as effort:
            await asyncio.gather(*(playing.work(remaining) for _ in range(suite.concurrency)))
    place = {id(play): index for index, play in enumerate(plays)}
    playing.runs.sort(key=lambda run: (run.repeat, place[id(run.play)]))
    return Session(playing.runs, len(warming.runs), len(schedule) - len(playing.runs), effort)


@contextmanager
def _no_collection() -> Iterator[None]:
    """No garbage collection while stamps are taken: a full one would hold up every arrival meanwhile."""
    gc.collect()
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
