"""Metric values as a report shows them: finer than in a UI, since single milliseconds matter in a report."""

from backend.metrics.metric import Unit
from backend.present.words.durations import NO_VALUE

Interval = tuple[float, float]


def formatted(value: float | None, unit: Unit) -> str:
    """A value with its unit; a dash for no value."""
    if value is None:
        return NO_VALUE
    if unit == "ms":
        return milliseconds(value)
    if unit == "marker*ms":
        if value == 0:
            return "0"
        return f"{value / 1000:,.2f} marker·s" if value >= 1000 else f"{value:,.0f} marker·ms"
    if unit == "share":
        return f"{value * 100:.2f}".rstrip("0").rstrip(".") + " %" if value < 0.01 else f"{value * 100:.3g} %"
    if unit == "tau":
        return f"{value:+.2f}".replace("-", "−")
    if unit == "1/s":
        return f"{value:,.1f}/s"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def milliseconds(value: float | None) -> str:
    """A duration: ``0.18 ms``, ``8.3 ms``, ``259 ms``, ``2.57 s``, ``42.1 s``."""
    if value is None:
        return NO_VALUE
    size = abs(value)
    if size >= 9_995:
        return f"{value / 1000:,.1f} s"
    if size >= 999.5:
        return f"{value / 1000:.2f} s"
    if size >= 99.5 or value == 0:
        return f"{value:.0f} ms"
    return f"{value:.1f} ms" if size >= 0.95 else f"{value:.2f} ms"


def difference(value: float | None, unit: Unit) -> str:
    """A difference with its sign; ``±0`` if it rounds to zero."""
    if value is None:
        return NO_VALUE
    text = formatted(abs(value), unit if unit != "tau" else "count")
    if unit == "tau":
        text = f"{abs(value):.2f}"
    if not any(digit in text for digit in "123456789"):
        return "±0"
    return f"{'+' if value > 0 else '−'}{text}"


def interval(bounds: Interval | None, unit: Unit) -> str:
    """An interval from its lower to its upper end; a dash if there is none."""
    if bounds is None:
        return NO_VALUE
    return f"{formatted(bounds[0], unit)} to {formatted(bounds[1], unit)}"
