"""Reading a measure's series from its table, by one query."""

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from backend.agents.documents.figures.measures import Measure
from backend.agents.documents.figures.metric_names import MetricName, in_words, parse_metric
from backend.agents.documents.figures.numbers import parse_unit, written
from backend.agents.documents.figures.series import Point, Series
from backend.agents.documents.figures.tables import Result, Tables, identifier
from backend.agents.documents.figures.typed_columns import LINE, NUMBER, ORDER
from backend.agents.documents.periods import parse_period
from backend.agents.documents.search.question import Question

MOST_PERIODS = 60
"""A wide table with more periods than this is taken by month."""

_YEARLY = re.compile(r"\b(?:annual(?:ly)?|yearly|full[- ]year|fiscal years?|per year|by year)\b", re.IGNORECASE)
AVERAGED = re.compile(
    r"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))(?i:rates?|prices?|percent\w*|pct|average|avg|mean|scores?|ratios?|shares?|"
    r"index|temperatures?)(?![a-z])|%"
)
"""Columns whose values are averaged rather than added up."""


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked of a table and what came back, for the tool log."""

    sql: str
    parameters: tuple[object, ...]
    result: Result


@dataclass(frozen=True, slots=True)
class ReadMeasure:
    """A measure with its series (the one with the newest point first; members of a whole: the largest first)."""

    measure: Measure
    query: Query
    series: tuple[Series, ...]
    total: Series | None = None
    """Of ranks: their sum in each period, computed here."""


def read_measure(tables: Tables, measure: Measure, question: Question) -> ReadMeasure:
    """Ask the measure's table. Without a usable point there is no series. Raises ``QueryError``."""
    if measure.kind == "column":
        return _read_column(tables, measure)
    query = _ask(tables, *_long_query(measure))
    names = {metric: parse_metric(metric) for metric in measure.metrics}
    yearly = _YEARLY.search(question.text) is not None or (
        bool(question.periods) and not any(period.quarter or period.month for period in question.periods)
    )
    if measure.kind == "ranks":
        return _ranked(measure, query, names, yearly=yearly)
    return ReadMeasure(measure, query, tuple(_grouped(query, names, measure, yearly=yearly)))


def _ask(tables: Tables, sql: str, parameters: tuple[object, ...]) -> Query:
    return Query(sql, parameters, tables.query(sql, parameters))


def _long_query(measure: Measure) -> tuple[str, tuple[object, ...]]:
    shape = measure.table.shape
    unit = identifier(shape.unit) if shape.unit else "''"
    places = ", ".join(f"${place}" for place in range(1, len(measure.metrics) + 1))
    sql = (
        f"SELECT {identifier(shape.period)} AS period, {ORDER}, {NUMBER} AS value, {identifier(shape.value)} AS cell, "  # noqa: S608
        f"{unit} AS unit, {identifier(shape.metric)} AS metric, {LINE} FROM {identifier(measure.table.name)} "
        f"WHERE {identifier(shape.metric)} IN ({places}) AND {NUMBER} IS NOT NULL AND {ORDER} IS NOT NULL "
        f"ORDER BY {ORDER}, {LINE}"
    )
    return sql, measure.metrics


def _point(row: tuple[object, ...]) -> Point:
    period, order, value, cell, unit, _, line = row
    parsed = parse_period(str(period))
    label = parsed.label if parsed else str(period)
    number, place = float(str(value)), int(str(line))
    return Point(label, str(order), number, parse_unit(str(unit or "")), str(cell), place)


def _grouped(query: Query, names: dict[str, MetricName], measure: Measure, *, yearly: bool) -> list[Series]:
    """One series per definition and, of a whole with parts, per member."""
    found: dict[tuple[str, str], dict[tuple[str, bool], Point]] = {}
    labels: dict[tuple[str, str], MetricName] = {}
    for row in query.result.rows:
        name, point = names[str(row[5])], _point(row)
        key = (name.definition, name.member)
        points = found.setdefault(key, {})
        labels.setdefault(key, name)
        # A restated value stands beside the original in the table and replaces it in the line.
        if (point.order, point.is_whole_year) not in points or name.is_restated:
            points[point.order, point.is_whole_year] = point
    series = []
    for key, points in found.items():
        kept = _of_one_length(tuple(points.values()), labels[key], yearly=yearly)
        if kept:
            label = in_words(labels[key].member, capital=True) if measure.kind == "parts" else measure.label
            series.append(Series(label, kept, key[0]))
    return sorted(series, key=lambda one: (one.newest.order, one.newest.value), reverse=True)


