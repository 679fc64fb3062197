"""The values of one metric in one scenario on both sides, and the measures for judging their difference."""

import math
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
    matched: bool = False
    """True if the values at one place of both sides are of the same scenario, played once."""

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
        """The middle of A."""
        return self.middle(self.a)

    def middle(self, values: Matrix) -> float:
        """The level of values of one side: their median; of matched ones the mean, since their scenarios differ."""
        return float(values.mean()) if self.matched and len(values) else median(values)

    @property
    def scenarios(self) -> int:
        """How many scenarios it stands for."""
        return len(self.a) if self.matched else 1

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
        if self.matched:
            return 1 << len(self.a)
        return comb(len(self.a) + len(self.b), len(self.a))


def mean_draws(differences: Matrix, generator: np.random.Generator, draws: int) -> Matrix:
    """Draws from what is known of the mean of matched differences: Student's distribution around it, which is wider
    than a bootstrap where they are few."""
    n = len(differences)
    if n < 2 or (differences == differences[0]).all():
        return np.full(draws, differences.mean())
    error = differences.std(ddof=1) / math.sqrt(n)
    return np.asarray(differences.mean() + error * generator.standard_t(n - 1, size=draws))


def median(values: Matrix) -> float:
    """The nearest-rank median; 0 without values."""
    return float(np.sort(values)[(len(values) - 1) // 2]) if len(values) else 0.0
