"""Figures from rows of tables as an answer states them, each with the row that it is read from."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from backend.agents.documents.answering.composition import Composition
from backend.agents.documents.answering.quotes import Quote, literal, quote_of_row
from backend.agents.documents.figures.derived_figures import DerivedLine
from backend.agents.documents.figures.document_rows import RowPoint
from backend.agents.documents.figures.numbers import written
from backend.agents.documents.figures.row_figures import RowFigures
from backend.agents.documents.figures.row_parts import Parts
from backend.agents.documents.figures.row_series import RowSeries
from backend.agents.documents.figures.series import Point
from backend.agents.documents.figures.trend import trend_of
from backend.agents.documents.search.question import Question

MOST_LISTED = 12
_MOST_RESTATED = 2

_QUARTER = re.compile(r"\bquarters?\b|\bquarterly\b|\bq[1-4]\b", re.IGNORECASE)
_QUARTER_MONTHS = 3

_HEAD = re.compile(
    r"\b(?:of|from|for|in|by|on|to|provided|used|generated|attributable|per|before|after|related)\b|[,(—–]"
)
_SINGULAR = re.compile(r"(?:ss|us|is|series|business|tax)\Z", re.IGNORECASE)


def rows_told(question: Question, figures: RowFigures) -> Composition:
    """The figures asked for: a sentence for each line, all values of a course, and what is computed from two lines."""
    told = Composition()
    within = [line for one in figures.differences for line in (one.whole, one.taken)]
    sentences = [_derived(one, is_course=figures.is_course) for one in figures.differences]
    sentences += [_line(question, line, is_course=figures.is_course) for line in figures.lines if line not in within]
    for place, sentence in enumerate(sentences):
        told.say("\n\n" if place else "").add(sentence)
    for parts in figures.parts:
        told.add(_parts(parts))
    return told.add(_computed(figures))


def _derived(found: DerivedLine, *, is_course: bool) -> Composition:
    """What no row states, with the two rows that give it; of a course every period."""
    whole, taken = found.whole, found.taken
    told = Composition().say(f"No table states the {_lower(found.name)}")
    told.say(f"{f' of {literal(whole.subject)}' if whole.subject else ''}; ")
    told.say(f"{literal(_lower(whole.name))} less {literal(_lower(taken.name))} {verb_of(found.name)} ")
    own = [pair for pair in found.pairs if pair[0].is_own] or found.pairs[-1:]
    for place, pair in enumerate(own if not is_course else found.pairs[-1:]):
        told.say("; " if place else "").add(_subtracted(*pair))
    told.say(".")
    if is_course and 1 < len(found.pairs) <= MOST_LISTED:
        told.say("\n")
        for one, other in found.pairs:
            told.say("\n- ").add(_subtracted(one, other))
    return told


def _subtracted(one: RowPoint, other: RowPoint) -> Composition:
    rest = replace(one, value=replace(one.value, number=one.value.number - other.value.number, digits=""))
    share = written(round(100 * rest.value.number / one.value.number, 1)) if one.value.number > 0 else ""
    told = Composition().say(f"{_text(rest)} {one.period.phrase}")
    told.say(f" ({_text(one)} less {_text(other)}{f', {share} % of the first' if share else ''}, computed)")
    return told.cite(row_quote(one), row_quote(other))


def _parts(parts: Parts) -> Composition:
    told = Composition().say(f"\n\nOf {_text(parts.whole)} {parts.whole.period.phrase}:\n")
    for label, point in parts.members:
        share = written(round(100 * point.value.number / parts.whole.value.number, 1))
        told.say(f"\n- {literal(label)}: {_text(point)} ({share} %, computed)").cite(row_quote(point))
    return told


def row_quote(point: RowPoint) -> Quote:
    """The row that states a value, as it stands in its document."""
    return quote_of_row(point.row)


def verb_of(name: str) -> str:
    """``were`` for a name in the plural, such as ``Total net sales``, else ``was``."""
    head = _HEAD.split(name, maxsplit=1)[0].strip().rsplit(" ", 1)[-1]
    return "were" if head.lower().endswith("s") and not _SINGULAR.search(head) else "was"


def full_name(line: RowSeries) -> str:
    """What a line is of: ``Total net sales of Globex Inc.``"""
    return f"{line.name} of {line.subject}" if line.subject else line.name


def _line(question: Question, line: RowSeries, *, is_course: bool) -> Composition:
    """The newest figure beside that of the year before, then how it got there. A length that was not asked for is said
    first: figures of six months must not pass for those of a quarter."""
    told = Composition().say(_other_length(question, line))
    if not is_course or len(line.points) == 1:
        return told.add(_values(line, [point for point in line.points if point.is_own] or [line.newest]))
    told.add(_values(line, [line.newest]))
    if len(line.points) > 2:
        told.add(_course(question, line) if line.is_line else Composition()).add(_listed(line))
    return told.add(_restated(line))


def _other_length(question: Question, line: RowSeries) -> str:
    """That no table has the figure of a quarter by itself, where one was asked for."""
    months = {point.period.months for point in line.points if point.is_own or point is line.newest}
    if not _QUARTER.search(question.text) or any(not length or length <= _QUARTER_MONTHS for length in months):
        return ""
    return "The tables give no figure for the quarter by itself. "


def _course(question: Question, line: RowSeries) -> Composition:
    """Which way the line went, and its highest and lowest value, or the one of them that is asked for."""
    told, values = Composition(), line.as_series().values
    trend, first = trend_of(values), line.points[0]
    if trend.direction != "unclear" and not trend.newest_contradicts:
        way = "up" if trend.direction == "rising" else "down"
        told.say(f" Since {first.period.label} the figures went {way}, from {_text(first)}").cite(row_quote(first))
        told.say(f"{_in_parentheses(_change(first, line.newest))}.")
    edges = {"highest": max, "lowest": min}
    for name in [question.extreme] if question.extreme else edges:
        point = line.points[values.index(edges[name](values))]
        told.say(f" {name.capitalize()}: {_text(point)} {point.period.phrase}").cite(row_quote(point)).say(".")
    return told


def _values(line: RowSeries, points: Sequence[RowPoint]) -> Composition:
    """These values, each with that of the year before where there is one."""
    told = Composition().say(f"{literal(full_name(line))} {verb_of(line.name)} ")
    for place, point in enumerate(points):
        told.say("; " if place else "").say(f"{_text(point)} {point.period.phrase}").cite(row_quote(point))
        before = line.year_before(point)
        if before is not None:
            change = _change(before, point)
            told.say(f", after {_text(before)} a year before{_in_parentheses(change)}")
            told.cite(row_quote(before) if before.row.number != point.row.number else None)
    return told.say(".")


def _listed(line: RowSeries) -> Composition:
    told = Composition()
    if not 2 < len(line.points) <= MOST_LISTED:
        return told
    told.say("\n" if line.is_line else "\n\nThese periods differ in length, so that their figures do not compare:\n")
    for point in line.points:
        told.say(f"\n- {_capital(point.period.label.removeprefix('the '))}: {_text(point)}").cite(row_quote(point))
    return told


def _restated(line: RowSeries) -> Composition:
    told = Composition()
    for first, later in line.restated[:_MOST_RESTATED]:
        told.say(f"\n\nA later document gives {_text(later)} instead of {_text(first)} {later.period.phrase}")
        told.cite(row_quote(later)).say(".")
    return told


def _computed(figures: RowFigures) -> Composition:
    """The share of one line in another, where the question sets them against each other."""
    told, request = Composition(), figures.request
    if not (request.is_share or request.is_compared):
        return told
    for part, whole in _pairs(figures.lines, [one.measure for one in request.wanted]):
        shared = [
            (one, other)
            for one in part.points
            for other in whole.points
            if one.period == other.period and one.value.unit == other.value.unit and other.value.number > 0
        ]
        own = [pair for pair in shared if pair[0].is_own] or shared[-1:]
        for one, other in own[-4:]:
            share = written(round(100 * one.value.number / other.value.number, 1))
            told.say(f"\n\n{literal(part.name)} {verb_of(part.name)} {share} % of {literal(_lower(whole.name))} ")
            told.say(f"{one.period.phrase} (computed from these figures)").cite(row_quote(one), row_quote(other)).say(
                "."
            )
    return told


def _pairs(lines: Sequence[RowSeries], measures: Sequence[str]) -> Iterator[tuple[RowSeries, RowSeries]]:
    """For each subject the line asked for first and the one it is set against."""
    for subject in dict.fromkeys(line.subject for line in lines):
        own = [line for line in lines if line.subject == subject and not line.newest.value.unit.is_share]
        if len(own) >= 2 and len(measures) >= 2:
            whole = next((line for line in own[1:] if line.measure == measures[1]), None)
            is_whole = whole is not None and whole.measure in ("revenue", own[0].measure, "total asset")
            if whole is not None and is_whole and own[0].measure == measures[0]:
                pair = own[0], whole
                yield pair if own[0].newest.value.number <= whole.newest.value.number else pair[::-1]


def _change(before: RowPoint, after: RowPoint) -> str:
    """The change from one value to another: in percent, of shares in percentage points; empty where neither makes
    sense."""
    old, new = before.value, after.value
    if old.unit != new.unit:
        return ""
    if old.number == new.number:
        return "unchanged"
    if old.unit.is_share:
        return f"{_signed(new.number - old.number)} percentage points"
    if old.number <= 0 or new.number < 0:
        return ""
    return f"{_signed(100 * (new.number - old.number) / old.number)} %"


def _in_parentheses(change: str) -> str:
    computed = change if change in ("", "unchanged") else f"{change}, computed"
    return f" ({computed})" if computed else ""


def _signed(number: float) -> str:
    text = written(round(number, 1))
    return text if text.startswith("-") else f"+{text}"


def _text(point: RowPoint) -> str:
    value = point.value
    shown = Point("", "", value.number, value.unit, "", digits=value.digits)
    return shown.text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
