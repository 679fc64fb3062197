"""Which runs lie beyond a bound: those with a stall, without a source, or much slower than usual.

The bound is found from the values of both results together, without a look at which value is whose, so that a test
that deals the labels anew stays exact.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backend.metrics.metric import Fact, Metric
from backend.metrics.statistics import nearest_rank
from evals.comparison.metric_kinds import best, kind
from evals.comparison.pairs import Matrix
from evals.comparison.relevance import smallest_relevant

Flags = npt.NDArray[np.bool_]

QUARTER_SPREADS = 4.0
"""How many times the distance from the median to the quartile on the better side a run must be away from the median: of
evenly spread values this is 1 run in 280 (a normal distribution), and a freeze in up to half of all runs leaves the
bound where it is."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The value that a run must exceed (or, ``from_below``, fall short of); ``value`` in the metric's unit."""

    value: float
    from_below: bool = False
    usual: bool = False
    """True if a run is beyond it by any value that differs from ``value``, the usual one."""

    def passed(self, values: Matrix) -> Matrix:
        """1 for each run beyond, 0 for others, NaN for those without a value."""
        with np.errstate(invalid="ignore"):
            beyond = (
                values != self.value if self.usual else values < self.value if self.from_below else values > self.value
            )
        return np.where(np.isnan(values), np.nan, beyond.astype(np.float64))


def bound_of(metric: Metric | Fact, values: Matrix, error: float, markers: float) -> Bound:
    """The bound for a metric's values of both results in one scenario, none of them missing.

    ``error`` is the error of measuring, in milliseconds; ``markers`` is the number of markers in the answers.
    """
    ideal = best(metric)
    if ideal is not None:
        return Bound(ideal, from_below=metric.direction == "higher")
    if not len(values):
        return Bound(0.0)
    if kind(metric) != "time":
        found, counts = np.unique(values, return_counts=True)
        return Bound(float(found[counts.argmax()]), usual=True)
    known = values.tolist()
    median = nearest_rank(known, 0.5) or 0.0
    relevant = smallest_relevant(metric.unit, median, error, markers)
    if metric.direction == "higher":
        return Bound(median - max(QUARTER_SPREADS * ((nearest_rank(known, 0.75) or 0.0) - median), relevant), True)
    return Bound(median + max(QUARTER_SPREADS * (median - (nearest_rank(known, 0.25) or 0.0)), relevant))
