"""Strange runs: unlike the others of their scenario.

A run's distance in a metric is the distance of its value from its scenario's median, in robust standard deviations:
1.4826 times the median absolute deviation (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993), and at least
one millisecond, one count, or two hundredths of the median, so that a scenario that hardly varies makes nothing
strange. A run is strange by its farthest metric, from 6 on. A scenario of fewer than five runs has no usual spread.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.metrics.metric import Unit
from backend.metrics.registry import BY_KEY
from evals.results.models import RunResult

STRANGE_FROM: Final = 6.0
FEWEST_RUNS: Final = 5

_NORMAL: Final = 1.4826
_SMALLEST_SHARE: Final = 0.02
_SMALLEST: Final[dict[Unit, float]] = {
    "ms": 1.0,
    "marker*ms": 50.0,
    "count": 1.0,
    "share": 0.02,
    "1/s": 1.0,
    "tau": 0.1,
}


@dataclass(frozen=True, slots=True)
class Strangeness:
    """The distance of a run's ``metric`` from its scenario's median, in spreads of its scenario."""

    distance: float
    metric: str
    value: float
    median: float


def strangeness(groups: dict[str, list[int]], runs: Sequence[RunResult]) -> dict[int, Strangeness]:
    """For each strange run, by its index in ``runs``, its strangest metric."""
    found: dict[int, Strangeness] = {}
    for places in groups.values():
        if len(places) < FEWEST_RUNS:
            continue
        for key in runs[places[0]].metrics:
            if key in BY_KEY:
                _of_metric(key, places, runs, found)
    return found


def _of_metric(key: str, places: list[int], runs: Sequence[RunResult], found: dict[int, Strangeness]) -> None:
    values = np.array([_number(runs[place].metrics.get(key)) for place in places])
    present = values[~np.isnan(values)]
    if len(present) < FEWEST_RUNS:
        return
    median = float(np.median(present))
    usual = _NORMAL * float(np.median(np.abs(present - median)))
    spread = max(usual, _SMALLEST[BY_KEY[key].unit], _SMALLEST_SHARE * abs(median))
    for place, value in zip(places, values, strict=True):
        distance = abs(float(value) - median) / spread
        if distance >= STRANGE_FROM and (place not in found or distance > found[place].distance):
            found[place] = Strangeness(distance, key, float(value), median)


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)
