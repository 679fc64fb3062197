"""Rows of tables within documents, typed: each cell's period and value."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.agents.documents.figures.cell_values import CellValue, Surroundings, cell_number, cell_value, money_of
from backend.agents.documents.figures.column_periods import ColumnPeriod, column_period
from backend.agents.documents.indexing.corpus import FoundRow


@dataclass(frozen=True, slots=True)
class RowPoint:
    """One cell of a row that states a value for a period."""

    row: FoundRow
    period: ColumnPeriod
    value: CellValue
    is_own: bool
    """Whether the period is the one that the document itself is about, not one it compares with."""


def points_of(row: FoundRow, table: Sequence[FoundRow]) -> tuple[RowPoint, ...]:
    """The cells of a row with a period and a number; of columns for one period the first. ``table`` is the whole table,
    whose other rows may name the currency."""
    around = Surroundings(
        title=row.title,
        note=row.note,
        section=row.section,
        label=row.label,
        money=money_of(tuple(cell.text for one in table for cell in one.cells)),
        is_share=bool(row.cells) and all("%" in cell.text for cell in row.cells if cell_number(cell.text) is not None),
    )
    found: dict[ColumnPeriod, RowPoint] = {}
    for cell in row.cells:
        period = column_period(cell.column, f"{row.title} {row.note}")
        if period is None or period in found:
            continue
        value = cell_value(cell.text, _in_column(around, cell.column))
        if value is not None:
            found[period] = RowPoint(row, period, value, is_own=False)
    newest = _own_end(row, tuple(found))
    return tuple(
        RowPoint(point.row, point.period, point.value, is_own=period.order == newest) for period, point in found.items()
    )


def _in_column(around: Surroundings, column: str) -> Surroundings:
    return Surroundings(around.title, around.note, around.section, around.label, column, around.money, around.is_share)


def _own_end(row: FoundRow, periods: Sequence[ColumnPeriod]) -> str:
    """The end of the document's own period among these, or else the newest."""
    stated = row.document.profile.period_end
    orders = [period.order for period in periods]
    return stated if stated in orders else max(orders, default="")
