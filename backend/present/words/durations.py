"""Durations, rates and counts as people read them."""

import math

NO_VALUE = "–"
"""Shown if there is no value: missing is never 0."""


def format_ms(milliseconds: float | None) -> str:
    """A duration: ``820 ms``, ``3.4 s``, ``2 min 05 s``, ``1 h 02 min``; a dash for None, NaN and infinity."""
    if milliseconds is None or not math.isfinite(milliseconds):
        return NO_VALUE
    duration = max(0.0, milliseconds)
    if round(duration) < 1000:
        return f"{round(duration)} ms"
    if round(duration, -2) < 60_000:
        return f"{duration / 1000:.1f} s"
    seconds = round(duration / 1000)
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02d} s"
    minutes = round(duration / 60_000)
    return f"{minutes // 60:,} h {minutes % 60:02d} min"


def format_clock(milliseconds: float) -> str:
    """A moment of a run on one fixed width: ``0:03.4``, ``12:05.0``."""
    tenths = round(max(0.0, milliseconds) / 100) if math.isfinite(milliseconds) else 0
    return f"{tenths // 600}:{tenths % 600 // 10:02d}.{tenths % 10}"


def format_rate(per_second: float | None) -> str:
    """A rate without its unit: ``0.8``, ``12``, ``1,204``; a dash for None, NaN and infinity."""
    if per_second is None or not math.isfinite(per_second):
        return NO_VALUE
    return f"{per_second:.1f}" if abs(per_second) < 9.95 else f"{per_second:,.0f}"


def format_count(count: int, singular: str, plural: str | None = None) -> str:
    """A count with its noun: ``1 source``, ``3 sources``, ``no sources``."""
    nouns = plural or f"{singular}s"
    return f"{count:,} {singular if count == 1 else nouns}" if count else f"no {nouns}"


def token_events_per_second(token_events: int, first_ms: float | None, last_ms: float | None) -> float | None:
    """(n - 1) / (last - first), as METRICS defines it; None for fewer than two token events or no time between."""
    if token_events < 2 or first_ms is None or last_ms is None or last_ms <= first_ms:
        return None
    return (token_events - 1) * 1000.0 / (last_ms - first_ms)
