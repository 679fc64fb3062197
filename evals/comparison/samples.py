"""The values of one metric in one scenario on both sides, and the measures for judging their difference."""

import math
from dataclasses import dataclass

import numpy as np

from backend.metrics.metric import Fact, Metric
from evals.comparison.evidence import ALPHA
from evals.comparison.pairs import Matrix
from evals.comparison.relevance import alike, smallest_relevant
from evals.results.bootstrap import medians


@dataclass(frozen=True, slots=True)
class Sample:
    """The values of one metric in one scenario on both sides, without missing ones, and the measures for judging them.

    ``draws`` are the bootstrapped differences of medians, None if a side has no value. ``exact``: the values are not a
    sample; such a run always gives the same.
    """

    metric: Metric | Fact
    scenario: str
    a: Matrix
    b: Matrix
    error_ms: float
    markers: float
    exact: bool
    p_value: float
    draws: Matrix | None

    @property
    def smallest_relevant(self) -> float:
        """The difference that must be exceeded; exact values may not differ at all."""
        return 0.0 if self.exact else smallest_relevant(self.metric.unit, median(self.a), self.error_ms, self.markers)

    @property
    def alike(self) -> float:
        """The largest difference at which the sides count as the same."""
        return 0.0 if self.exact else alike(self.metric.unit, median(self.a), self.markers)

    @property
    def identical(self) -> bool:
        """True if both sides have the same values, for example if the same recordings were scored twice."""
        return np.array_equal(np.sort(self.a), np.sort(self.b))

    @property
    def testable(self) -> bool:
        """True if there are enough runs for a permutation test."""
        return 2 / math.comb(len(self.a) + len(self.b), len(self.a)) <= ALPHA


def median(values: Matrix) -> float:
    """The nearest-rank median; 0 without values."""
    return float(np.sort(values)[(len(values) - 1) // 2]) if len(values) else 0.0


def bootstrapped(a: Matrix, b: Matrix, generator: np.random.Generator) -> Matrix | None:
    """Bootstrapped differences of medians, B minus A; None if a side has no value."""
    return medians(b, generator) - medians(a, generator) if len(a) and len(b) else None
