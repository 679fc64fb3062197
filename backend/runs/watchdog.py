"""The times of one run: how long it has taken, been silent and gone unwatched, and the alarm when one is over."""

import asyncio
from collections.abc import Callable

from backend.agents.clock import Clock
from backend.protocol.ending import Ending
from backend.runs.limits import Limits
from backend.runs.steering.stopwatch import Stopwatch

_SHORTEST_SLEEP_S = 0.001
"""A rest of a limit that is smaller than the clock's resolution would be slept for ever."""


class Watchdog:
    """Calls ``alarm`` once, when a limit is reached. Sleeps until the nearest one; a draft only moves a mark."""

    def __init__(self, limits: Limits, timer: Clock, alarm: Callable[[Ending], object]) -> None:
        self._limits = limits
        self._timer = timer
        self._alarm = alarm
        self.stopwatch = Stopwatch(timer.now())
        """The run's times on ``timer``."""
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch, or look anew at what is nearest."""
        self.stop()
        self._task = asyncio.create_task(self._watch())

    def stop(self) -> None:
        """Watch no more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def limit(self, limits: Limits) -> None:
        """Watch for these limits from now on."""
        self._limits = limits
        if self._task is not None:
            self.start()

    def heard(self) -> None:
        """The agent has sent something."""
        self.stopwatch.heard(self._timer.now())

    def watched(self, watched: bool) -> None:
        """Whether anybody watches the run now."""
        self.stopwatch.watched(self._timer.now(), watched=watched)
        if self._task is not None and not watched:
            self.start()

    def stand(self, *, waiting: bool, paused: bool) -> None:
        """While a request is open, or the run is paused, no limit comes nearer, and nobody waits for one."""
        self.stopwatch.stand(self._timer.now(), waiting=waiting, paused=paused)
        if self._task is not None:
            self.start()

    def _times(self) -> tuple[float, float, float | None]:
        return self.stopwatch.times(self._timer.now())

    async def _watch(self) -> None:
        if self.stopwatch.stands:
            return
        while (ending := self._limits.overdue(*self._times())) is None:
            await self._timer.sleep(max(_SHORTEST_SLEEP_S, self._limits.remaining(*self._times())))
        self._alarm(ending)
