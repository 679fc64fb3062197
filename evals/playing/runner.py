"""Plays a suite: interleaved, so many runs at a time, every byte stamped; nothing is parsed until the last run has
ended."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter_ns

from evals.playing.connections import Connections
from evals.playing.harness import Effort, measured_effort, without_collection
from evals.playing.run_player import play_run
from evals.playing.target import Play
from evals.suites.load import Load
from evals.suites.suite import Suite
from evals.wire.exchange import Address

Ended = Callable[[Play], None]
"""Called when a run, warm-up or not, has ended."""

PlayRun = Callable[[Play, Address, float], Awaitable[Connections]]
"""Plays a run to its end, or to so many seconds after its request: see ``evals.playing.run_player.play_run``."""


def started_now() -> str:
    """The time of day, in the form of ``PlayedRun.started``."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True, slots=True)
class PlayedRun:
    """One run as it came off its connections: bytes and stamps. ``repeat`` counts from 1 within its scenario;
    ``started`` is ISO 8601 in UTC. ``load`` names the load it was played under; ``appointed_ns`` is its scheduled start
    in an open loop, and ``due_ns`` the moment from which nothing but the harness delayed it, in both kinds of load, on
    the clock of the stamps."""

    play: Play
    repeat: int
    started: str
    connections: Connections
    load: str = ""
    appointed_ns: int | None = None
    due_ns: int | None = None

    @property
    def send_delay_ms(self) -> float | None:
        """How much later than due the run's request was sent, connecting included; None for one that never was."""
        sent_ns = self.connections.first.sent_ns
        return None if sent_ns is None or self.due_ns is None else (sent_ns - self.due_ns) / 1e6

    @property
    def start_delay_ms(self) -> float | None:
        """How much later than scheduled the run's request was sent, connecting included; None in a closed loop."""
        sent_ns = self.connections.first.sent_ns
        if self.appointed_ns is None or sent_ns is None:
            return None
        return (sent_ns - self.appointed_ns) / 1e6


@dataclass(frozen=True, slots=True)
class PlayedSuite:
    """All played runs. ``unfinished`` counts the runs that were not played to their end, since the suite was stopped;
    they are left out, as the warm-up runs are. ``most_at_once`` is the largest number of runs under way at the same
    time."""

    runs: list[PlayedRun]
    warm_up_runs: int
    unfinished: int
    effort: Effort
    most_at_once: int = 1


@dataclass(slots=True)
class _Playing:
    """The suite being played under one load."""

    address: Address
    suite: Suite
    stop: asyncio.Event
    ended: Ended
    load: Load
    play_run: PlayRun
    runs: list[PlayedRun] = field(default_factory=list)
    under_way: int = 0
    most_at_once: int = 0

    async def play(self, play: Play, repeat: int, appointed_ns: int | None = None) -> None:
        """Play one run; it is kept unless the suite is stopped before its end."""
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        started, due_ns = started_now(), perf_counter_ns() if appointed_ns is None else appointed_ns
        measuring = asyncio.ensure_future(self.play_run(play, self.address, self.suite.deadline_s))
        stopping = asyncio.ensure_future(self.stop.wait())
        try:
            await asyncio.wait([measuring, stopping], return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            self.under_way -= 1
            if not measuring.done():
                measuring.cancel()
                await asyncio.wait([measuring])
        if measuring.cancelled():
            return
        self.ended(play)
        self.runs.append(PlayedRun(play, repeat, started, measuring.result(), str(self.load), appointed_ns, due_ns))

    async def work(self, schedule: Iterator[tuple[int, Play]]) -> None:
        """Play the remaining runs, one after the other."""
        for repeat, play in schedule:
            if self.stop.is_set():
                return
            await self.play(play, repeat)

    async def play_all(self, schedule: Sequence[tuple[int, Play]]) -> None:
        """Play the whole schedule under the load."""
        if self.load.concurrency is not None:
            remaining = iter(schedule)
            await asyncio.gather(*(self.work(remaining) for _ in range(self.load.concurrency)))
            return
        began_ns = perf_counter_ns()
        async with asyncio.TaskGroup() as under_way:
            for (repeat, play), start_s in zip(schedule, self.load.starts_s(), strict=False):
                appointed_ns = began_ns + round(start_s * 1e9)
                if not await self._reached(appointed_ns):
                    return
                under_way.create_task(self.play(play, repeat, appointed_ns))

    async def _reached(self, appointed_ns: int) -> bool:
        """Wait for a moment; False if the suite is stopped before it."""
        with suppress(TimeoutError):
            async with asyncio.timeout((appointed_ns - perf_counter_ns()) / 1e9):
                await self.stop.wait()
        return not self.stop.is_set()


def interleaved(plays: Sequence[Play]) -> list[tuple[int, Play]]:
    """Every run of the suite as (repeat, play): each scenario once, then each again, so that a machine that
    grows slower does so for all of them.
    """
    most = max(play.scenario.repeats for play in plays)
    return [(repeat, play) for repeat in range(1, most + 1) for play in plays if repeat <= play.scenario.repeats]


def warm_up_plays(suite: Suite, plays: Sequence[Play]) -> list[Play]:
    """The runs that are played first and left out: the shortest scenarios, so that warming up costs little."""
    by_length = sorted(plays, key=lambda play: play.planned_ms or float("inf"))
    return [by_length[index % len(by_length)] for index in range(suite.warm_up)]


def at_once(suite: Suite, plays: Sequence[Play]) -> float:
    """The number of runs under way at a time, on average over all loads: for an estimate of the suite's duration."""
    schedule = [play for play in plays for _ in range(play.scenario.repeats)]
    work_ms = sum(play.planned_ms or 0.0 for play in schedule)
    longest_ms = max(play.planned_ms or 0.0 for play in plays)
    lasts_ms = sum(
        work_ms / load.concurrency if load.concurrency else len(schedule) / (load.rate_per_s or 1.0) * 1000 + longest_ms
        for load in suite.loads
    )
    return max(1.0, len(suite.loads) * work_ms / lasts_ms) if lasts_ms else 1.0


async def play_suite(
    suite: Suite,
    plays: Sequence[Play],
    address: Address,
    stop: asyncio.Event,
    ended: Ended,
    play_run: PlayRun = play_run,
) -> PlayedSuite:
    """Play the whole suite under each of its loads, each run by ``play_run``. Setting ``stop`` ends it early and keeps
    every run that was complete.
    """
    warming = _Playing(address, suite, stop, ended, Load(concurrency=1), play_run)
    await warming.work(iter([(0, play) for play in warm_up_plays(suite, plays)]))
    schedule = interleaved(plays)
    place = {id(play): index for index, play in enumerate(plays)}
    runs: list[PlayedRun] = []
    most_at_once = 1
    with without_collection():
        async with measured_effort() as effort:
            for load in suite.loads:
                playing = _Playing(address, suite, stop, ended, load, play_run)
                await playing.play_all(schedule)
                runs += sorted(playing.runs, key=lambda run: (run.repeat, place[id(run.play)]))
                most_at_once = max(most_at_once, playing.most_at_once)
    return PlayedSuite(runs, len(warming.runs), len(schedule) * len(suite.loads) - len(runs), effort, most_at_once)