def _ranked(measure: Measure, query: Query, names: dict[str, MetricName], *, yearly: bool) -> ReadMeasure:
    """One series per rank: the largest of each period, the second largest, and so on, whatever they are called."""
    first = next(iter(names.values()))
    by_period: dict[str, list[Point]] = {}
    for point in _of_one_length(tuple(_point(row) for row in query.result.rows), first, yearly=yearly):
        by_period.setdefault(point.order, []).append(point)
    groups = [sorted(group, key=lambda point: -point.value) for group in by_period.values()]
    if not groups:
        return ReadMeasure(measure, query, ())
    ranks = range(max(len(group) for group in groups))
    series = [Series(_rank_label(rank), tuple(group[rank] for group in groups if rank < len(group))) for rank in ranks]
    sums = [(group[0], sum(point.value for point in group)) for group in groups]
    total = tuple(replace(point, value=value, cell=written(value), line=None) for point, value in sums)
    return ReadMeasure(measure, query, tuple(series), Series(measure.label, total))


def _rank_label(rank: int) -> str:
    return "Largest" if rank == 0 else f"No. {rank + 1}"


def _of_one_length(points: tuple[Point, ...], name: MetricName, *, yearly: bool) -> tuple[Point, ...]:
    """The points that cover stretches of one length: years and quarters of a flow form no common line."""
    if name.is_point_in_time:
        return points
    years = tuple(point for point in points if point.is_whole_year)
    shorter = tuple(point for point in points if not point.is_whole_year)
    return (years or shorter) if yearly else (shorter or years)


def _read_column(tables: Tables, measure: Measure) -> ReadMeasure:
    """One series: the rows of each period, or of each month where there are many periods, summed or averaged."""
    source, parameters = _chosen_rows(measure)
    periods = tables.query(f"SELECT count(DISTINCT {ORDER}) {source}", parameters).rows[0][0]
    monthly = periods > MOST_PERIODS
    averaged = AVERAGED.search(f"{measure.column} {measure.unit}") is not None
    period = f"substr({ORDER}, 1, 7)" if monthly else identifier(measure.table.shape.period)
    sql = (
        f"SELECT {period} AS period, min({ORDER}) AS {ORDER}, "
        f"{'avg' if averaged else 'sum'}({identifier(measure.column)}) AS value, count(*) AS rows, "
        f"min({LINE}) AS {LINE} {source} GROUP BY 1 ORDER BY 2, 1"
    )
    query = _ask(tables, sql, parameters)
    rows = [_Combined(*row) for row in query.result.rows]
    if not rows:
        return ReadMeasure(measure, query, ())
    label = measure.label
    if any(row.row_count > 1 for row in rows):
        label += f", {'average' if averaged else 'sum'} by {'month' if monthly else 'period'}"
    return ReadMeasure(measure, query, (Series(label, tuple(row.point(measure.unit) for row in rows)),))


class _Combined(NamedTuple):
    """A row of the query for a column: the value of all rows of one period."""

    period: object
    order: object
    value: float
    row_count: int
    line: int
    """The first of the rows' lines in the file."""

    def point(self, unit: str) -> Point:
        parsed = parse_period(str(self.period))
        return Point(
            period=parsed.label if parsed else str(self.period),
            order=str(self.order),
            value=float(self.value),
            unit=parse_unit(unit),
            cell=written(float(self.value)),
            line=self.line if self.row_count == 1 else None,
        )


def _chosen_rows(measure: Measure) -> tuple[str, tuple[str, ...]]:
    """The rows that the measure's filters choose, as the end of an SQL query, and the query's parameters."""
    by_column: dict[str, list[str]] = {}
    for name, value in measure.filters:
        by_column.setdefault(name, []).append(value)
    parameters = tuple(value for values in by_column.values() for value in values)
    numbers = iter(range(1, len(parameters) + 1))
    conditions = [f"{identifier(measure.column)} IS NOT NULL", f"{ORDER} IS NOT NULL"]
    for name, values in by_column.items():
        places = ", ".join(f"${next(numbers)}" for _ in values)
        conditions.append(f"{identifier(name)} IN ({places})")
    return f"FROM {identifier(measure.table.name)} WHERE {' AND '.join(conditions)}", parameters
