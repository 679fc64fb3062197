"""Totals of expectations as rows of a table, and what the answer of a run lacks, in sentences: for the report, the
terminal and the summary."""

from collections.abc import Iterator, Sequence
from typing import Final

from backend.metrics.registry import BY_KEY
from backend.present.words.durations import NO_VALUE
from backend.present.words.run import shortened
from evals.results.models import ExpectationTotal
from evals.results.run import ExpectationResult, RunResult

HEADS: Final = ("Expectation", "Of", "All", "Some", "Parts")

_LABELS: Final = {"foreign_subject_quotes": "Right subject cited"}
"""A metric that counts faults, by the name of what is right: so that more is better in every row."""

_MOST_LISTED: Final = 6
_LONGEST: Final = 60


def expectation_rows(totals: Sequence[ExpectationTotal]) -> list[tuple[str, ...]]:
    """A row under ``HEADS`` for every total: ``14 of 15`` for the runs in which all is right, and so on."""
    return [
        (
            _LABELS.get(total.metric, BY_KEY[total.metric].label),
            "all runs" if total.label is None else f"{total.label}: {total.value}",
            f"{total.right} of {total.runs}" + (f", {total.not_measured} not measured" if total.not_measured else ""),
            NO_VALUE if total.parts is None else f"{total.some} of {total.runs}",
            NO_VALUE if total.parts is None else f"{total.parts_right} of {total.parts}",
        )
        for total in totals
    ]


def lacking(run: RunResult) -> list[str]:
    """What the answer of a run lacks, a sentence each; empty where all is right, or nothing is known to be."""
    known = run.expectation
    if known is None:
        return []
    if run.error is not None:
        return ["The run could not be measured to its end."]
    return [*_of_sources(run, known), *_of_content(known), *_of_not_found(known)]


def _of_sources(run: RunResult, known: ExpectationResult) -> Iterator[str]:
    expected = _listed(known.sources)
    if known.sources and not known.cited:
        yield f"No source is cited, expected {expected}."
    elif known.sources and not run.metrics.get("source_any"):
        yield f"No cited source is {expected}: {_listed(known.cited)}."
    elif known.sources and not run.metrics.get("source_first"):
        yield f"The first source is {_listed(known.cited[:1])}, expected {expected}."
    foreign = int(run.metrics.get("foreign_subject_quotes") or 0)
    if foreign:
        verb = "citation is" if foreign == 1 else "citations are"
        yield f"{foreign} {verb} of another subject: {_listed(known.foreign)}."


def _of_content(known: ExpectationResult) -> Iterator[str]:
    if known.missing_numbers:
        missing, all_of = len(known.missing_numbers), len(known.numbers)
        yield f"{missing} of {all_of} numbers are missing: {_listed(known.missing_numbers)}."
    if known.missing_text:
        missing, all_of = len(known.missing_text), len(known.text)
        yield f"{missing} of {all_of} texts are missing: {_listed(known.missing_text)}."


def _of_not_found(known: ExpectationResult) -> Iterator[str]:
    if known.not_found is not None and known.not_found != known.said_not_found:
        yield "It says that nothing was found." if known.said_not_found else "It does not say that nothing was found."


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(shortened(" ".join(name.split()), _LONGEST) for name in names[:_MOST_LISTED])
    return f"{shown} and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else shown
