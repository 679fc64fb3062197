"""Reading a measure's series from its table, by one query."""

import re
from dataclasses import dataclass, replace

from backend.agents.documents.figures.measures import Measure
from backend.agents.documents.figures.metric_names import MetricName, in_words, parse_metric
from backend.agents.documents.figures.numbers import parse_unit, written
from backend.agents.documents.figures.series import Point, Series
from backend.agents.documents.figures.tables import LINE, NUMBER, ORDER, Result, Tables, identifier
from backend.agents.documents.search.periods import parse_period
from backend.agents.documents.search.question import Question

MOST_PERIODS = 60
"""A wide table with more periods than this is taken by month."""

_YEARLY = re.compile(r"\b(?:annual(?:ly)?|yearly|full[- ]year|fiscal years?|per year|by year)\b", re.IGNORECASE)
_AVERAGED = re.compile(r"rate|price|percent|pct|average|avg|mean|score|ratio|share|index|temperature|%", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked of a table and what came back, for the tool log."""

    sql: str
    parameters: tuple[object, ...]
    result: Result


@dataclass(frozen=True, slots=True)
class Reading:
    """A measure with its series (the one with the newest point first; members of a whole: the largest first)."""

    measure: Measure
    query: Query
    series: tuple[Series, ...]
    total: Series | None = None
    """Of ranks: their sum in each period, computed here."""


def read_measure(tables: Tables, measure: Measure, question: Question) -> Reading:
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
    return Reading(measure, query, tuple(_grouped(query, names, measure, yearly=yearly)))


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


def _ranked(measure: Measure, query: Query, names: dict[str, MetricName], *, yearly: bool) -> Reading:
    """One series per rank: the largest of each period, the second largest, and so on, whatever they are called."""
    first = next(iter(names.values()))
    by_period: dict[str, list[Point]] = {}
    for point in _of_one_length(tuple(_point(row) for row in query.result.rows), first, yearly=yearly):
        by_period.setdefault(point.order, []).append(point)
    groups = [sorted(group, key=lambda point: -point.value) for group in by_period.values()]
    if not groups:
        return Reading(measure, query, ())
    ranks = range(max(len(group) for group in groups))
    series = [Series(_rank_label(rank), tuple(group[rank] for group in groups if rank < len(group))) for rank in ranks]
    sums = [(group[0], sum(point.value for point in group)) for group in groups]
    total = tuple(replace(point, value=value, cell=written(value), line=None) for point, value in sums)
    return Reading(measure, query, tuple(series), Series(measure.label, total))


def _rank_label(rank: int) -> str:
    return "Largest" if rank == 0 else f"No. {rank + 1}"


def _of_one_length(points: tuple[Point, ...], name: MetricName, *, yearly: bool) -> tuple[Point, ...]:
    """The points that cover stretches of one length: years and quarters of a flow form no common line."""
    if name.is_point_in_time:
        return points
    years = tuple(point for point in points if point.is_whole_year)
    shorter = tuple(point for point in points if not point.is_whole_year)
    return (years or shorter) if yearly else (shorter or years)


def _read_column(tables: Tables, measure: Measure) -> Reading:
    shape, column = measure.table.shape, identifier(measure.column)
    by_column: dict[str, list[str]] = {}
    for name, value in measure.filters:
        by_column.setdefault(name, []).append(value)
    parameters = [value for values in by_column.values() for value in values]
    numbers = iter(range(1, len(parameters) + 1))
    chosen = [
        f"{identifier(name)} IN ({', '.join(f'${next(numbers)}' for _ in values)})"
        for name, values in by_column.items()
    ]
    where = " AND ".join([f"{column} IS NOT NULL", f"{ORDER} IS NOT NULL", *chosen])
    source = f"FROM {identifier(measure.table.name)} WHERE {where}"
    count = tables.query(f"SELECT count(DISTINCT {ORDER}) {source}", parameters).rows[0][0]
    monthly = count > MOST_PERIODS
    period = f"substr({ORDER}, 1, 7)" if monthly else identifier(shape.period)
    combined = "avg" if _AVERAGED.search(f"{measure.column} {measure.unit}") else "sum"
    sql = (
        f"SELECT {period} AS period, min({ORDER}) AS {ORDER}, {combined}({column}) AS value, count(*) AS rows, "
        f"min({LINE}) AS {LINE} {source} GROUP BY 1 ORDER BY 2, 1"
    )
    query = _ask(tables, sql, tuple(parameters))
    combines = any(row[3] > 1 for row in query.result.rows)
    points = tuple(
        Point(
            period=parsed.label if (parsed := parse_period(str(label))) else str(label),
            order=str(order),
            value=float(value),
            unit=parse_unit(measure.unit),
            cell=written(float(value)),
            line=line if rows == 1 else None,
        )
        for label, order, value, rows, line in query.result.rows
    )
    how = (("average" if combined == "avg" else "sum") + (" by month" if monthly else " by period")) if combines else ""
    label = f"{measure.label}, {how}" if how else measure.label
    return Reading(measure, query, (Series(label, points),) if points else ())
