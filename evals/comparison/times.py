"""The verdict on a time: by its median, and by its tail."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backend.metrics.metric import Fact, Metric
from backend.metrics.statistics import nearest_rank, needed
from evals.comparison.beyond_evidence import BeyondEvidence, runs_text
from evals.comparison.evidence import ALPHA, Evidence
from evals.comparison.findings import Finding, together
from evals.comparison.models import Difference, TailDifference
from evals.comparison.pairs import Matrix
from evals.comparison.proportions import ALIKE, MOST_RUNS, readable
from evals.comparison.samples import Sample, mean_draws
from evals.results.bootstrap import RESAMPLES, medians, percentile_ends, percentiles

TAIL_NEEDS = needed(0.95)
"""The fewest runs a side for a 95th percentile with an interval."""

FEWEST_RUNS = 6
"""The fewest runs a side that are ever recommended: a median has an interval from there on."""


@dataclass(frozen=True)
class TimeEvidence:
    """A time in one scenario, or over several, each with the same weight; scenarios that were played once are
    compared pair by pair."""

    metric: Metric | Fact
    samples: tuple[Sample, ...]
    scenario: str | None
    p_level: float
    p_beyond: float
    generator: np.random.Generator

    @cached_property
    def level(self) -> Evidence:
        """The evidence of the medians."""
        a, b = self._levels
        draws = sum((sample.scenarios * self._drawn(sample) for sample in self.samples), np.zeros(1))
        return Evidence(
            metric=self.metric, difference=b - a, draws=draws / self._scenarios, p_value=self.p_level,
            relevant=self._over(lambda sample: sample.smallest_relevant), alike=self._over(lambda sample: sample.alike),
        )  # fmt: skip

    def _drawn(self, sample: Sample) -> Matrix:
        if sample.matched:
            return mean_draws(sample.b - sample.a, self.generator, RESAMPLES)
        return medians(sample.b, self.generator) - medians(sample.a, self.generator)

    @cached_property
    def _levels(self) -> tuple[float, float]:
        return self._over(lambda sample: sample.middle(sample.a)), self._over(lambda sample: sample.middle(sample.b))

    @property
    def _scenarios(self) -> int:
        return sum(sample.scenarios for sample in self.samples)

    def _over(self, value: Callable[[Sample], float]) -> float:
        return math.fsum(sample.scenarios * value(sample) for sample in self.samples) / self._scenarios

    @cached_property
    def tail_level(self) -> Evidence | None:
        """The evidence of the 95th percentiles; None with too few runs a side in any scenario. Scenarios that were
        played once have none: theirs would be that of the longest scenario."""
        if any(sample.matched or min(len(sample.a), len(sample.b)) < TAIL_NEEDS for sample in self.samples):
            return None
        a, b = (_mean([_p95(side) for side in sides]) for sides in self._sides)
        draws = sum(
            (percentiles(s.b, 0.95, self.generator) - percentiles(s.a, 0.95, self.generator) for s in self.samples),
            np.zeros(1),
        )
        alike = self.level.alike * max(1.0, abs(a) / max(self._a, 1e-9))
        return Evidence(
            metric=self.metric, difference=b - a, draws=draws / len(self.samples), p_value=self.p_beyond,
            relevant=max(self.level.relevant, alike), alike=alike,
        )  # fmt: skip

    @cached_property
    def beyond(self) -> BeyondEvidence:
        """The evidence of the runs far beyond the usual."""
        return BeyondEvidence(self.metric, self.samples, self.p_beyond)

    @property
    def _sides(self) -> tuple[list[Matrix], list[Matrix]]:
        return [sample.a for sample in self.samples], [sample.b for sample in self.samples]

    @property
    def _a(self) -> float:
        return self._over(lambda sample: abs(sample.level_of_a))

    @property
    def _runs(self) -> tuple[int, int]:
        return sum(len(sample.a) for sample in self.samples), sum(len(sample.b) for sample in self.samples)

    @property
    def has_enough_runs(self) -> bool:
        """True if dealing the labels of so few runs anew can show anything."""
        return 2 / math.prod(sample.labellings for sample in self.samples) <= ALPHA

    def difference(self) -> Difference:
        """The verdict with its figures."""
        found = self._finding()
        n_a, n_b = self._runs
        a, b = self._levels
        return Difference(
            scenario=self.scenario, verdict=found.verdict, a=a, b=b, difference=b - a,
            interval=self.level.interval if self.has_enough_runs else None, p_value=min(self.p_level, self.p_beyond),
            smallest_relevant=self.level.relevant, n_a=n_a, n_b=n_b, reason=found.reason, at_risk=found.at_risk,
            beyond=self.beyond.described(), tail=self._tail(), runs_that_tell=found.runs_that_tell,
            decided_by="runs" if found.by_runs else "level",
        )  # fmt: skip

    def _tail(self) -> TailDifference | None:
        level = self.tail_level
        if level is None:
            return None
        a, b = (_mean([_p95(side) for side in sides]) for sides in self._sides)
        return TailDifference(a=a, b=b, difference=b - a, interval=level.interval)

    def _finding(self) -> Finding:
        if all(sample.same_runs for sample in self.samples):
            return Finding("same", "both are the very same runs")
        if not self.has_enough_runs:
            worse = self.level.is_worse and self.level.is_relevant
            return Finding("inconclusive", "too few runs to judge", worse, max(FEWEST_RUNS, self._level_needs() or 0))
        return together([self._of_level(), self._of_tail()])

    def _of_level(self) -> Finding:
        level = self.level
        verdict, reason = level.verdict()
        if verdict != "inconclusive":
            return Finding(verdict, reason)
        return Finding(verdict, reason, self._may_be_worse(level), self._level_needs())

    def _may_be_worse(self, level: Evidence) -> bool:
        """For one scenario of many only what hardly is chance; over all of them also what chance does now and then."""
        if level.is_hidden_by_error or (level.is_worse and level.is_relevant):
            return True
        return self.scenario is None and level.is_worse and level.is_beyond(0.0) and abs(level.difference) > level.alike

    def _of_tail(self) -> Finding:
        beyond, p95 = self.beyond, self.tail_level
        found = beyond.significant()
        if found is not None:
            return found
        if p95 is not None and p95.is_worse and p95.is_relevant:
            return Finding("inconclusive", "its 95th percentile may be worse", True, self._tail_needs())
        within = abs(beyond.difference) <= ALIKE
        if within and (min(self._runs) < TAIL_NEEDS or beyond.is_alike or (p95 is not None and p95.is_negligible)):
            return Finding("same", f"no more runs are far from the usual: {runs_text(self.metric, beyond.described())}")
        lower = beyond.described().interval[0]
        unclear = beyond.unclear(at_risk=lower > (0.0 if self.scenario is None else ALIKE))
        return Finding("inconclusive", unclear.reason, unclear.at_risk, self._tail_needs(), by_runs=True)

    def _tail_needs(self) -> int | None:
        runs = self.beyond.unclear(at_risk=False).runs_that_tell
        return None if runs is None else max(TAIL_NEEDS, runs)

    def _level_needs(self) -> int | None:
        """About how many runs a side, in all scenarios together, would decide: an interval shrinks with the root of
        their number.
        """
        level, runs = self.level, min(min(len(sample.a), len(sample.b)) for sample in self.samples)
        size = abs(level.difference)
        if level.alike < size <= level.relevant:
            return None
        lower, upper = percentile_ends(level.draws)
        room = level.alike - size if size <= level.alike else size - level.relevant
        ratio = (upper - lower) / 2 / room if room > 0 else math.inf
        most = runs * len(self.samples) * max(1.2, ratio) ** 2
        return max(FEWEST_RUNS, readable(most)) if most <= MOST_RUNS else None


def _p95(values: Matrix) -> float:
    return nearest_rank(values.tolist(), 0.95) or 0.0


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
