"""A table's text as columns with SQL types: numbers as numbers, periods as text that sorts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from backend.agents.documents.figures.numbers import NOTHING, parse_number
from backend.agents.documents.figures.shapes import Shape, order_of, recognise
from backend.agents.documents.readers.delimited import Record, TableText

LINE, ORDER, NUMBER = "file_line", "period_order", "value_number"
"""Columns added to every table: the row's line in the file, its period as text that sorts, a long table's number."""

ParseNumber = Callable[[str], float | None]


@dataclass(frozen=True, slots=True)
class Column:
    """A column as a database has it: one value per row, None for a cell without one."""

    name: str
    kind: Literal["DOUBLE", "INTEGER", "VARCHAR"]
    values: list[Any]


@dataclass(frozen=True, slots=True)
class TypedTable:
    """A table's columns, those that are added to it behind its own; its shape, and which columns are numbers."""

    columns: list[Column]
    shape: Shape
    numeric: frozenset[str]
    percentages: frozenset[str]
    newest: str
    """The last period of any row, as it sorts; empty without periods."""


def typed(content: TableText) -> TypedTable:
    """The columns of a table by what their cells are. Its names must be none of those that are added."""
    rows, names = content.rows, content.columns
    # Where a semicolon parts the cells, the comma is left to be the decimal mark.
    number = partial(parse_number, decimal_comma=content.delimiter == ";")
    cells = [_cells_at(rows, place) for place in range(len(names))]
    by_name = dict(zip(names, cells, strict=True))
    numeric = frozenset(name for name in names if _is_numeric(by_name[name], number))
    shape = recognise(names, cells, numeric)
    # A year is written in digits, but nothing is counted by it.
    numeric -= {shape.period, shape.order}
    orders = [order_of(cell) for cell in by_name[shape.order]] if shape.order else [None] * len(rows)
    amounts = [number(cell) for cell in by_name[shape.value]] if shape.value else [None] * len(rows)
    columns = [
        _number_column(name, cells_of, number) if name in numeric else _text_column(name, cells_of)
        for name, cells_of in zip(names, cells, strict=True)
    ]
    added = [
        Column(LINE, "INTEGER", [row.line for row in rows]),
        Column(ORDER, "VARCHAR", orders),
        Column(NUMBER, "DOUBLE", amounts),
    ]
    percentages = frozenset(name for name in names if name in numeric and _are_shares(by_name[name]))
    return TypedTable([*columns, *added], shape, numeric, percentages, max(filter(None, orders), default=""))


def _cells_at(rows: Sequence[Record], place: int) -> list[str]:
    """The cells of one column; a row that ends before it has an empty one."""
    return [row.cells[place] if place < len(row.cells) else "" for row in rows]


def _number_column(name: str, cells: list[str], number: ParseNumber) -> Column:
    return Column(name, "DOUBLE", [None if _is_empty(cell) else number(cell) for cell in cells])


def _text_column(name: str, cells: list[str]) -> Column:
    return Column(name, "VARCHAR", [None if _is_empty(cell) else cell for cell in cells])


def _is_empty(cell: str) -> bool:
    return cell.lower() in NOTHING


def _is_numeric(cells: list[str], number: ParseNumber) -> bool:
    filled = [cell for cell in cells if not _is_empty(cell)]
    return bool(filled) and all(number(cell) is not None for cell in filled)


def _are_shares(cells: list[str]) -> bool:
    return all(cell.endswith("%") for cell in cells if not _is_empty(cell))
