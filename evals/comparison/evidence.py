"""The verdict on a difference between samples: whether it is relevant, and whether it may be chance."""

from dataclasses import dataclass

from backend.metrics.metric import Fact, Metric
from backend.metrics.statistics import LEVEL
from evals.comparison.models import Verdict
from evals.comparison.pairs import Matrix
from evals.results.bootstrap import percentile_ends

ALPHA = 1 - LEVEL
"""The share of comparisons of the same build in which a difference may be reported."""

_EQUIVALENCE_LEVEL = 1 - 2 * ALPHA


def is_worse(metric: Metric | Fact, difference: float) -> bool:
    """True if a difference of this sign is for the worse."""
    return difference > 0 if metric.direction == "lower" else metric.direction == "higher" and difference < 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """A metric's difference, B minus A, and the evidence for it, all in the metric's unit.

    ``draws`` are the bootstrapped differences, ``p_value`` is adjusted for the whole comparison. ``relevant``
    is the smallest relevant difference, ``alike`` the one within which both sides count as the same.
    """

    metric: Metric | Fact
    difference: float
    draws: Matrix
    p_value: float
    relevant: float
    alike: float

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the difference."""
        return percentile_ends(self.draws)

    @property
    def is_worse(self) -> bool:
        """True if the difference is for the worse, however small it is."""
        return is_worse(self.metric, self.difference)

    @property
    def is_relevant(self) -> bool:
        """True if the difference, and all of its interval, exceeds the smallest relevant one."""
        return abs(self.difference) > self.relevant and self.is_beyond(self.relevant)

    @property
    def is_negligible(self) -> bool:
        """True if the interval (of 90 %, as a test of equivalence takes it) contains only negligible differences."""
        lower, upper = percentile_ends(self.draws, _EQUIVALENCE_LEVEL)
        return -self.alike <= lower and upper <= self.alike

    @property
    def is_hidden_by_error(self) -> bool:
        """True if it is for the worse, not by chance, and too large to count as the same, so that only the error of
        measuring prevents a verdict. A gate that let this pass would let more pass on a noisier machine."""
        return self.p_value <= ALPHA and self.is_worse and self.is_beyond(self.alike)

    def verdict(self) -> tuple[Verdict, str]:
        """The verdict, and the reason."""
        if self.is_relevant:
            return self._verdict_on_relevant()
        if self.is_negligible:
            return "same", "whatever differs is too small to be relevant"
        if self.alike < abs(self.difference) <= self.relevant:
            return "inconclusive", "it differs by less than the error of measuring"
        return "inconclusive", "the runs are too few, or differ too much among themselves"

    def _verdict_on_relevant(self) -> tuple[Verdict, str]:
        if self.p_value > ALPHA:
            return "inconclusive", "it differs, but among so many comparisons this may be chance"
        if self.metric.direction == "none":
            return "inconclusive", "it differs, and neither way is better"
        return ("worse" if self.is_worse else "better"), "it differs by more than is relevant"

    def is_beyond(self, bound: float) -> bool:
        """True if the end of the interval that is nearer to no difference lies beyond the bound."""
        lower, upper = self.interval
        return lower > bound if self.difference > 0 else upper < -bound
