"""What a table is by the names and content of its columns: figures in rows, series in columns, or just a table.

*Long*: one figure per row, with columns for the period, the metric's name and the value. *Wide*: a column of periods
and columns of numbers. Both are recognised by column names (and, for periods, by the cells); anything else is *plain*.
"""

from dataclasses import dataclass
from typing import Literal

from backend.agents.documents.periods import parse_period

_PERIODS = ("fiscal_period", "period", "quarter", "date", "month", "year", "day", "week", "datum", "jahr", "monat")
_ORDERS = ("period_end", "end_date", "date", "as_of")
_METRICS = ("metric", "measure", "indicator", "kpi", "item", "variable", "series", "kennzahl")
_VALUES = ("value", "amount", "figure", "wert", "betrag")
_UNITS = ("unit", "units", "einheit", "currency")
_IDENTIFIERS = frozenset({"id", "number", "no", "nr", "index", "key", "zip", "plz", "code", "row"})
_MOST_CATEGORIES = 50


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
    """The shape of a table. ``cells`` are the columns' cells, column by column."""
    by_name = {column.lower().strip().replace(" ", "_"): column for column in columns}
    content = dict(zip(columns, cells, strict=True))
    period = _period_column(by_name, content)
    if not period or _is_said_of_things(period, by_name, cells):
        return Shape("plain")
    order = _order_column(by_name, content) or period
    return _long(by_name, period, order) or _wide(content, numeric, period, order) or Shape("plain")


def _long(by_name: dict[str, str], period: str, order: str) -> Shape | None:
    metric, value, unit = (_named(by_name, names) for names in (_METRICS, _VALUES, _UNITS))
    return Shape("long", period, order, metric, value, unit) if metric and value else None


def _wide(content: dict[str, list[str]], numeric: frozenset[str], period: str, order: str) -> Shape | None:
    others = [column for column in content if column not in (period, order)]
    measures = tuple(column for column in others if column in numeric and column.lower() not in _IDENTIFIERS)
    if not measures or len(set(content[period])) < 2:
        return None
    categories = tuple(column for column in others if column not in numeric and _are_categories(content[column]))
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


def _is_said_of_things(period: str, by_name: dict[str, str], cells: list[list[str]]) -> bool:
    """Whether the rows are things that their first cells name, each its own, and the dates are one more thing that is
    said of each (``Lease end``): ordered by such dates, the values of several things do not form a series."""
    is_named = any(by_name.get(name) == period for name in _PERIODS)
    names = [cell for cell in cells[0] if cell]
    return not is_named and len(names) == len(set(names)) and not _are_periods(cells[0])


def _order_column(by_name: dict[str, str], content: dict[str, list[str]]) -> str:
    named = [by_name[name] for name in _ORDERS if name in by_name]
    return next((column for column in named if _are_periods(content[column])), "")


def _are_categories(cells: list[str]) -> bool:
    return 1 < len(set(cells)) <= _MOST_CATEGORIES


def _are_periods(cells: list[str]) -> bool:
    """Whether nine of ten filled cells, looked at in the first 200 rows, name a period."""
    filled = [cell for cell in cells[:200] if cell]
    return bool(filled) and sum(parse_period(cell) is not None for cell in filled) * 10 >= len(filled) * 9
