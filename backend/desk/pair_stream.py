"""Two runs followed to the end of the longer one, as updates for either UI."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final, Protocol

from backend.client.errors import ClientError
from backend.client.frames import Frame
from backend.desk.backend_watch import BETWEEN_TRIALS_S, ReadyCall, wait_for_backend
from backend.desk.followed_strip import FollowedStrip
from backend.desk.player import Moment, SeenRun
from backend.desk.run_pair import BOTH, PairedRun, RunPair, Which
from backend.desk.run_recording import RecordingCall, recording_of_run
from backend.present.pages.comparison import Compared
from backend.present.pages.problem import Problem, problem_of
from backend.present.strip.page_data import ShownStrip, strip_data
from backend.protocol.recordings import Recording


class PairCalls(ReadyCall, RecordingCall, Protocol):
    """The calls of the client for following runs."""

    def frames(self, run_id: str) -> AsyncGenerator[Frame, None]:
        """The run as views at the pace of a screen; the last one is complete."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often each thing happens, in seconds."""

    drawn_every_s: float = 0.25
    """Both runs are drawn at once, and the browser has to keep up: with ten draws a second for each of two runs, a busy
    machine never draws the chart and the buttons."""
    numbers_every_s: float = 2.0
    """While a run is running, the table and its texts are made again this often."""
    trials_every_s: float = BETWEEN_TRIALS_S
    """While the backend is away, it is tried this often."""


USUAL_PACE: Final = Pace()


@dataclass(frozen=True, slots=True)
class PairUpdate:
    """Both runs as the page shows them now, whole: a slow page may skip all updates but the newest one."""

    moment: Moment
    compared: tuple[Compared, Compared]
    """Both for the table: the very same object until there are new numbers."""
    running: bool
    problem: Problem | None


class PairStream:
    """Follows one pair for one watcher. It ends early once the tab has moved on to another pair."""

    def __init__(self, client: PairCalls, pair: RunPair, pace: Pace = USUAL_PACE) -> None:
        """``pair`` must be complete."""
        self._client, self._pair, self._pace = client, pair, pace
        self._serial = pair.serial
        self._frames: dict[Which, Frame] = {}
        self._strips: dict[Which, FollowedStrip] = {}
        self._away: dict[Which, Problem] = {}
        self._compared: tuple[Compared, Compared]
        self._known = -1

    async def updates(self) -> AsyncGenerator[PairUpdate, None]:
        """Both as far as they are known, then with more events, and at last with their ends."""
        update = self._update()
        yield update
        if not update.running:
            return
        tasks = [asyncio.create_task(self._follow(which)) for which in BOTH if self._pair.side(which).running]
        tasks.append(asyncio.create_task(self._renew_numbers()))
        try:
            while update.running:
                await asyncio.sleep(self._pace.drawn_every_s)
                for task in tasks:
                    if task.done():
                        task.result()
                if not self._is_current():
                    return
                update = self._update()
                yield update
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    def _update(self) -> PairUpdate:
        pair = self._pair
        if self._known != pair.moves:
            self._compared, self._known = pair.compared(), pair.moves
        moment = pair.moment()
        if pair.running:
            seen = tuple(self._seen(which, run) for which, run in zip(BOTH, moment.runs, strict=True))
            moment = replace(moment, runs=seen, strip=strip_data(self._live_strips()))
        away = next(iter(self._away.values()), None)
        return PairUpdate(moment, self._compared, pair.running, away or pair.problem)

    def _seen(self, which: Which, known: SeenRun) -> SeenRun:
        """The newest frame. A frame before the first event knows less than the page does."""
        frame = self._frames.get(which)
        if frame is None or not frame.view.stream.last_seq:
            return known
        return SeenRun(frame.view, frame.elapsed_ms, still=False)

    def _live_strips(self) -> list[ShownStrip]:
        """Both strips as far as they are followed; the clock of one that is over stands still."""
        return [
            replace(
                shown,
                model=(self._strips[which].model if which in self._strips else None) or shown.model,
                live_ms=self._frames[which].elapsed_ms if which in self._frames else None,
            )
            for which, shown in zip(BOTH, self._pair.strips(), strict=True)
        ]

    async def _follow(self, which: Which) -> None:
        """Follow one run to its end, or as far as it can be loaded."""
        run_id = self._pair.side(which).run_id
        while True:
            try:
                strip = self._strips[which] = FollowedStrip(self._client, run_id)
                async with aclosing(self._client.frames(run_id)) as frames:
                    async for frame in frames:
                        strip.take(frame)
                        self._frames[which] = frame
                        if strip.behind:
                            await strip.catch_up()
            except ClientError as error:
                found: Recording | Problem = problem_of(error, run_id)
            else:
                found = await recording_of_run(self._client, run_id)
            if not (isinstance(found, Problem) and found.passes):
                break
            self._away[which] = found
            await wait_for_backend(self._client, self._pace.trials_every_s, wanted=self._is_current)
            del self._away[which]
        if isinstance(found, Problem):
            self._learn(which, replace(self._pair.side(which), problem=found))
        else:
            ended = PairedRun(found, run_id)
            # A stream that ended without the run's end will not continue.
            self._learn(which, ended if ended.ended else replace(ended, problem=Problem("interrupted")))

    async def _renew_numbers(self) -> None:
        while True:
            for which in BOTH:
                side = self._pair.side(which)
                if side.running:
                    found = await recording_of_run(self._client, side.run_id)
                    if isinstance(found, Recording) and len(found.events) > len(side.recording.events):
                        self._learn(which, replace(side, recording=found))
            await asyncio.sleep(self._pace.numbers_every_s)

    def _is_current(self) -> bool:
        return self._pair.serial == self._serial

    def _learn(self, which: Which, side: PairedRun) -> None:
        """Keep it, unless the end is known by now or the tab has moved on."""
        if self._is_current() and self._pair.side(which).running:
            self._pair.learn(which, side)
