"""One wake-up for many: what has to be done for logs that have grown is done together, a moment later.

An idle server answers in the same turn of its event loop. Under load the ticks take their distance from each other, so
that several runs share one write into the journal, several events of a run one write to each reader, and agents get
their turns.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from backend.runs.event_lag import EventLag
from backend.runs.pace import Distance, RoundPace

REST_S = 0.0001
"""A tick is followed by a pause of so many seconds for each callback: beyond 10,000 writes a second the pauses grow to
the longest, and a write then carries several events. A write costs a tenth of that."""

SHORTEST_REST_S = 0.001
"""The shortest pause between two ticks: events that come one by one, closely, are delivered together."""

LONGEST_REST_S = 0.04
"""The longest pause between two ticks: what one tick may add to the delay of an event."""

LIVE = Distance(SHORTEST_REST_S, LONGEST_REST_S, few_a_second=1000, for_rate_s=0.000_02)
"""Ticks of runs that are written in this process. A tick that serves many streams costs each of them less: the code
that delivers stays in the processor's caches, there is one write into the journal, and events of one run that come
closely share a write to its reader. Nobody sees the delay: a page draws ten times a second."""

CALLS_PER_TURN = 256
"""How many callbacks are called before the event loop gets a turn."""

Callback = Callable[[], object]


def _nothing() -> None:
    """There is nothing to keep."""


class Tick:
    """Calls back everything that has something new to deliver. Belongs to one event loop.

    ``keep`` is called before anything is delivered: it makes what was added so far survive the end of the process.
    """

    def __init__(self, keep: Callback = _nothing, distance: Distance = LIVE) -> None:
        self.keep = keep
        self.lag = EventLag()
        self._waiting_since = 0.0
        self._delivering_since = 0.0
        self._due: dict[Callback, None] = {}
        self._now: deque[Callback] = deque()
        self._planned = False
        self._rest_until = 0.0
        self._pace = RoundPace(distance)

    def add(self, callbacks: Iterable[Callback]) -> None:
        """Call back at the next tick, once however often it is added before."""
        if not self._due:
            self._waiting_since = asyncio.get_running_loop().time()
        for callback in callbacks:
            self._due[callback] = None
        if not self._planned:
            self.plan()

    def plan(self) -> None:
        """Have a tick soon, if only to keep what was added."""
        if not self._planned:
            self._planned = True
            loop = asyncio.get_running_loop()
            if loop.time() < self._rest_until:
                loop.call_at(self._rest_until, self._run)
            else:
                loop.call_soon(self._run)

    def discard(self, callback: Callback) -> None:
        """Do not call back any more, not even for what is due."""
        self._due.pop(callback, None)
        if callback in self._now:
            self._now.remove(callback)

    def _run(self) -> None:
        loop = asyncio.get_running_loop()
        self.keep()
        if not self._now:
            self._now.extend(self._due)
            self._due.clear()
            self._delivering_since = self._waiting_since
            self._rest_until = loop.time() + self._rest_s(loop.time(), len(self._now))
        for _ in range(min(CALLS_PER_TURN, len(self._now))):
            if self._now:
                self._now.popleft()()
        if self._now:
            loop.call_soon(self._run)
            return
        if self._delivering_since:
            self.lag.add(loop.time() - self._delivering_since)
            self._delivering_since = 0.0
        if self._due:
            loop.call_at(self._rest_until, self._run)
        else:
            self._planned = False

    def _rest_s(self, now: float, served: int) -> float:
        """How long to pause after a tick with so many callbacks."""
        return min(LONGEST_REST_S, max(self._pace.rest_s(now, served), REST_S * served))
