"""The verdict on a count or a share: by its mean, which is its total over runs, and by the share of runs that have any
(or, where higher is better, that miss anything).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backend.metrics.metric import Fact, Metric
from backend.metrics.statistics import LEVEL
from evals.comparison.beyond_evidence import BeyondEvidence
from evals.comparison.evidence import ALPHA, is_worse
from evals.comparison.findings import Finding, together
from evals.comparison.matched_shares import MatchedShares
from evals.comparison.metric_kinds import kind
from evals.comparison.models import Difference
from evals.comparison.pairs import Matrix
from evals.comparison.proportions import (
    ALIKE,
    EQUIVALENCE_LEVEL,
    MOST_RUNS,
    newcombe,
    readable,
    runs_that_tell,
    standardized,
)
from evals.comparison.relevance import alike, smallest_relevant
from evals.comparison.samples import Sample, mean_draws
from evals.results.bootstrap import RESAMPLES, means, percentile_ends

_FEWEST_DRAWN = 20
"""With fewer values a bootstrapped mean is too sure of itself (Hesterberg 2015)."""


@dataclass(frozen=True)
class CountEvidence:
    """A count or a share in one scenario, or over several, each with the weight of its runs."""

    metric: Metric | Fact
    samples: tuple[Sample, ...]
    scenario: str | None
    p_level: float
    p_beyond: float
    generator: np.random.Generator

    @cached_property
    def beyond(self) -> BeyondEvidence:
        """The evidence of the runs with any (or that miss anything)."""
        return BeyondEvidence(self.metric, self.samples, self.p_beyond)

    @cached_property
    def a(self) -> float:
        """The mean of A over its runs."""
        return self._over(lambda sample: float(sample.a.mean()))

    @cached_property
    def b(self) -> float:
        """The mean of B over its runs."""
        return self._over(lambda sample: float(sample.b.mean()))

    @cached_property
    def _weights(self) -> list[float]:
        runs = [len(sample.a) + len(sample.b) for sample in self.samples]
        return [one / sum(runs) for one in runs]

    def _over(self, value: Callable[[Sample], float]) -> float:
        return math.fsum(weight * value(one) for weight, one in zip(self._weights, self.samples, strict=True))

    @cached_property
    def _draws(self) -> Matrix:
        drawn = [
            mean_draws(sample.b - sample.a, self.generator, RESAMPLES)
            if sample.matched
            else means(sample.b, self.generator) - means(sample.a, self.generator)
            for sample in self.samples
        ]
        return np.asarray(sum(weight * one for weight, one in zip(self._weights, drawn, strict=True)))

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Of the difference of the means. Shares of which one side has but one value, or very few, get the interval
        of a share of runs, since resampling sees no spread in them.
        """
        if self._is_right_or_wrong and self._matched is not None:
            return self._matched.interval(level)
        if kind(self.metric) == "share" and self._has_no_spread:
            scale = 2.0 if self.metric.unit == "tau" else 1.0
            sides = [
                standardized([_as_share(side, scale) for side in of], [len(side) for side in of], self._weights)
                for of in ([s.a for s in self.samples], [s.b for s in self.samples])
            ]
            lower, upper = newcombe(sides[0], sides[1], level)
            return lower * scale, upper * scale
        return percentile_ends(self._draws, level)

    @cached_property
    def _matched(self) -> MatchedShares | None:
        if len(self.samples) != 1 or not self.samples[0].matched:
            return None
        return MatchedShares.of(self.samples[0].a, self.samples[0].b)

    @cached_property
    def _sides(self) -> tuple[Matrix, Matrix]:
        return np.concatenate([s.a for s in self.samples]), np.concatenate([s.b for s in self.samples])

    @cached_property
    def _is_right_or_wrong(self) -> bool:
        """True if every run has all of it or nothing, as where an answer names the right source or does not."""
        return all(set(np.unique(side)) <= {0.0, 1.0} for side in self._sides)

    @cached_property
    def _has_no_spread(self) -> bool:
        few = any(len(side) < _FEWEST_DRAWN or len(np.unique(side)) == 1 for side in self._sides)
        return few or self._is_right_or_wrong

    @property
    def relevant(self) -> float:
        """The difference of a share's means that must be exceeded; any difference of a count is one."""
        return smallest_relevant(self.metric.unit, self.a, 1.0, 1.0) if kind(self.metric) == "share" else 0.0

    @property
    def alike(self) -> float:
        """The largest difference of the means at which both sides count as the same."""
        return alike(self.metric.unit, self.a, 1.0)

    def difference(self) -> Difference:
        """The verdict with its figures."""
        found = self._finding()
        exact = self._is_decided_by_script
        counted = kind(self.metric) == "count" or self._is_right_or_wrong
        return Difference(
            scenario=self.scenario, verdict=found.verdict, a=self.a, b=self.b, difference=self.b - self.a,
            interval=None if exact else self.interval(), p_value=None if exact else min(self.p_level, self.p_beyond),
            smallest_relevant=self.relevant, n_a=sum(len(sample.a) for sample in self.samples),
            n_b=sum(len(sample.b) for sample in self.samples), reason=found.reason, at_risk=found.at_risk,
            total_a=sum(float(sample.a.sum()) for sample in self.samples) if counted else None,
            total_b=sum(float(sample.b.sum()) for sample in self.samples) if counted else None,
            beyond=self.beyond.described(), runs_that_tell=found.runs_that_tell,
            decided_by="runs" if found.by_runs else "level",
        )  # fmt: skip

    @property
    def _is_decided_by_script(self) -> bool:
        """True if a script leads to one value, and each side has one, and not the same."""
        return len(self.samples) == 1 and self.samples[0].scripted and self.samples[0].differs_wholly

    def _finding(self) -> Finding:
        if all(sample.same_runs for sample in self.samples):
            return Finding("same", "both are the very same runs")
        if self._is_decided_by_script:
            if self.metric.direction == "none":
                return Finding("inconclusive", "it differs in every run, and neither way is better", at_risk=True)
            return Finding("worse" if is_worse(self.metric, self.b - self.a) else "better", "it differs in every run")
        return together([self._of_runs(), self._of_level()])

    def _of_runs(self) -> Finding:
        found = self.beyond.significant()
        if found is not None:
            return found
        if self.beyond.is_alike or self._is_a_varied_share:
            return Finding("same", "the share of runs is the same")
        directed = self.metric.direction != "none"
        return self.beyond.unclear(at_risk=directed and self.beyond.difference > ALIKE)

    @property
    def _is_a_varied_share(self) -> bool:
        """Where the runs differ among themselves in a share, it is the mean that says whether both are the same."""
        return kind(self.metric) == "share" and not self._has_no_spread

    def _of_level(self) -> Finding:
        difference, (lower, upper) = self.b - self.a, self.interval()
        nearer = lower if difference > 0 else -upper
        if self.p_level <= ALPHA and abs(difference) > self.relevant and nearer > self.relevant:
            if self.metric.direction == "none":
                return Finding("inconclusive", "it differs, and neither way is better", at_risk=True)
            return Finding("worse" if is_worse(self.metric, difference) else "better", "the total differs")
        lower, upper = self.interval(EQUIVALENCE_LEVEL)
        if -self.alike <= lower and upper <= self.alike:
            return Finding("same", "whatever differs is too small to be relevant")
        at_risk = is_worse(self.metric, difference) and abs(difference) > self.alike and nearer > 0
        return Finding("inconclusive", "too few runs to judge", at_risk, self._level_needs())

    def _level_needs(self) -> int | None:
        if self._is_right_or_wrong and self._matched is not None:
            return self._matched.scenarios_that_tell()
        if kind(self.metric) == "share" and self._has_no_spread and self.metric.unit != "tau":
            return runs_that_tell(min(1.0, self.a), min(1.0, self.b))
        runs = min(min(len(sample.a), len(sample.b)) for sample in self.samples)
        size, (lower, upper) = abs(self.b - self.a), self.interval()
        room = self.alike - size if size <= self.alike else size
        ratio = (upper - lower) / 2 / room if room > 0 else math.inf
        most = runs * len(self.samples) * max(1.2, ratio) ** 2
        return readable(most) if most <= MOST_RUNS else None


def _as_share(values: Matrix, scale: float) -> float:
    return min(1.0, max(0.0, float(values.mean() + scale - 1) / scale))
