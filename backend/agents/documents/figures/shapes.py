"""What a table is by the names and content of its columns: figures in rows, series in columns, or just a table.

*Long*: one figure per row, with columns for the period, the metric's name and the value. *Wide*: a column of periods
and columns of numbers. Both are recognised by column names (and, for periods, by the cells); anything else is *plain*.
"""

from dataclasses import dataclass
from typing import Literal

from backend.agents.documents.search.periods import parse_period

_PERIODS = ("fiscal_period", "period", "quarter", "date", "month", "year", "day", "week", "datum", "jahr", "monat")
_ORDERS = ("period_end", "end_date", "date", "as_of")
_METRICS = ("metric", "measure", "indicator", "kpi", "item", "variable", "series", "kennzahl")
_VALUES = ("value", "amount", "figure", "wert", "betrag")
_UNITS = ("unit", "units", "einheit", "currency")
_IDENTIFIERS = frozenset({"id", "number", "no", "nr", "index", "key", "zip", "plz", "code", "row"})


@dataclass(frozen=True, slots=True)
class Shape:
    """The role of the columns, by name; a role nobody has is empty."""

    kind: Literal["long", "wide", "plain"]
    period: str = ""
    order: str = ""
    """The column that the periods are ordered by: a date where there is one."""
    metric: str = ""
    value: str = ""
    unit: str = ""
    measures: tuple[str, ...] = ()
    """A wide table's columns of numbers."""
    categories: tuple[str, ...] = ()
    """A wide table's columns of repeated words, which rows can be chosen by."""


def recognise(columns: tuple[str, ...], cells: list[list[str]], numeric: frozenset[str]) -> Shape:
    """The shape of a table. ``cells`` holds the columns' cells, column by column."""
    by_name = {column.lower().strip().replace(" ", "_"): column for column in columns}
    content = dict(zip(columns, cells, strict=True))
    period = _period_column(by_name, content)
    if not period:
        return Shape("plain")
    order = next(
        (by_name[name] for name in _ORDERS if name in by_name and _are_periods(content[by_name[name]])), period
    )
    metric, value, unit = (_named(by_name, names) for names in (_METRICS, _VALUES, _UNITS))
    if metric and value:
        return Shape("long", period, order, metric, value, unit)
    measures = tuple(
        column
        for column in columns
        if column in numeric and column not in (period, order) and column.lower() not in _IDENTIFIERS
    )
    if not measures or len(set(content[period])) < 2:
        return Shape("plain")
    categories = tuple(
        column
        for column in columns
        if column not in numeric and column not in (period, order) and 1 < len(set(content[column])) <= 50
    )
    return Shape("wide", period, order, measures=measures, categories=categories)


def order_of(cell: str) -> str | None:
    """A period as text that sorts in time (``2026-07-26``), or None if the cell names no period."""
    period = parse_period(cell)
    return "{:04}-{:02}-{:02}".format(*period.sort_key) if period else None


def _named(by_name: dict[str, str], names: tuple[str, ...]) -> str:
    return next((by_name[name] for name in names if name in by_name), "")


def _period_column(by_name: dict[str, str], content: dict[str, list[str]]) -> str:
    named = [by_name[name] for name in _PERIODS if name in by_name]
    # Four digits are a year only in a column that says so; elsewhere they are as likely an amount.
    others = [column for column in content if not any(cell.isdigit() for cell in content[column][:200])]
    return next((column for column in [*named, *others] if _are_periods(content[column])), "")


def _are_periods(cells: list[str]) -> bool:
    """Whether nine of ten filled cells, looked at in the first 200 rows, name a period."""
    filled = [cell for cell in cells[:200] if cell]
    return bool(filled) and sum(parse_period(cell) is not None for cell in filled) * 10 >= len(filled) * 9
