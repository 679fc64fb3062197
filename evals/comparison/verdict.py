"""The end of a comparison in a sentence, and its exit code."""

from collections.abc import Sequence
from typing import Literal

from backend.metrics.registry import BY_KEY
from backend.present.words.metric_text import difference
from evals.comparison.models import MetricComparison
from evals.comparison.pairs import UNEXPECTED

MOST_NAMED = 4


def exit_code(metrics: Sequence[MetricComparison], doubts: Sequence[str]) -> Literal[0, 1, 2]:
    """1 where a metric is worse; 2 where no time can be judged, one may be worse and cannot be told, or nothing at all
    can be; else 0.
    """
    verdicts = {one.verdict for one in metrics}
    if "worse" in verdicts:
        return 1
    unclear = doubts or any(one.at_risk for one in metrics) or verdicts <= {"inconclusive"}
    return 2 if unclear else 0


def sentence(metrics: Sequence[MetricComparison], doubts: Sequence[str]) -> str:
    """The verdict for people: what is worse, by name and place, else that nothing is."""
    worse = sorted((one for one in metrics if one.verdict == "worse"), key=_weight, reverse=True)
    better = [one for one in metrics if one.verdict == "better"]
    unclear = [one for one in metrics if one.verdict == "inconclusive"]
    at_risk = [one for one in metrics if one.at_risk]
    parts = []
    if worse:
        named = "; ".join(_named(one) for one in worse[:MOST_NAMED])
        more = f"; and {len(worse) - MOST_NAMED} more" if len(worse) > MOST_NAMED else ""
        parts.append(f"B is worse: {named}{more}.")
    elif doubts:
        parts.append("No verdict on times.")
    elif at_risk:
        named = ", ".join(one.metric for one in at_risk[:MOST_NAMED])
        more = f" and {len(at_risk) - MOST_NAMED} more" if len(at_risk) > MOST_NAMED else ""
        parts.append(f"B may be worse, and it cannot be told: {named}{more}.")
    else:
        parts.append("No metric is worse.")
    parts += doubts
    if better:
        listed = ", ".join(one.metric for one in better[:MOST_NAMED])
        parts.append(f"Better: {listed}{f' and {len(better) - MOST_NAMED} more' if len(better) > MOST_NAMED else ''}.")
    if len(unclear) > len(at_risk) and not doubts:
        parts.append(f"{len(unclear)} of {len(metrics)} metrics cannot be told.")
    return " ".join(parts)


def _weight(one: MetricComparison) -> float:
    """How many times the largest relevant difference: what is far beyond it is named first."""
    rows = [row for row in (*one.scenarios, one.overall) if row.verdict == "worse" and row.difference is not None]
    return max((abs(row.difference or 0.0) / (row.smallest_relevant or 0.01) for row in rows), default=0.0)


def _named(one: MetricComparison) -> str:
    rows = [row for row in one.scenarios if row.verdict == "worse"] or [one.overall]
    largest = max(rows, key=lambda row: abs(row.difference or 0.0))
    unit = BY_KEY[one.metric].unit if one.metric in BY_KEY else UNEXPECTED.unit
    where = f" in {largest.scenario}" if largest.scenario else ""
    others = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    return f"{one.metric}{where}{others} ({difference(largest.difference, unit)})"
