"""One metric in one scenario of two results, and over all of them: its difference, and the certainty of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend.metrics.metric import Fact, Metric
from backend.metrics.statistics import needed
from evals.comparison.evidence import Evidence, is_worse
from evals.comparison.models import Difference, Verdict
from evals.comparison.pairs import Matrix
from evals.comparison.samples import Sample, median
from evals.results.bootstrap import RESAMPLES

_IDENTICAL = "both have the very same values"
_TOO_FEW_RUNS = "too few runs: play each scenario at least 4 times, better 10"


def of_scenario(sample: Sample) -> Difference:
    """The metric in one scenario."""
    if not len(sample.a) or not len(sample.b):
        side = "A" if not len(sample.a) else "B"
        return _row(sample, "inconclusive", f"no run of {side} has a value", at_risk=side == "B")
    if sample.exact or sample.draws is None:
        return _exact(sample)
    if sample.identical:
        return _row(sample, "same", _IDENTICAL)
    evidence = Evidence(
        metric=sample.metric, difference=median(sample.b) - median(sample.a), draws=sample.draws,
        p_value=sample.p_value, relevant=sample.smallest_relevant, alike=sample.alike,
    )  # fmt: skip
    if not sample.testable:
        looks_worse = evidence.is_worse and evidence.is_relevant
        return _row(sample, "inconclusive", _TOO_FEW_RUNS, at_risk=looks_worse)
    verdict, reason = evidence.verdict()
    at_risk = verdict == "inconclusive" and evidence.is_hidden_by_error
    return _row(sample, verdict, reason, interval=evidence.interval, at_risk=at_risk)


@dataclass(frozen=True, slots=True)
class _Together:
    """The scenarios in which both sides have values, each with the same weight: their rows and their samples."""

    rows: tuple[Difference, ...]
    samples: tuple[Sample, ...]

    @property
    def a(self) -> float:
        return _mean([row.a or 0.0 for row in self.rows])

    @property
    def b(self) -> float:
        return _mean([row.b or 0.0 for row in self.rows])

    @property
    def n_a(self) -> int:
        return sum(len(sample.a) for sample in self.samples)

    @property
    def n_b(self) -> int:
        return sum(len(sample.b) for sample in self.samples)

    @property
    def is_exact(self) -> bool:
        return all(sample.exact or sample.identical for sample in self.samples)

    @property
    def has_enough_runs(self) -> bool:
        return min(self.n_a, self.n_b) >= needed(0.5)

    @property
    def draws(self) -> Matrix:
        """Bootstrapped means of the differences; those of a scenario with exact values are all the same."""
        total: Matrix = np.zeros(RESAMPLES)
        for row, sample in zip(self.rows, self.samples, strict=True):
            total += (row.difference or 0.0) if sample.exact or sample.draws is None else sample.draws
        return total / len(self.rows)

    def evidence(self, metric: Metric | Fact, p_value: float) -> Evidence:
        return Evidence(
            metric=metric,
            difference=self.b - self.a,
            draws=self.draws,
            p_value=p_value,
            relevant=_mean([row.smallest_relevant for row in self.rows]),
            alike=_mean([sample.alike for sample in self.samples]),
        )


def over_all(
    metric: Metric | Fact, rows: Sequence[Difference], samples: Sequence[Sample], p_value: float
) -> Difference:
    """The metric over all scenarios in which both sides have values, each with the same weight."""
    known = [(row, sample) for row, sample in zip(rows, samples, strict=True) if row.difference is not None]
    if not known:
        return _without_values(rows)
    together = _Together(tuple(row for row, _ in known), tuple(sample for _, sample in known))
    evidence = together.evidence(metric, p_value)
    verdict, reason = _verdict_together(together, evidence)
    judged = together.has_enough_runs and not together.is_exact
    may_be_worse = evidence.is_worse or metric.direction == "none"
    is_seen = abs(evidence.difference) > evidence.relevant or (judged and evidence.is_hidden_by_error)
    return Difference(
        scenario=None,
        verdict=verdict,
        a=together.a,
        b=together.b,
        difference=evidence.difference,
        interval=evidence.interval if judged else None,
        p_value=None if together.is_exact else p_value,
        smallest_relevant=evidence.relevant,
        n_a=together.n_a,
        n_b=together.n_b,
        reason=reason,
        at_risk=verdict == "inconclusive" and may_be_worse and is_seen,
    )


def _verdict_together(together: _Together, evidence: Evidence) -> tuple[Verdict, str]:
    if together.is_exact:
        return _of_exact_rows(together.rows)
    if not together.has_enough_runs:
        return "inconclusive", _TOO_FEW_RUNS
    return evidence.verdict()


def _without_values(rows: Sequence[Difference]) -> Difference:
    return Difference(
        scenario=None, verdict="inconclusive", a=None, b=None, difference=None, interval=None, p_value=None,
        smallest_relevant=0.0, n_a=sum(row.n_a for row in rows), n_b=sum(row.n_b for row in rows),
        reason="no scenario has values on both sides",
    )  # fmt: skip


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


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
