"""Figures in sentences. Every number comes from the table that was asked, every direction from its trend."""

from collections.abc import Callable, Sequence

from backend.agents.documents.answering.composition import Composition
from backend.agents.documents.answering.quotes import Quote, literal
from backend.agents.documents.figures.measures import Measure
from backend.agents.documents.figures.numbers import Unit, written
from backend.agents.documents.figures.series import Point, Series
from backend.agents.documents.figures.trend import Trend
from backend.agents.documents.search.question import Extreme, Question

Supports = Callable[[Point], Quote | None]
"""Finds the quote that states a point."""

MOST_LISTED = 16
_PAST = {"rising": "rose", "falling": "fell"}


def verdict(question: Question, trend: Trend, count: int) -> str:
    """The answer to a yes-or-no question about a direction, or an empty text if it is not one."""
    asked = question.direction
    if not question.is_yes_or_no or asked not in ("rising", "falling") or question.periods:
        return ""
    if count < 3:
        return "There are too few figures to tell. "
    if trend.newest_contradicts:
        return "Not by the newest figure. " if trend.before == asked else "Only by the newest figure. "
    if trend.direction == "unclear":
        return "The figures show no clear direction. "
    return "By this measure, yes. " if trend.direction == asked else "By this measure, no. "


def development(series: Series, trend: Trend, supports: Supports, newest_when: str = "") -> Composition:
    """How a series went: its first, its extreme, its last but one and its newest value, with a quote for each.

    ``newest_when`` says the newest period in more words than the series does.
    """
    label, newest, told = literal(series.label), series.newest, Composition()
    when = newest_when or newest.when
    if len(series.points) == 1:
        return told.say(f"{label} {series.verb} {newest.text} {when}").cite(supports(newest)).say(".")
    first, previous = series.points[0], series.points[-2]
    if trend.newest_contradicts:
        _course(told, label, series.points[:-1], trend.before, supports, series.values[:-1])
        told.say(f". The newest figure goes against that: {newest.text} {when}")
        return told.cite(supports(newest)).say(".")
    if trend.direction == "unclear":
        told.say(f"{label} {series.verb} {newest.text} {when}").cite(supports(newest))
        told.say(f", after {previous.text} {previous.when}").cite(supports(previous))
        return told.say(f"{_range_between(series) if len(series.points) > 2 else ''}.")
    told.say(f"{label} {_PAST[trend.direction]} from {first.text} {first.when}").cite(supports(first))
    told.say(f" to {newest.text} {when}").cite(supports(newest))
    extreme = _extreme(series.points, series.values, trend.direction)
    if extreme not in (first, newest):
        told.say(f"; its {_edge(trend.direction)} was {extreme.text} {extreme.when}").cite(supports(extreme))
    return told.say(".")


def extreme(series: Series, asked: Extreme, supports: Supports) -> Composition:
    """The highest or the lowest value, where the question asks for it."""
    if not asked or len(series.points) < 2:
        return Composition()
    point = _extreme(series.points, series.values, "rising" if asked == "highest" else "falling")
    told = Composition().say(f"The {asked} figure of {literal(series.label)} is {point.text} {point.when}")
    return told.cite(supports(point)).say(". ")


def at_periods(series: Series, points: Sequence[Point], supports: Supports, *, total: str = "") -> Composition:
    """The values of the periods that were asked for, and their ``total`` where it is asked for."""
    told = Composition().say(f"{literal(series.label)} {series.verb} ")
    for place, point in enumerate(points):
        told.say(", " if place else "").say(f"{point.text} {point.when}").cite(supports(point))
    told.say(f", together {total}." if total else ".")
    if series.newest not in points:
        newest = series.newest
        told.say(f" The newest figure is {newest.text} in {newest.period}").cite(supports(newest)).say(".")
    return told


def no_such_period(series: Series, asked: str, supports: Supports) -> Composition:
    """That there is no figure for the period, and which there are."""
    first, newest = series.points[0], series.newest
    told = Composition().say(f"There is no figure of {literal(series.label)} for {asked}: the figures run from ")
    told.say(f"{first.period} ({first.text})").cite(supports(first))
    return told.say(f" to {newest.period} ({newest.text})").cite(supports(newest)).say(".")


def ranks(label: str, values: Sequence[Point], total: Point, quote: Quote | None) -> Composition:
    """The values of ranked members in the newest period, and their sum."""
    unit = values[0].unit
    numbers = [f"{written(point.value)}{' %' if unit.is_share else ''}" for point in values]
    *front, last = numbers
    listed = f"{', '.join(front)} and {last}" if front else last
    rest = _rest_of(unit)
    together = f", together {total.text}" if front else ""
    told = Composition().say(f"{literal(label)} in {values[0].period}: {listed}{rest}{together}")
    return told.cite(quote).say(".")


def parts(label: str, series: Sequence[Series], supports: Supports) -> Composition:
    """The newest value of each part of a whole; parts without a value in the newest period are named separately."""
    newest = series[0].newest
    current = [one for one in series if one.newest.order == newest.order]
    told = Composition().say(f"{literal(label)} in {newest.period}: ")
    for place, one in enumerate(current):
        told.say("; " if place else "").say(f"{literal(one.label)} {one.newest.text}").cite(supports(one.newest))
    told.say(".")
    ended = [one for one in series if one.newest.order != newest.order]
    if ended:
        listed = ", ".join(f"{literal(one.label)} ({one.newest.period})" for one in ended)
        told.say(f" Without a figure for that period, and last given for: {listed}.")
    return told


def all_values(series: Series, row: Quote | None) -> Composition:
    """Every value of a series that is not too long, in the unit of the newest."""
    unit = series.newest.unit
    listed = ", ".join(
        f"{point.period} {written(value)}" for point, value in zip(series.points, series.values, strict=True)
    )
    return Composition().say(f"\n\nAll values{f' in {unit.label}' if unit.label else ''}: {listed}").cite(row).say(".")


def _course(
    told: Composition,
    label: str,
    points: Sequence[Point],
    direction: str,
    supports: Supports,
    values: Sequence[float],
) -> None:
    """From the first value over the extreme to the last of ``points``."""
    first, last, extreme = points[0], points[-1], _extreme(points, values, direction)
    told.say(f"{label} {_PAST[direction]} from {first.text} {first.when}").cite(supports(first))
    if extreme in (first, last):
        told.say(f" to {last.text} {last.when}").cite(supports(last))
    else:
        told.say(f" to its {_edge(direction)}, {extreme.text} {extreme.when}").cite(supports(extreme))
        told.say(f", and was {last.text} {last.when}").cite(supports(last))


def _extreme(points: Sequence[Point], values: Sequence[float], direction: str) -> Point:
    pick = max if direction == "rising" else min
    return points[values.index(pick(values))]


def _edge(direction: str) -> str:
    return "highest value" if direction == "rising" else "lowest value"


def _range_between(series: Series) -> str:
    low, high = (series.points[series.values.index(edge)] for edge in (min(series.values), max(series.values)))
    return f"; its figures lie between {low.text} ({low.period}) and {high.text} ({high.period})"


def dated(point: Point, measure: Measure) -> str:
    """The period of a table's point, and the day it ended where the table gives it in a column of its own."""
    shape = measure.table.shape
    dated = shape.order != shape.period and point.order not in point.period
    return f"{point.when} (period ended {point.order})" if dated else point.when


def _rest_of(unit: Unit) -> str:
    rest = unit.name.removeprefix("%").strip() if unit.is_share else unit.label
    return f" {rest}" if rest else ""
