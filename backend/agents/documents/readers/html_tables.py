"""Tables of a web page while it is read: cells as they are written, spans, and rows with label and headers."""

import re
from dataclasses import dataclass, field

from backend.agents.documents.readers.captions import title_and_note
from backend.agents.documents.readers.extracted_table import ExtractedTable
from backend.agents.documents.readers.grid import GridCell, GridRow, extracted_rows

_INDENT = re.compile(r"(?:padding-left|text-indent|margin-left)\s*:\s*([\d.]+)", re.IGNORECASE)
_MOST_SPANNED = 1_000


@dataclass(slots=True)
class CellMark:
    """A cell that has begun: how many columns and rows it covers."""

    columns: int
    rows: int
    is_header: bool
    indent: float


def cell_mark(tag: str, values: dict[str, str], *, in_head: bool) -> CellMark:
    """The mark of a ``td`` or ``th`` with these attributes."""
    indent = _INDENT.search(values.get("style", ""))
    return CellMark(
        _count(values.get("colspan", "")),
        _count(values.get("rowspan", "")),
        is_header=in_head or tag == "th",
        indent=float(indent[1].rstrip(".") or 0) if indent and indent[1].count(".") < 2 else 0.0,
    )


@dataclass(slots=True)
class OpenTable:
    """A table that is being read."""

    above: tuple[str, ...]
    heading: str
    caption: str = ""
    in_head: bool = False
    _rows: list[GridRow] = field(default_factory=list)
    _spanned: dict[int, tuple[int, GridCell]] = field(default_factory=dict)

    def add_row(self, start: int, end: int, cells: list[tuple[CellMark, str, int, int]]) -> None:
        """A row as it was written to the text: each cell's mark, text and range."""
        placed: list[GridCell] = []
        column = 0
        carried, self._spanned = self._spanned, {}
        for mark, text, first, last in cells:
            column = self._carry(carried, column, placed)
            cell = GridCell(text, first, last, column, mark.columns)
            placed.append(cell)
            if mark.rows > 1:
                self._spanned[column] = (mark.rows - 1, cell)
            column += mark.columns
        self._carry(carried, column, placed)
        filled = tuple(cell for cell in placed if cell.text.strip())
        if filled:
            is_header = all(mark.is_header for mark, text, _, _ in cells if text)
            self._rows.append(GridRow(filled, start, end, cells[0][0].indent, is_header=is_header))

    def closed(self) -> ExtractedTable | None:
        """The table, or None if no row of it has a figure or text beside a label: then it only lays out the page."""
        rows = extracted_rows(self._rows)
        if not rows or max(len(row.cells) for row in self._rows) < 2:
            return None
        title, note = title_and_note(self.above, self.heading, self._rows[:4])
        return ExtractedTable(self.caption or title, note, None, self._rows[0].start, self._rows[-1].end, rows)

    def _carry(self, carried: dict[int, tuple[int, GridCell]], column: int, placed: list[GridCell]) -> int:
        """Cells that reach down from a row above, from this column on; returns the next free column."""
        while column in carried:
            rows, cell = carried[column]
            placed.append(cell)
            if rows > 1:
                self._spanned[column] = (rows - 1, cell)
            column += cell.span
        return column


def _count(text: str) -> int:
    return min(max(int(text), 1), _MOST_SPANNED) if text.isascii() and text.isdigit() and len(text) < 5 else 1
