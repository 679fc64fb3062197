"""When tokens and hidden activity came: counts in bins that grow with the axis, at a flat cost for each event."""

from collections import Counter
from math import ceil

from backend.present.strip.axis import BINS, axis_reach, axis_unit


class Density:
    """Counts of one kind of moment. Times may come in any order: the same times give the same bins."""

    def __init__(self) -> None:
        self._unit_ms = axis_unit(0.0)
        self._counts: Counter[int] = Counter()
        self._latest_ms = 0.0

    def add(self, at_ms: float) -> None:
        """Something came then."""
        if at_ms > self._latest_ms:
            self._latest_ms = at_ms
            unit = axis_unit(at_ms)
            if unit != self._unit_ms:
                self._coarsen(unit)
        self._counts[int(at_ms * BINS / self._unit_ms)] += 1

    def bins(self, width_ms: float) -> list[int]:
        """The counts in bins of that width (one that ``bin_width`` gives), up to the last one that is not empty."""
        per_bin = round(width_ms * BINS / self._unit_ms)
        counts: Counter[int] = Counter()
        for index, count in self._counts.items():
            counts[index // per_bin] += count
        return [counts[index] for index in range(max(counts) + 1)] if counts else []

    def _coarsen(self, unit_ms: float) -> None:
        factor = round(unit_ms / self._unit_ms)
        merged: Counter[int] = Counter()
        for index, count in self._counts.items():
            merged[index // factor] += count
        self._counts, self._unit_ms = merged, unit_ms


def bin_width(end_ms: float, *, ended: bool) -> float:
    """The milliseconds of a bin in the strip of a run that has come as far as ``end_ms``: ``BINS`` of them reach to the
    end of the axis, or a little further than the end of the run."""
    unit = axis_unit(end_ms)
    return (max(1, ceil(end_ms / unit)) * unit if ended else axis_reach(end_ms)) / BINS
