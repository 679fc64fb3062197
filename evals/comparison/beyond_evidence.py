"""The verdict on the runs beyond a bound: in one scenario, or over several with the same weights for both results."""

import math
from dataclasses import dataclass
from functools import cached_property

from backend.metrics.metric import Fact, Metric
from backend.metrics.statistics import LEVEL
from backend.present.words.metric_text import formatted
from evals.comparison.evidence import ALPHA
from evals.comparison.findings import Finding
from evals.comparison.matched_shares import MatchedShares
from evals.comparison.models import RunsBeyond
from evals.comparison.proportions import ALIKE, EQUIVALENCE_LEVEL, fisher, newcombe, runs_that_tell, standardized
from evals.comparison.samples import Sample
from evals.results.proportion import Proportion


@dataclass(frozen=True)
class BeyondEvidence:
    """The runs beyond the bounds of ``samples``, which have values on both sides; ``p_value`` is adjusted."""

    metric: Metric | Fact
    samples: tuple[Sample, ...]
    p_value: float

    @cached_property
    def counts(self) -> tuple[int, int, int, int]:
        """Runs of A beyond, runs of A, runs of B beyond, runs of B."""
        beyond = [sample.beyond for sample in self.samples]
        of_a, of_b = (
            sum(len(side) for side in sides) for sides in zip(*((s.a, s.b) for s in self.samples), strict=True)
        )
        return sum(a for a, _ in beyond), of_a, sum(b for _, b in beyond), of_b

    @cached_property
    def sides(self) -> tuple[Proportion, Proportion]:
        """Both shares, each scenario with the weight of all its runs."""
        runs = [(len(sample.a), len(sample.b)) for sample in self.samples]
        weights = [(a + b) / sum(map(sum, runs)) for a, b in runs]
        shares = [(sample.beyond[0] / len(sample.a), sample.beyond[1] / len(sample.b)) for sample in self.samples]
        of_a = standardized([a for a, _ in shares], [a for a, _ in runs], weights)
        return of_a, standardized([b for _, b in shares], [b for _, b in runs], weights)

    @cached_property
    def matched(self) -> MatchedShares | None:
        """The same scenario by scenario, where each was played once."""
        if len(self.samples) != 1 or not self.samples[0].matched:
            return None
        (sample,) = self.samples
        return MatchedShares.of(sample.bound.passed(sample.a), sample.bound.passed(sample.b))

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Of the difference of the shares."""
        return newcombe(*self.sides, level) if self.matched is None else self.matched.interval(level)

    @property
    def difference(self) -> float:
        """Of the shares of runs, B minus A."""
        a, b = self.sides
        return b.share - a.share

    @property
    def is_alike(self) -> bool:
        """True if the interval has only differences within the margin."""
        lower, upper = self.interval(EQUIVALENCE_LEVEL)
        return lower >= -ALIKE and upper <= ALIKE

    @property
    def is_significant(self) -> bool:
        """True if more than chance is needed for this."""
        return self.p_value <= ALPHA and self.difference != 0

    def described(self) -> RunsBeyond:
        """The figures as they are written to the results."""
        a, of_a, b, of_b = self.counts
        bounds = {sample.bound.value for sample in self.samples}
        return RunsBeyond(
            bound=bounds.pop() if len(bounds) == 1 else None, a=a, of_a=of_a, b=b, of_b=of_b,
            difference=self.difference, interval=self.interval(), p_value=self.p_value,
            exact_p_value=fisher(a, of_a, b, of_b) if self.matched is None else self.matched.exact_p_value(),
        )  # fmt: skip

    def significant(self) -> Finding | None:
        """Worse or better where more than chance is needed; None else."""
        if not self.is_significant:
            return None
        said = runs_text(self.metric, self.described())
        if self.metric.direction == "none":
            return Finding("inconclusive", f"{said}: it differs, and neither way is better", at_risk=True, by_runs=True)
        return Finding("worse" if self.difference > 0 else "better", said, by_runs=True)

    def unclear(self, *, at_risk: bool) -> Finding:
        """Neither a difference nor its absence is shown."""
        a, b = self.sides
        tell = runs_that_tell(a.share, b.share) if self.matched is None else self.matched.scenarios_that_tell()
        said = f"{runs_text(self.metric, self.described())}: too few runs to judge"
        return Finding("inconclusive", said, at_risk, tell, by_runs=True)


def runs_text(metric: Metric | Fact, beyond: RunsBeyond) -> str:
    """``10 of 50 runs over 750 ms, before 0 of 50``: B first, since B is what is judged."""
    return f"{beyond.b:,} of {beyond.of_b:,} runs{_bound_text(metric, beyond)}, before {beyond.a:,} of {beyond.of_a:,}"


def _bound_text(metric: Metric | Fact, beyond: RunsBeyond) -> str:
    if metric.direction == "none":
        return " with an unusual value"
    side = "below" if metric.direction == "higher" else "over"
    if beyond.bound is None:
        return f" far {side} the usual"
    if beyond.bound == 0 or math.isinf(beyond.bound):
        return ""
    return f" {side} {formatted(beyond.bound, metric.unit)}"
