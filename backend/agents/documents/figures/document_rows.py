"""Rows of tables within documents, typed: each cell's period and value."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from backend.agents.documents.figures.cell_values import (
    CellValue,
    Surroundings,
    cell_number,
    cell_value,
    money_of,
    names_scale,
)
from backend.agents.documents.figures.column_periods import ColumnPeriod, column_period
from backend.agents.documents.indexing.stored_documents import FoundRow

_DASHES = frozenset({"-", "–", "—"})
_STATEMENT = re.compile(
    r"statements?\s+of\s+(?:consolidated\s+)?(?:operations|income|earnings|cash\s+flows?|financial\s+(?:position|condition)"
    r"|profit|comprehensive)|income\s+statements?|cash\s+flows?\s+statements?|balance\s+sheets?|profit\s+(?:and|or)\s+loss",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"actual|results?|target|plan|budget|forecast|as reported|reported|restated|as restated|total|amount"
)


@dataclass(frozen=True, slots=True)
class RowPoint:
    """One cell of a row that states a value for a period."""

    row: FoundRow
    period: ColumnPeriod
    value: CellValue
    is_own: bool
    """Whether the period is the one that the document itself is about, not one it compares with."""

    @property
    def turned(self) -> "RowPoint":
        """The same value with the other sign."""
        if not self.value.number:
            return self
        digits = self.value.digits
        value = replace(self.value, number=-self.value.number, digits=digits[1:] if digits[:1] == "-" else f"-{digits}")
        return replace(self, value=value)


def is_statement(title: str) -> bool:
    """Whether a table is one of the statements themselves rather than a note or an analysis."""
    return _STATEMENT.search(title) is not None


@dataclass(frozen=True, slots=True)
class TableMoney:
    """What the cells of a whole table say of its figures: the currency they share, and whether any is a percentage."""

    money: str = ""
    has_shares: bool = False

    @classmethod
    def of(cls, table: Sequence[FoundRow]) -> "TableMoney":
        """Read the cells of a table once for all of its rows."""
        texts = tuple(cell.text for one in table for cell in one.cells)
        return cls(money_of(texts), any("%" in text for text in texts))


def points_of(row: FoundRow, table: TableMoney, scale: str = "") -> tuple[RowPoint, ...]:
    """The cells of a row with a period and a number.

    ``table`` is what the whole table says, whose other rows may name the currency. ``scale`` is the note that the
    document's other tables share. Where two columns have one header and different values, the header is not to be
    trusted: neither is taken."""
    around = _surroundings(row, table, scale)
    found: dict[tuple[ColumnPeriod, str], RowPoint] = {}
    doubtful: set[tuple[ColumnPeriod, str]] = set()
    for cell in row.cells:
        period = column_period(cell.column, f"{row.title} {row.note}")
        # A dash among the amounts of a statement says that there was none.
        text = "0" if is_statement(row.title) and cell.text.strip(" $€£") in _DASHES else cell.text
        value = cell_value(text, replace(around, column=cell.column))
        if period is None or value is None or not _is_usable(period, row):
            continue
        key = period, value.unit.name
        if key in found and found[key].value.number != value.number:
            doubtful.add(key)
        found.setdefault(key, RowPoint(row, period, value, is_own=_is_own(row, period)))
    found = {key: point for key, point in found.items() if key not in doubtful}
    if not row.document.profile.period_end:
        newest = max((period.order for period, _ in found), default="")
        return tuple(replace(point, is_own=point.period.order == newest) for point in found.values())
    return tuple(found.values())


def _surroundings(row: FoundRow, table: TableMoney, scale: str) -> Surroundings:
    numbers = [cell.text for cell in row.cells if cell_number(cell.text) is not None]
    return Surroundings(
        title=row.title,
        note=row.note if names_scale(f"{row.note} {row.title}") or not table.money else f"{row.note} {scale}",
        section=row.section,
        label=row.label,
        money=table.money,
        is_share=(bool(numbers) and all("%" in text for text in numbers)) or (table.has_shares and not table.money),
    )


def _is_usable(period: ColumnPeriod, row: FoundRow) -> bool:
    """Whether a column states the plain value: what a header says beside the period must be harmless, and a bare year
    in a quarterly report may be any stretch of it."""
    if period.qualifier and not _HARMLESS.fullmatch(period.qualifier):
        return False
    stated = row.document.profile.periods
    of_quarter = bool(stated) and stated[0].quarter > 0
    return not (of_quarter and period.named is not None and not period.named.quarter and period.months is None)


def _is_own(row: FoundRow, period: ColumnPeriod) -> bool:
    """Whether the document is about this period."""
    profile = row.document.profile
    if period.named is not None:
        return any(period.named.contains(one) for one in profile.periods if one.quarter or not period.named.quarter)
    return period.order == profile.period_end
