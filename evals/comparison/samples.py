"""The values of one metric in one scenario on both sides, and what a difference between them is judged by."""

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
    """The values of one metric in one scenario on both sides, without missing ones, and what they are judged by.

    ``draws`` are the bootstrapped differences of medians, None where a side has no value. ``exact``: the values are no
    sample, but what such a run always gives.
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
        """What a difference must exceed; exact values may not differ at all."""
        return 0.0 if self.exact else smallest_relevant(self.metric.unit, median(self.a), self.error_ms, self.markers)

    @property
    def alike(self) -> float:
        """Within which difference the sides count as the same."""
        return 0.0 if self.exact else alike(self.metric.unit, median(self.a), self.markers)

    @property
    def identical(self) -> bool:
        """Whether both sides hold the same values, as where the same recordings were scored twice."""
        return np.array_equal(np.sort(self.a), np.sort(self.b))

    @property
    def testable(self) -> bool:
        """Whether there are enough runs that dealing their labels anew can show anything."""
        return 2 / math.comb(len(self.a) + len(self.b), len(self.a)) <= ALPHA


def median(values: Matrix) -> float:
    """The nearest-rank median; 0 without values."""
    return float(np.sort(values)[(len(values) - 1) // 2]) if len(values) else 0.0


def bootstrapped(a: Matrix, b: Matrix, generator: np.random.Generator) -> Matrix | None:
    """Bootstrapped differences of medians, B minus A; None where a side has no value."""
    return medians(b, generator) - medians(a, generator) if len(a) and len(b) else None
