"""How long events wait from when they are written until they are with their watchers."""

from bisect import bisect_left
from typing import Final

BOUNDS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""The upper bounds of the histogram's buckets, in seconds."""


class EventLag:
    """A histogram. One value for each tick of deliveries: that of the event which waited longest."""

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS_S) + 1)
        """How many values each bucket has, the last one those beyond all bounds."""
        self.sum_s = 0.0
        """The sum of all values, in seconds."""

    def add(self, seconds: float) -> None:
        """Count a value."""
        self.counts[bisect_left(BOUNDS_S, seconds)] += 1
        self.sum_s += seconds
