"""How far apart the rounds of a task are that has much to do.

A round costs something by itself, whatever it brings: a system call, an answer from another process, a wake-up of a
process that was asleep. Where little happens, each thing gets a round at once; the more happens, the longer a round
waits for more, up to a limit that nobody sees.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

RATE_WINDOW_S = 0.25
"""How long things are counted for their rate."""


@dataclass(frozen=True, slots=True)
class Distance:
    """How the distance of two rounds follows from what they bring."""

    shortest_s: float
    """The shortest distance of two rounds, in seconds."""
    longest_s: float
    """The longest one."""
    few_a_second: float
    """So many things a second get along with the shortest one."""
    for_rate_s: float
    """By so many seconds the distance grows for each further thing a second."""


class RoundPace:
    """The distance of the rounds of one task, from what its rounds have brought lately."""

    def __init__(self, distance: Distance) -> None:
        self._distance = distance
        self._served = 0
        self._since = 0.0
        self._rest_s = distance.shortest_s

    def rest_s(self, now: float, served: int) -> float:
        """How many seconds to stay away after a round at that moment (in seconds of any steady clock) that brought so
        many things."""
        self._served += served
        passed = now - self._since
        if passed >= RATE_WINDOW_S:
            distance = self._distance
            above = max(0.0, self._served / passed - distance.few_a_second)
            self._served, self._since = 0, now
            rest_s = min(distance.longest_s, distance.shortest_s + distance.for_rate_s * above)
            # Half-way: things that share a round lower the rate, so the rest would swing from window to window.
            self._rest_s = (self._rest_s + rest_s) / 2
        return self._rest_s


class Rounds:
    """Keeps the rounds of a task apart, on the clock of its event loop."""

    def __init__(self, distance: Distance) -> None:
        self._pace = RoundPace(distance)
        self._began = 0.0
        self._next_at = 0.0

    async def rest(self, wanted: asyncio.Event | None = None) -> None:
        """Return when the next round is due, or ``wanted`` is set. At once where the last round was long ago."""
        loop = asyncio.get_running_loop()
        rest_s = self._next_at - loop.time()
        if rest_s > 0 and not (wanted is not None and wanted.is_set()):
            with suppress(TimeoutError):
                async with asyncio.timeout(rest_s):
                    await (wanted or asyncio.Event()).wait()
        self._began = loop.time()

    def served(self, things: int, *, more: bool = False) -> None:
        """The round that ``rest`` allowed has brought so many things. ``more``: others wait already."""
        rest_s = self._pace.rest_s(self._began, things)
        self._next_at = 0.0 if more else self._began + rest_s
