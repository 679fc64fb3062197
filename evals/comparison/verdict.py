"""The end of a comparison in a sentence, and its exit code."""

from collections.abc import Iterable, Sequence
from typing import Literal

from backend.present.words.metric_text import difference
from evals.comparison.beyond_evidence import runs_text
from evals.comparison.metric_kinds import kind
from evals.comparison.models import Difference, FailureKind, MetricComparison
from evals.comparison.text import described

MOST_NAMED = 4


def exit_code(
    metrics: Sequence[MetricComparison], failures: Sequence[FailureKind], doubts: Sequence[str]
) -> Literal[0, 1, 2]:
    """1 where a metric or a kind of failure is worse; 2 where no time can be judged, a metric is at risk, a kind of
    failure is new in B, or nothing at all can be judged; else 0.
    """
    verdicts = {one.verdict for one in metrics}
    if "worse" in verdicts or any(one.verdict == "worse" for one in failures):
        return 1
    unclear = doubts or any(one.is_new for one in failures) or any(one.at_risk for one in metrics)
    return 2 if unclear or verdicts <= {"inconclusive"} else 0


def sentence(metrics: Sequence[MetricComparison], failures: Sequence[FailureKind], doubts: Sequence[str]) -> str:
    """The verdict for people: new kinds of failure, then what is worse, by name and place, else that nothing is."""
    better = [one.metric for one in metrics if one.verdict == "better"]
    unclear = [one for one in metrics if one.verdict == "inconclusive"]
    at_risk = [one for one in metrics if one.at_risk]
    new = [one for one in failures if one.is_new and one.verdict != "worse"]
    parts = [_on_new_failures(new), _on_the_worse(metrics, failures, doubts, at_risk), *doubts]
    if better:
        parts.append(f"Better: {_listed(better)}.")
    if len(unclear) > len(at_risk) and not doubts:
        parts.append(f"{len(unclear)} of {len(metrics)} metrics are inconclusive{_runs_that_tell(unclear)}.")
    return " ".join(part for part in parts if part)


def failure_text(failure: FailureKind) -> str:
    """``no end in 1 of 75 runs, before 0 of 75``."""
    return f"{failure.kind} in {failure.b:,} of {failure.of_b:,} runs, before {failure.a:,} of {failure.of_a:,}"


def _on_new_failures(new: Sequence[FailureKind]) -> str:
    if not new:
        return ""
    named = [f"{failure_text(one)} ({', '.join(one.scenarios[:MOST_NAMED])})" for one in new]
    rare = "too few runs to call it worse" if len(new) == 1 else "too few runs to call them worse"
    return f"New in B: {_listed(named, '; ', '; and ')}: {rare}."


def _on_the_worse(
    metrics: Sequence[MetricComparison],
    failures: Sequence[FailureKind],
    doubts: Sequence[str],
    at_risk: Sequence[MetricComparison],
) -> str:
    worse = _weightiest_first(one for one in metrics if one.verdict == "worse")
    named = [failure_text(one) for one in failures if one.verdict == "worse"] + [_named(one) for one in worse]
    if named:
        return f"B is worse: {_listed(named, '; ', '; and ')}."
    if doubts:
        return "No verdict on times."
    if at_risk:
        possible = [_named(one) for one in _weightiest_first(at_risk)]
        return f"B may be worse, but this is inconclusive: {_listed(possible, '; ', '; and ')}."
    return "No metric is worse."


def _runs_that_tell(unclear: Sequence[MetricComparison]) -> str:
    """How many runs a side would decide all of them, as far as a number would."""
    counts = [one.overall.runs_that_tell for one in unclear if one.overall.runs_that_tell is not None]
    return f": about {max(counts):,} runs a side would decide {_how_many(len(counts), len(unclear))}" if counts else ""


def _how_many(decided: int, of: int) -> str:
    return "them" if decided == of else f"{decided} of them"


def _listed(names: Sequence[str], separator: str = ", ", before_more: str = " and ") -> str:
    """The first few names, and the number of the others."""
    named = separator.join(names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return f"{named}{before_more}{more} more" if more > 0 else named


def _weightiest_first(metrics: Iterable[MetricComparison]) -> list[MetricComparison]:
    return sorted(metrics, key=_weight, reverse=True)


def _weight(one: MetricComparison) -> tuple[bool, float]:
    """Counts and shares before times, then by how many times the largest relevant difference: what is far beyond it is
    named first.
    """
    rows = [row for row in (*one.scenarios, one.overall) if _names(one, row) and row.difference is not None]
    sizes = [abs(row.difference or 0.0) / (row.smallest_relevant or 0.01) for row in rows]
    return kind(described(one.metric)) != "time", max(sizes, default=0.0)


def _names(one: MetricComparison, row: Difference) -> bool:
    """Whether the metric is named for this row: one that is worse, or, where none is, one that may be."""
    return row.verdict == "worse" if one.verdict == "worse" else row.at_risk


def _named(one: MetricComparison) -> str:
    rows = [row for row in one.scenarios if _names(one, row)] or [one.overall]
    if _names(one, one.overall) and one.overall.decided_by == "runs" and len(one.scenarios) > 1:
        # The runs of all scenarios together are what was judged.
        places = [row.scenario or "" for row in rows if row.scenario is not None]
        return f"{one.metric} ({_size(one, one.overall)}{'; in ' + _listed(places) if places else ''})"
    largest = max(rows, key=lambda row: abs(row.difference or 0.0))
    where = f" in {largest.scenario}" if largest.scenario else ""
    others = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    return f"{one.metric}{where}{others} ({_size(one, largest)})"


def _size(one: MetricComparison, row: Difference) -> str:
    metric = described(one.metric)
    runs = None if row.beyond is None else runs_text(metric, row.beyond)
    if runs is not None and (kind(metric) == "count" or row.decided_by == "runs"):
        return runs
    return difference(row.difference, metric.unit)
