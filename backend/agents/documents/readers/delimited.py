"""Delimited text (CSV): one block per row, so that a quote from a table is a row of the file as it stands."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from backend.agents.documents.readers.decoding import decode
from backend.agents.documents.readers.extraction import Extraction, TextBlock, UnreadableFileError
from backend.agents.documents.readers.lines import lines_of
from backend.agents.documents.readers.reading import Reading

MAX_SEARCHED_ROWS = 50_000
MAX_CELLS = 2_000_000
"""Of a table that can be computed over."""

_REPORT_EVERY = 10_000
_DELIMITERS = ",;\t|"
_LOOKED_AT, _LOOKED_AT_LENGTH = 20, 20_000


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its cells, its range in the text, and the line it begins on (from 1)."""

    cells: tuple[str, ...]
    start: int
    end: int
    line: int


@dataclass(frozen=True, slots=True)
class TableText:
    """A table as text: its column names, the row they are in, the rows below it, and the sign between the cells."""

    columns: tuple[str, ...]
    header: Record
    rows: list[Record]
    delimiter: str


def read_delimited(data: bytes, reading: Reading) -> Extraction:
    """The file's text as it is; every row below the header is a block whose heading is the column names.

    A table that is too long to be searched or computed over ends with the last row that is.
    """
    text = decode(data)
    delimiter = _delimiter(text)
    kept: list[Record] = []
    width = count = end = 0
    notices: tuple[str, ...] = ()
    for row in _rows(text, delimiter):
        if count % _REPORT_EVERY == 0:
            reading.progress(count, 0, "row")
        width = max(width, len(row.cells))
        # So far beyond both limits that what is left is not taken for a table to compute over.
        if count > max(MAX_SEARCHED_ROWS, MAX_CELLS // width) + _LOOKED_AT:
            notices = (f"only its first {count:,} rows were read",)
            text = text[:end]
            break
        count, end = count + 1, row.end
        if len(kept) <= MAX_SEARCHED_ROWS + _LOOKED_AT:
            kept.append(row)
    table = _table_of(kept, width, delimiter)
    heading = ", ".join(table.columns)
    blocks = tuple(TextBlock(row.start, row.end, heading) for row in table.rows[:MAX_SEARCHED_ROWS])
    if not blocks:
        raise UnreadableFileError("there is no row below its header")
    if count - 1 > MAX_SEARCHED_ROWS:
        notices = (*notices, f"only the first {MAX_SEARCHED_ROWS:,} rows can be searched")
    return Extraction(text=text, blocks=blocks, kind="table", has_lines=True, notices=notices)


def read_table(text: str, most_cells: int) -> TableText | None:
    """Column names and the rows below them; None for a table of more cells.

    Lines above the header that do not belong to the table are passed over. A column without a name is called by its
    place. Raises ``UnreadableFileError`` where the quoting is broken.
    """
    delimiter = _delimiter(text)
    # Without quotes every delimiter parts two cells: too large a table is known without reading its rows.
    if '"' not in text and text.count(delimiter) + text.rstrip().count("\n") > most_cells:
        return None
    rows: list[Record] = []
    width = 0
    for row in _rows(text, delimiter):
        rows.append(row)
        width = max(width, len(row.cells))
        if (len(rows) - 1) * width > most_cells:
            return None
    return _table_of(rows, width, delimiter)


def _table_of(rows: list[Record], width: int, delimiter: str) -> TableText:
    if not rows:
        raise UnreadableFileError("there is no row in it")
    filled = [sum(cell != "" for cell in row.cells) for row in rows[:_LOOKED_AT]]
    header = next(index for index, count in enumerate(filled) if count * 10 >= max(filled) * 6)
    width = max(width, len(rows[header].cells))
    cells = rows[header].cells + ("",) * (width - len(rows[header].cells))
    columns: list[str] = []
    for place, name in enumerate(cells, start=1):
        taken = {column.lower() for column in columns}
        unique = name or f"column {place}"
        columns.append(unique if unique.lower() not in taken else f"{unique} ({place})")
    return TableText(tuple(columns), rows[header], rows[header + 1 :], delimiter)


def _rows(text: str, delimiter: str) -> Iterator[Record]:
    """The rows that are not empty, header included."""
    starts: list[int] = []

    def fed() -> Iterator[str]:
        for offset, line in lines_of(text):
            starts.append(offset)
            yield line + "\n"

    reader = csv.reader(fed(), delimiter=delimiter)
    first = 0
    try:
        for cells in reader:
            last = reader.line_num
            newline = text.find("\n", starts[last - 1])
            end = len(text) if newline < 0 else newline
            if any(cell.strip() for cell in cells):
                yield Record(tuple(cell.strip() for cell in cells), starts[first], end, first + 1)
            first = last
    except csv.Error as error:
        raise UnreadableFileError(f"it is not a readable CSV (line {reader.line_num}: {error})") from error


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first lines into the most cells; a comma if none does."""
    lines = [line[:_LOOKED_AT_LENGTH] for _, line in islice(lines_of(text), _LOOKED_AT)]
    counts = {mark: sum(len(cells) - 1 for cells in csv.reader(lines, delimiter=mark)) for mark in _DELIMITERS}
    return max(_DELIMITERS, key=lambda mark: counts[mark])
