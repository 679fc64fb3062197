"""Building the text of a file that has none of its own to show: paragraphs, headings and tables, one after another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from backend.agents.documents.readers.captions import title_and_note
from backend.agents.documents.readers.extracted_table import ExtractedTable
from backend.agents.documents.readers.extraction import (
    MAX_LABEL_CHARS,
    MAX_TEXT_CHARS,
    Extraction,
    Origin,
    TextBlock,
    UnreadableFileError,
)
from backend.agents.documents.readers.grid import GridCell, GridRow, extracted_rows

MAX_CELLS = 2_000_000
_CELL_SIGN = " | "


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a table that is added: its text, and how many columns it covers."""

    text: str
    span: int = 1


class DocumentText:
    """Takes the parts of a document in order. Empty paragraphs and cells are left out."""

    def __init__(self) -> None:
        self.first_heading = ""
        self._pieces: list[str] = []
        self._length = 0
        self._cells = 0
        self._blocks: list[TextBlock] = []
        self._tables: list[ExtractedTable] = []
        self._pages: list[tuple[int, int]] = []
        self._headings: list[tuple[int, str]] = []
        self._above: list[str] = []

    def page(self, number: int) -> None:
        """What follows is on this page, slide or the like."""
        self._pages.append((self._length, number))
        self._above = []

    def heading(self, level: int, text: str) -> None:
        """A heading; those of its level and below no longer count."""
        plain = " ".join(text.split())[:MAX_LABEL_CHARS]
        if not plain:
            return
        self._write(plain, "\n\n")
        self._headings = [*((above, title) for above, title in self._headings if above < level), (level, plain)]
        self.first_heading = self.first_heading or plain
        self._above = []

    def paragraph(self, text: str) -> None:
        """A paragraph; line breaks within it are kept."""
        stripped = text.strip()
        if stripped:
            start = self._write(stripped, "\n\n")
            self._blocks.append(TextBlock(start, start + len(stripped), self._path()))
            self._above = [stripped, *self._above[:2]]

    def table(self, rows: Sequence[Sequence[TableCell]], *, has_header: bool = False) -> None:
        """A table, one line of text for each row. The first row names the columns if ``has_header`` says so, or if it
        looks like that."""
        grid: list[GridRow] = []
        for number, cells in enumerate(rows):
            row = self._row(cells, is_header=has_header and number == 0)
            if row is not None:
                grid.append(row)
        if not grid:
            return
        self._write("", "\n")
        start, end = grid[0].start, grid[-1].end
        self._blocks += [TextBlock(row.start, row.end, self._path(), in_table=True) for row in grid]
        found = extracted_rows(grid)
        if found:
            heading = self._headings[-1][1] if self._headings else ""
            title, note = title_and_note(self._above, heading, grid[:4])
            page = self._pages[-1][1] if self._pages else None
            self._tables.append(ExtractedTable(title, note, page, start, end, found))
        self._above = []

    def append(self, other: Extraction) -> None:
        """The text, blocks and tables of something within the document that has a reader of its own."""
        offset = self._write(other.text, "\n\n")
        path = self._path()
        for block in other.blocks:
            heading = " > ".join(part for part in (path, block.heading) if part)[:MAX_LABEL_CHARS]
            self._blocks.append(replace(block, start=block.start + offset, end=block.end + offset, heading=heading))
        # Its pages are not those of this document.
        self._tables += [replace(shifted(table, offset), page=None) for table in other.tables]

    def extraction(
        self, origin: Origin, fields: Mapping[str, str] | None = None, notices: Sequence[str] = ()
    ) -> Extraction:
        """The document. Its first heading stands in for a missing title."""
        return Extraction(
            "".join(self._pieces).rstrip("\n"),
            tuple(self._blocks),
            origin=origin if origin.title else replace(origin, title=self.first_heading),
            fields=fields or {},
            pages=tuple(self._pages),
            tables=tuple(self._tables),
            notices=tuple(notices),
        )

    def _path(self) -> str:
        return " > ".join(title for _, title in self._headings)[:MAX_LABEL_CHARS]

    def _row(self, cells: Sequence[TableCell], *, is_header: bool) -> GridRow | None:
        self._cells += len(cells)
        if self._cells > MAX_CELLS:
            raise UnreadableFileError(f"its tables have more than {MAX_CELLS:,} cells")
        start, column = self._length, 0
        placed: list[GridCell] = []
        pieces: list[str] = []
        position = start
        for cell in cells:
            text = " ".join(cell.text.split())
            if text:
                position += len(_CELL_SIGN) if pieces else 0
                pieces.append(text)
                placed.append(GridCell(text, position, position + len(text), column, cell.span))
                position += len(text)
            column += cell.span
        if not placed:
            return None
        self._write(_CELL_SIGN.join(pieces), "\n")
        return GridRow(tuple(placed), start, position, is_header=is_header)

    def _write(self, text: str, ending: str) -> int:
        start = self._length
        self._pieces.append(text + ending)
        self._length += len(text) + len(ending)
        if self._length > MAX_TEXT_CHARS:
            raise UnreadableFileError(f"its text is longer than {MAX_TEXT_CHARS:,} characters")
        return start


def shifted(table: ExtractedTable, offset: int) -> ExtractedTable:
    """The table, with every range moved by so many characters."""
    rows = tuple(
        replace(
            row,
            start=row.start + offset,
            end=row.end + offset,
            cells=tuple(replace(cell, start=cell.start + offset, end=cell.end + offset) for cell in row.cells),
        )
        for row in table.rows
    )
    return replace(table, start=table.start + offset, end=table.end + offset, rows=rows)
