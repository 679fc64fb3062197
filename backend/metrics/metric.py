"""What a metric is: a key, words for people, and a pure function from a trace to a number or to no value."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from backend.metrics.trace import Trace

Unit = Literal["ms", "marker*ms", "count", "share", "1/s", "tau"]
Direction = Literal["lower", "higher", "none"]
"""Which way is better; ``none`` where a number only describes."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. Its definition, for the glossary of a report, is the docstring of ``measure``.

    ``measure`` gives None where the run has no such value: missing is counted, never 0. ``clocked`` says
    that the value depends on a clock and not only on what came in which order.
    """

    key: str
    label: str
    unit: Unit
    direction: Direction
    measure: Callable[[Trace], float | int | None]
    clocked: bool = True
    plane: str = "wire"
    """The plane of the value in a result: stamps taken when bytes arrived."""

    @property
    def definition(self) -> str:
        """The definition in sentences, from the function that computes the value."""
        return " ".join((inspect.getdoc(self.measure) or "").split())


@dataclass(frozen=True, slots=True)
class Fact:
    """A value that is not in the stream: the player knows it, since it did it to the run or saw it beside the run.
    Described like a metric, so that limits, comparisons and glossaries treat both alike.
    """

    key: str
    label: str
    unit: Unit
    direction: Direction
    definition: str
    clocked: bool = True
    plane: str = "wire"
