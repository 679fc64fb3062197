"""The end of a comparison in a sentence, and its exit code."""

from collections.abc import Sequence
from typing import Literal

from backend.metrics.registry import BY_KEY
from backend.present.words.metric_text import difference
from evals.comparison.models import MetricComparison
from evals.comparison.pairs import UNEXPECTED

MOST_NAMED = 4


def exit_code(metrics: Sequence[MetricComparison], doubts: Sequence[str]) -> Literal[0, 1, 2]:
    """1 if a metric is worse; 2 if no time can be judged, or a metric may be worse but is inconclusive, or everything
    is; else 0."""
    verdicts = {one.verdict for one in metrics}
    if "worse" in verdicts:
        return 1
    unclear = doubts or any(one.at_risk for one in metrics) or verdicts <= {"inconclusive"}
    return 2 if unclear else 0


def sentence(metrics: Sequence[MetricComparison], doubts: Sequence[str]) -> str:
    """The verdict for people: the metrics that are worse, by name and scenario, or that there are none."""
    better = [one.metric for one in metrics if one.verdict == "better"]
    unclear = sum(one.verdict == "inconclusive" for one in metrics)
    at_risk = [one.metric for one in metrics if one.at_risk]
    parts = [_on_the_worse(metrics, doubts, at_risk), *doubts]
    if better:
        parts.append(f"Better: {_listed(better)}.")
    if unclear > len(at_risk) and not doubts:
        parts.append(f"{unclear} of {len(metrics)} metrics are inconclusive.")
    return " ".join(parts)


def _on_the_worse(metrics: Sequence[MetricComparison], doubts: Sequence[str], at_risk: Sequence[str]) -> str:
    worse = sorted((one for one in metrics if one.verdict == "worse"), key=_weight, reverse=True)
    if worse:
        return f"B is worse: {_listed([_named(one) for one in worse], '; ', '; and ')}."
    if doubts:
        return "No verdict on times."
    if at_risk:
        return f"B may be worse, but this is inconclusive: {_listed(at_risk)}."
    return "No metric is worse."


def _listed(names: Sequence[str], separator: str = ", ", before_more: str = " and ") -> str:
    """The first few names, and the number of the others."""
    named = separator.join(names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return f"{named}{before_more}{more} more" if more > 0 else named


def _weight(one: MetricComparison) -> float:
    """How many times the largest relevant difference: the clearest differences are named first."""
    rows = [row for row in (*one.scenarios, one.overall) if row.verdict == "worse" and row.difference is not None]
    return max((abs(row.difference or 0.0) / (row.smallest_relevant or 0.01) for row in rows), default=0.0)


def _named(one: MetricComparison) -> str:
    rows = [row for row in one.scenarios if row.verdict == "worse"] or [one.overall]
    largest = max(rows, key=lambda row: abs(row.difference or 0.0))
    unit = BY_KEY[one.metric].unit if one.metric in BY_KEY else UNEXPECTED.unit
    where = f" in {largest.scenario}" if largest.scenario else ""
    others = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    return f"{one.metric}{where}{others} ({difference(largest.difference, unit)})"
