"""The values of one metric in one scenario on both sides, and the measures for judging their difference."""

from dataclasses import dataclass
from functools import cached_property
from math import comb

import numpy as np

from backend.metrics.metric import Fact, Metric
from evals.comparison.pairs import Matrix
from evals.comparison.relevance import alike, smallest_relevant
from evals.comparison.runs_beyond import Bound


@dataclass(frozen=True)
class Sample:
    """The values of one metric in one scenario on both sides, without missing ones, and the measures for judging them.

    ``scripted``: the values are not a sample; such a run always gives the same. ``same_runs``: both sides are the very
    same runs, as where recordings were scored twice. ``p_level`` and ``p_beyond`` are adjusted p-values: of the level
    (the mean) and of the share of runs beyond the bound.
    """

    metric: Metric | Fact
    scenario: str
    a: Matrix
    b: Matrix
    error_ms: float
    markers: float
    scripted: bool
    same_runs: bool
    bound: Bound
    p_level: float
    p_beyond: float

    @property
    def smallest_relevant(self) -> float:
        """The difference of the level that must be exceeded."""
        return smallest_relevant(self.metric.unit, self.level_of_a, self.error_ms, self.markers)

    @property
    def alike(self) -> float:
        """The largest difference of the level at which the sides count as the same."""
        return alike(self.metric.unit, self.level_of_a, self.markers)

    @cached_property
    def level_of_a(self) -> float:
        """The median of A."""
        return median(self.a)

    @property
    def is_there(self) -> bool:
        """True if both sides have values."""
        return bool(len(self.a) and len(self.b))

    @property
    def differs_wholly(self) -> bool:
        """True if each side has one value in all of its runs, and not the same."""
        values = np.unique(self.a), np.unique(self.b)
        return all(len(one) == 1 for one in values) and values[0][0] != values[1][0]

    @cached_property
    def beyond(self) -> tuple[int, int]:
        """How many runs of each side lie beyond the bound."""
        return int(self.bound.passed(self.a).sum()), int(self.bound.passed(self.b).sum())

    @property
    def labellings(self) -> int:
        """In how many ways the runs can be dealt to both sides."""
        return comb(len(self.a) + len(self.b), len(self.a))


def median(values: Matrix) -> float:
    """The nearest-rank median; 0 without values."""
    return float(np.sort(values)[(len(values) - 1) // 2]) if len(values) else 0.0
