"""The direction of a series, and whether its newest value breaks it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

FEWEST_POINTS = 5
"""Points before and with the newest that a break needs: four give a direction, the fifth contradicts it."""
CLEAR_TAU = 0.5
"""From this absolute value on, Kendall's tau (a) of values against time is called a direction."""
LARGE_SHARE = 0.25
"""A break is at least this share of the range of the values before it."""

DirectionOfSeries = Literal["rising", "falling", "unclear"]


@dataclass(frozen=True, slots=True)
class Trend:
    """``direction`` and ``tau`` are those of all values; the others leave out the newest."""

    direction: DirectionOfSeries
    tau: float
    before: DirectionOfSeries
    tau_before: float
    newest_contradicts: bool
    """Whether the newest step goes against the direction before it, is the largest step against it so far, and is at
    least ``LARGE_SHARE`` of the range before it."""


def trend_of(values: Sequence[float]) -> Trend:
    """The trend of values in order of time; with fewer than three its direction is unclear."""
    before = values[:-1]
    direction, direction_before = _direction(values), _direction(before)
    return Trend(
        direction=direction,
        tau=kendall_tau(values),
        before=direction_before,
        tau_before=kendall_tau(before),
        newest_contradicts=_contradicts(values, direction_before),
    )


def kendall_tau(values: Sequence[float]) -> float:
    """Kendall's tau a of values against their order: concordant less discordant pairs, over all pairs. 0 for fewer
    than two values."""
    count = len(values)
    pairs = count * (count - 1) // 2
    signs = (
        (values[later] > values[earlier]) - (values[later] < values[earlier])
        for earlier in range(count)
        for later in range(earlier + 1, count)
    )
    return sum(signs) / pairs if pairs else 0.0


def _direction(values: Sequence[float]) -> DirectionOfSeries:
    tau = kendall_tau(values)
    if len(values) < 3 or abs(tau) < CLEAR_TAU:
        return "unclear"
    return "rising" if tau > 0 else "falling"


def _contradicts(values: Sequence[float], before: DirectionOfSeries) -> bool:
    if before == "unclear" or len(values) < FEWEST_POINTS:
        return False
    sign = 1 if before == "rising" else -1
    against = [sign * (earlier - later) for earlier, later in pairwise(values)]
    newest, largest_so_far = against[-1], max(against[:-1])
    spread = max(values[:-1]) - min(values[:-1])
    return newest > 0 and newest > largest_so_far and newest >= LARGE_SHARE * spread
