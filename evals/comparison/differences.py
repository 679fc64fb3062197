"""One metric in one scenario of two results, and over all of them: by how much it differs, and how sure that is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend.metrics.metric import Fact, Metric
from backend.metrics.statistics import LEVEL, needed
from evals.comparison.models import Difference, Verdict
from evals.comparison.pairs import Matrix
from evals.comparison.relevance import alike, smallest_relevant
from evals.results.bootstrap import RESAMPLES, medians, percentile_ends

ALPHA = 1 - LEVEL
"""In how many comparisons of the same build something may be called different."""

_IDENTICAL = "both have the very same values"

_EQUIVALENCE_LEVEL = 1 - 2 * ALPHA


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


def of_scenario(sample: Sample) -> Difference:
    """The metric in one scenario."""
    if not len(sample.a) or not len(sample.b):
        side = "A" if not len(sample.a) else "B"
        return _row(sample, "inconclusive", f"no run of {side} has a value", at_risk=side == "B")
    if sample.exact:
        return _exact(sample)
    if sample.identical:
        return _row(sample, "same", _IDENTICAL)
    difference = median(sample.b) - median(sample.a)
    interval = percentile_ends(sample.draws) if sample.draws is not None and sample.testable else None
    bounds = (sample.smallest_relevant, sample.alike)
    draws = sample.draws if sample.testable else None
    verdict, reason = judged(sample.metric, difference, draws, sample.p_value, bounds)
    if sample.testable:
        risk = hidden_by_error(sample.metric, difference, draws, sample.p_value, bounds)
    else:
        risk = (
            is_worse(sample.metric, difference)
            and abs(difference) > sample.smallest_relevant
            and sample.draws is not None
            and beyond(percentile_ends(sample.draws), difference, sample.smallest_relevant)
        )
    return _row(sample, verdict, reason, interval=interval, at_risk=verdict == "inconclusive" and risk)


def over_all(
    metric: Metric | Fact, rows: Sequence[Difference], samples: Sequence[Sample], p_value: float
) -> Difference:
    """The metric over all scenarios in which both sides have values, each with the same weight."""
    known = [(row, sample) for row, sample in zip(rows, samples, strict=True) if row.difference is not None]
    if not known:
        return Difference(
            scenario=None, verdict="inconclusive", a=None, b=None, difference=None, interval=None, p_value=None,
            smallest_relevant=0.0, n_a=sum(row.n_a for row in rows), n_b=sum(row.n_b for row in rows),
            reason="no scenario has values on both sides",
        )  # fmt: skip
    count = len(known)
    a, b = (
        math.fsum(values) / count for values in zip(*[(row.a or 0.0, row.b or 0.0) for row, _ in known], strict=True)
    )
    relevant = math.fsum(row.smallest_relevant for row, _ in known) / count
    exact = all(sample.exact or sample.identical for _, sample in known)
    draws: Matrix = np.zeros(RESAMPLES)
    for row, sample in known:
        draws += (row.difference or 0.0) if sample.exact or sample.draws is None else sample.draws
    draws /= count
    runs = [
        sum(len(side) for side in sides) for sides in zip(*[(sample.a, sample.b) for _, sample in known], strict=True)
    ]
    enough = min(runs) >= needed(0.5)
    if exact:
        hidden = False
        verdict, reason = _of_exact_rows([row for row, _ in known])
    else:
        bounds = (relevant, math.fsum(sample.alike for _, sample in known) / count)
        hidden = hidden_by_error(metric, b - a, draws if enough else None, p_value, bounds)
        verdict, reason = judged(metric, b - a, draws if enough else None, p_value, bounds)
    return Difference(
        scenario=None, verdict=verdict, a=a, b=b, difference=b - a,
        interval=percentile_ends(draws) if enough and not exact else None, p_value=None if exact else p_value,
        smallest_relevant=relevant, n_a=runs[0], n_b=runs[1], reason=reason,
        at_risk=verdict == "inconclusive" and (metric.direction == "none" or is_worse(metric, b - a))
        and (hidden or abs(b - a) > relevant),
    )  # fmt: skip


def judged(
    metric: Metric | Fact, difference: float, draws: Matrix | None, p_value: float, bounds: tuple[float, float]
) -> tuple[Verdict, str]:
    """The verdict of values that are a sample, and why. ``bounds``: the smallest relevant difference, and the one
    within which both count as the same. ``draws`` is None where there are too few runs.
    """
    relevant, same = bounds
    if draws is None:
        return "inconclusive", "too few runs: play each scenario at least 4 times, better 10"
    wide, narrow = percentile_ends(draws), percentile_ends(draws, _EQUIVALENCE_LEVEL)
    if abs(difference) > relevant and beyond(wide, difference, relevant):
        if p_value > ALPHA:
            return "inconclusive", "it differs, but among so many comparisons chance may do that: play more runs"
        if metric.direction == "none":
            return "inconclusive", "it differs, and neither way is better"
        return ("worse" if is_worse(metric, difference) else "better"), "it differs by more than is relevant"
    if -same <= narrow[0] and narrow[1] <= same:
        return "same", "whatever differs is too small to be relevant"
    if same < abs(difference) <= relevant:
        return "inconclusive", "it differs by less than the error of measuring"
    return "inconclusive", "the runs are too few, or differ too much among themselves, to tell"


def hidden_by_error(
    metric: Metric | Fact, difference: float, draws: Matrix | None, p_value: float, bounds: tuple[float, float]
) -> bool:
    """Whether it is for the worse, not by chance, and by more than counts as the same, so that only the error of
    measuring stands in the way of a verdict. Arguments as in ``judged``. A gate that let this pass would let pass the
    more, the noisier its machine is.
    """
    _, same = bounds
    certain = draws is not None and p_value <= ALPHA and beyond(percentile_ends(draws), difference, same)
    return certain and is_worse(metric, difference)


def is_worse(metric: Metric | Fact, difference: float) -> bool:
    """Whether a difference of this sign is for the worse."""
    return difference > 0 if metric.direction == "lower" else metric.direction == "higher" and difference < 0


def beyond(interval: tuple[float, float], difference: float, relevant: float) -> bool:
    """Whether the end of the interval that is nearer to none lies beyond the smallest relevant difference."""
    return interval[0] > relevant if difference > 0 else interval[1] < -relevant


def _exact(sample: Sample) -> Difference:
    a, b = np.sort(sample.a), np.sort(sample.b)
    if a[0] == a[-1] == b[0] == b[-1]:
        return _row(sample, "same", "the same in every run")
    difference = float(b.mean() - a.mean())
    if a[0] != a[-1] or b[0] != b[-1]:
        return _row(
            sample, "inconclusive", "a script leads to one value, and runs differ among themselves",
            at_risk=is_worse(sample.metric, difference) or sample.metric.direction == "none",
        )  # fmt: skip
    if sample.metric.direction == "none":
        return _row(sample, "inconclusive", "it differs in every run, and neither way is better", at_risk=True)
    worse = is_worse(sample.metric, difference)
    return _row(sample, "worse" if worse else "better", "it differs in every run")


def _of_exact_rows(rows: Sequence[Difference]) -> tuple[Verdict, str]:
    verdicts = [row.verdict for row in rows]
    for verdict in ("worse", "better", "inconclusive"):
        if verdict in verdicts:
            return verdict, next(row.reason for row in rows if row.verdict == verdict)
    return "same", next(row.reason for row in rows)


def _row(
    sample: Sample, verdict: Verdict, reason: str, *, interval: tuple[float, float] | None = None, at_risk: bool = False
) -> Difference:
    there = bool(len(sample.a) and len(sample.b))
    return Difference(
        scenario=sample.scenario,
        verdict=verdict,
        a=median(sample.a) if len(sample.a) else None,
        b=median(sample.b) if len(sample.b) else None,
        difference=median(sample.b) - median(sample.a) if there else None,
        interval=interval,
        p_value=None if sample.exact or not there else sample.p_value,
        smallest_relevant=sample.smallest_relevant,
        n_a=len(sample.a),
        n_b=len(sample.b),
        reason=reason,
        at_risk=at_risk,
    )
