"""The strip's axis: how far it reaches while a run is running, the bins of its tokens, and its ticks."""

from bisect import bisect_left
from typing import Final

BINS: Final = 96
"""Bins of the whole axis."""
_FIRST_MS: Final = 5_000.0
_REACHES: Final = (1, 2, 4, 8, 12, 24)
"""The axis reaches 5, 10, 20, 40, 60 and 120 s; then the same again in units of 5 minutes, then of 5 hours."""
_NEXT_UNIT: Final = 60
_TICK_STEPS: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18_000, 36_000)
_MOST_TICKS: Final = 6
_A_MINUTE_S: Final = 60
_AN_HOUR_S: Final = 3_600


def axis_unit(end_ms: float) -> float:
    """The reach in milliseconds whose multiples the axis has while a run has come that far: 5 s, 5 min, 5 h …"""
    unit = _FIRST_MS
    while end_ms > unit * _REACHES[-1]:
        unit *= _NEXT_UNIT
    return unit


def axis_reach(end_ms: float) -> float:
    """The end of the axis of a running run that has come as far as ``end_ms``: the next of 5, 10, 20, 40, 60, 120 s …

    It jumps, so that between two jumps a bar only grows.
    """
    unit = axis_unit(end_ms)
    return unit * _REACHES[bisect_left(_REACHES, end_ms / unit)]


def ticks(end_ms: float) -> list[tuple[float, str]]:
    """The ticks of an axis that ends there: (milliseconds, label), at most seven, the first at 0."""
    seconds = end_ms / 1000
    step = next((step for step in _TICK_STEPS if seconds / step <= _MOST_TICKS), seconds / _MOST_TICKS)
    count = int(seconds / step + 1e-9)
    return [(index * step * 1000, _label(index * step, step)) for index in range(count + 1)]


def axis_figures() -> dict[str, object]:
    """The figures for the page's script, which lets the axis jump between two models."""
    return {
        "first": _FIRST_MS, "reaches": _REACHES, "nextUnit": _NEXT_UNIT, "steps": _TICK_STEPS, "mostTicks": _MOST_TICKS
    }  # fmt: skip


def _label(seconds: float, step: float) -> str:
    if not seconds:
        return "0"
    if step < 1:
        return f"{seconds:.1f} s"
    if step < _A_MINUTE_S:
        whole = round(seconds)
        return f"{whole} s" if whole < 2 * _A_MINUTE_S else f"{whole // 60}:{whole % 60:02d}"
    return f"{seconds / 60:g} min" if step < _AN_HOUR_S else f"{seconds / 3600:g} h"
