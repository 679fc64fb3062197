"""One metric in one scenario of two results, and over all of them: its difference, and the certainty of it."""

from collections.abc import Sequence

import numpy as np

from backend.metrics.metric import Fact, Metric
from evals.comparison.counts import CountEvidence
from evals.comparison.metric_kinds import DECIDES_NOTHING, kind
from evals.comparison.models import Difference
from evals.comparison.pairs import Matrix
from evals.comparison.samples import Sample, median
from evals.comparison.times import TimeEvidence


def of_scenario(sample: Sample, generator: np.random.Generator) -> Difference:
    """The metric in one scenario."""
    if not sample.is_there:
        return _without_values(sample)
    return _judged(sample.metric, (sample,), sample.scenario, (sample.p_level, sample.p_beyond), generator)


def over_all(
    metric: Metric | Fact, samples: Sequence[Sample], p_values: tuple[float, float], generator: np.random.Generator
) -> Difference:
    """The metric over all scenarios in which both sides have values. ``p_values``: of its level, and of its runs beyond
    the bound.
    """
    known = tuple(sample for sample in samples if sample.is_there)
    if known:
        return _judged(metric, known, None, p_values, generator)
    return Difference(
        scenario=None, verdict="inconclusive", a=None, b=None, difference=None, interval=None, p_value=None,
        smallest_relevant=0.0, n_a=sum(len(sample.a) for sample in samples),
        n_b=sum(len(sample.b) for sample in samples), reason="no scenario has values on both sides",
    )  # fmt: skip


def _judged(
    metric: Metric | Fact,
    samples: tuple[Sample, ...],
    scenario: str | None,
    p_values: tuple[float, float],
    generator: np.random.Generator,
) -> Difference:
    evidence = TimeEvidence if kind(metric) == "time" else CountEvidence
    found = evidence(metric, samples, scenario, *p_values, generator).difference()
    if metric.key in DECIDES_NOTHING and found.verdict != "same":
        changes = {"verdict": "inconclusive", "reason": "it is not part of a run and decides nothing", "at_risk": False}
        return found.model_copy(update={**changes, "p_value": None, "runs_that_tell": None})
    return found


def _without_values(sample: Sample) -> Difference:
    side = "A" if not len(sample.a) else "B"
    return Difference(
        scenario=sample.scenario, verdict="inconclusive", a=_middle(sample.a), b=_middle(sample.b), difference=None,
        interval=None, p_value=None, smallest_relevant=sample.smallest_relevant, n_a=len(sample.a), n_b=len(sample.b),
        reason=f"no run of {side} has a value", at_risk=side == "B" and sample.metric.key not in DECIDES_NOTHING,
    )  # fmt: skip


def _middle(values: Matrix) -> float | None:
    return median(values) if len(values) else None
