"""How a metric is judged: a time by its middle and its tail, a count and a share by its total and by runs."""

from typing import Final, Literal

from backend.metrics.metric import Fact, Metric

Kind = Literal["time", "count", "share"]

DECIDES_NOTHING: Final = frozenset({"connect_ms"})
"""Connecting is not part of a run: it is shown, and no verdict or exit code depends on it."""


def kind(metric: Metric | Fact) -> Kind:
    """True if a run's value is measured (times and rates), counted, or a share of something in the run."""
    if metric.unit == "count":
        return "count"
    return "share" if metric.unit in ("share", "tau") else "time"


def best(metric: Metric | Fact) -> float | None:
    """The value that a run has where nothing is wrong; None where a metric has no such value."""
    if kind(metric) == "time" or metric.direction == "none":
        return None
    return 0.0 if metric.direction == "lower" else 1.0


def needs_quiet(metric: Metric | Fact) -> bool:
    """True if the value depends on how busy the machine was. A count does not: a second is a second."""
    return metric.clocked and kind(metric) != "count"
