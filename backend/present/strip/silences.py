"""The silences of a run: stretches in which neither an event nor hidden activity came."""

from bisect import bisect_right
from itertools import pairwise
from typing import Final

SILENT_AFTER_MS: Final = 1_000.0
"""A shorter stretch is not silence."""


class Silences:
    """The gaps between moments that are longer than ``SILENT_AFTER_MS``, kept up to date with each moment.

    Moments may come out of order, as hidden activity does, whose times arrive with a later status: one inside a silence
    divides it. The same moments in any order give the same silences.
    """

    def __init__(self) -> None:
        self.latest_ms = 0.0
        """The last moment so far; the run's start is one."""
        self._gaps: list[tuple[float, float]] = []

    def add(self, at_ms: float) -> None:
        """Something came then."""
        if at_ms > self.latest_ms:
            self._gaps += _silent([self.latest_ms, at_ms])
            self.latest_ms = at_ms
            return
        index = bisect_right(self._gaps, at_ms, key=lambda gap: gap[0]) - 1
        if index >= 0 and self._gaps[index][0] < at_ms < self._gaps[index][1]:
            start, end = self._gaps[index]
            self._gaps[index : index + 1] = _silent([start, at_ms, end])

    def gaps(self) -> list[tuple[float, float]]:
        """(start, end) of each silence, in order."""
        return list(self._gaps)


def _silent(moments: list[float]) -> list[tuple[float, float]]:
    return [(before, after) for before, after in pairwise(moments) if after - before > SILENT_AFTER_MS]


def without(gaps: list[tuple[float, float]], waits: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The silences of an agent that could have said something: what it waited for a person is taken out of them."""
    left = gaps
    for wait_start, wait_end in waits:
        parts = [
            part
            for start, end in left
            for part in ((start, min(end, wait_start)), (max(start, wait_end), end))
            if wait_start < end and start < wait_end
        ]
        untouched = [(start, end) for start, end in left if not (wait_start < end and start < wait_end)]
        left = sorted([*untouched, *(part for part in parts if part[1] - part[0] > SILENT_AFTER_MS)])
    return left
