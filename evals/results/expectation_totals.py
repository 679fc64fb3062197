"""How often answers were as a suite expects them: totals over all runs, and over the runs of each label."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from backend.metrics.registry import BY_KEY
from evals.results.models import ExpectationTotal
from evals.results.run import ExpectationResult, RunResult

MOST_VALUES: Final = 12
"""Runs are grouped by a label of at most so many values; one of more would give a row to every run."""

_EXPECTED: Final[Mapping[str, Callable[[ExpectationResult], bool]]] = {
    "source_first": lambda known: bool(known.sources),
    "source_any": lambda known: bool(known.sources),
    "expected_numbers": lambda known: bool(known.numbers),
    "expected_text": lambda known: bool(known.text),
    "not_found_right": lambda known: known.not_found is not None,
    "foreign_subject_quotes": lambda known: bool(known.subject),
}
"""For every metric of expectations, whether a run must have a value."""

EXPECTATION_METRICS: Final = tuple(_EXPECTED)


def expectation_totals(runs: Sequence[RunResult]) -> tuple[ExpectationTotal, ...]:
    """The totals of every metric that any run has: over all runs, then over the runs of each label's values."""
    known = [run for run in runs if run.expectation is not None]
    found = list(_totals(known, None, None))
    for label, values in _groups(known).items():
        for value, of_value in values.items():
            found += _totals(of_value, label, value)
    return tuple(found)


def _groups(runs: Sequence[RunResult]) -> dict[str, dict[str, list[RunResult]]]:
    """The runs by the value of each label that divides them into few groups."""
    found: dict[str, dict[str, list[RunResult]]] = {}
    for run in runs:
        for label, value in run.labels.items():
            found.setdefault(label, {}).setdefault(value, []).append(run)
    return {label: values for label, values in found.items() if 1 < len(values) <= MOST_VALUES}


def _totals(runs: Sequence[RunResult], label: str | None, value: str | None) -> Iterator[ExpectationTotal]:
    for metric, is_expected in _EXPECTED.items():
        concerned = [run for run in runs if run.expectation is not None and is_expected(run.expectation)]
        if concerned:
            yield _total(metric, concerned, label, value)


def _total(metric: str, runs: Sequence[RunResult], label: str | None, value: str | None) -> ExpectationTotal:
    measured = [(run, found) for run in runs if (found := run.value(metric)) is not None]
    fewer_is_better = BY_KEY[metric].direction == "lower"
    parts = [_parts(metric, run) for run, _ in measured]
    counted = [pair for pair in parts if pair is not None]
    return ExpectationTotal(
        metric=metric,
        label=label,
        value=value,
        runs=len(measured),
        right=sum(found == 0 if fewer_is_better else found == 1 for _, found in measured),
        some=sum(_some(metric, run, found) for run, found in measured),
        parts=sum(all_of for all_of, _ in counted) if counted else None,
        parts_right=sum(right for _, right in counted) if counted else None,
        not_measured=len(runs) - len(measured),
    )


def _some(metric: str, run: RunResult, found: float) -> bool:
    """Whether anything is right: a part of it, or, where nothing is cited, all of it."""
    if metric != "foreign_subject_quotes":
        return found > 0
    return found == 0 or found < (run.metrics.get("citations") or 0)


def _parts(metric: str, run: RunResult) -> tuple[int, int] | None:
    """How many parts the run's value has, and how many of them are right."""
    known = run.expectation
    if known is None:
        return None
    if metric == "expected_numbers":
        return len(known.numbers), len(known.numbers) - len(known.missing_numbers)
    if metric == "expected_text":
        return len(known.text), len(known.text) - len(known.missing_text)
    if metric == "foreign_subject_quotes":
        cited = int(run.metrics.get("citations") or 0)
        return cited, cited - int(run.metrics.get(metric) or 0)
    return None
