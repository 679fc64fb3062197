"""Tables that list things: a row for each thing, a column for each thing that is said of it.

A CSV file is one as a whole, if it has no column of periods; a document has them within its text. A table with a column
for each period is a series of figures, and read as such.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.agents.documents.figures.cell_values import cell_number
from backend.agents.documents.figures.column_periods import column_period
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.stored_documents import Document, FoundRow, Passage
from backend.agents.documents.readers.delimited import Record, read_table
from backend.agents.documents.readers.extracted_table import ExtractedCell
from backend.agents.documents.readers.extraction import UnreadableFileError
from backend.agents.documents.search.retrieval import Retrieval

_MOST_TABLES = 6
_MOST_HITS = 12
_MOST_CELLS = 60_000
"""Of a table that is looked through for one question."""
_FEWEST_ROWS = 2
_LONGEST_HEADER = 300
_WORD = re.compile(r"[^\W_]+")
_DECIMAL_COMMA = re.compile(r"\d,(?:\d{1,2}|\d{4,})(?!\d|,)|\.\d{3},\d")
"""A number that has its decimals behind a comma: ``9,5`` and ``18.420,50``, but not ``9,500``."""
_TOTALS = frozenset(
    {"total", "totals", "sum", "all", "overall", "average", "mean", "subtotal", "summe", "gesamt", "insgesamt"}
)


@dataclass(frozen=True, slots=True)
class ListedTable:
    """The rows, without those of totals, and the names of their columns, but for that of their labels."""

    rows: tuple[FoundRow, ...]
    columns: tuple[str, ...]
    label_column: str = ""
    """The words above the labels: the name of their column, and where that is not known for sure, what stands there."""
    label_name: str = ""
    """The name of the column of the labels; empty where it is not known for sure."""
    has_totals: bool = False
    """Whether one of its rows gives the totals."""

    def numbers(self, column: str) -> list[tuple[float, FoundRow]]:
        """The numbers of a column with their rows; empty unless nearly all of its cells are one."""
        cells = [(cell.text, row) for row in self.rows for cell in row.cells if cell.column == column]
        comma = any(_DECIMAL_COMMA.search(text) for text, _ in cells)
        found = [(number, row) for text, row in cells if (number := cell_number(text, decimal_comma=comma)) is not None]
        return found if len(found) >= max(_FEWEST_ROWS, 0.9 * len(self.rows)) else []


def listed_tables(corpus: Corpus, retrieval: Retrieval) -> Iterator[ListedTable]:
    """The tables among the passages that were found, the best first."""
    seen: set[tuple[str, int]] = set()
    for hit in retrieval.hits[:_MOST_HITS]:
        passage = hit.passage
        document = passage.document
        numbers = [0] if document.is_table else corpus.tables_between(document.name, passage.start, passage.end)
        places = [(document.name, number) for number in numbers]
        for place in places:
            if place in seen or len(seen) >= _MOST_TABLES:
                continue
            seen.add(place)
            table = _whole_file(corpus, document) if document.is_table else _within(corpus.table(*place), passage)
            if table is not None and len(table.rows) >= _FEWEST_ROWS:
                yield table


def _within(rows: Sequence[FoundRow], passage: Passage) -> ListedTable | None:
    """The table that these rows of a document are; None for a series or a form."""
    columns = tuple(dict.fromkeys(cell.column for row in rows for cell in row.cells))
    if any(not column.strip() or ":" in column or _is_of_period(column) for column in columns):
        return None
    things = tuple(row for row in rows if _is_of_thing(row))
    if not things:
        return None
    return ListedTable(
        things, columns, _label_column(rows[0], columns, passage), has_totals=any(map(_is_of_totals, rows))
    )


def _label_column(first: FoundRow, columns: Sequence[str], passage: Passage) -> str:
    """What the passage has above the first row of its table, apart from the names of the other columns."""
    above = passage.text[: max(0, first.start - passage.start)][-_LONGEST_HEADER:]
    for column in sorted(columns, key=len, reverse=True):
        above = above.replace(column, " ", 1)
    return " ".join(_WORD.findall(above))


def _is_of_period(column: str) -> bool:
    """Whether a column is called by a period alone."""
    period = column_period(column)
    return period is not None and not period.qualifier


def _is_of_thing(row: FoundRow) -> bool:
    return bool(row.label.strip()) and not _is_of_totals(row)


def _is_of_totals(row: FoundRow) -> bool:
    return row.label.strip(" :.").lower() in _TOTALS


def _whole_file(corpus: Corpus, document: Document) -> ListedTable | None:
    """The table that a CSV file is; None for one of too many cells."""
    try:
        table = read_table(corpus.text(document.name), _MOST_CELLS)
    except (KeyError, UnreadableFileError):
        return None
    if table is None or len(table.columns) < 2:
        return None
    text = corpus.text(document.name)
    rows = tuple(_row_of(document, table.columns, record, text) for record in table.rows)
    return ListedTable(
        tuple(row for row in rows if _is_of_thing(row)),
        table.columns[1:],
        table.columns[0],
        table.columns[0],
        has_totals=any(map(_is_of_totals, rows)),
    )


def _row_of(document: Document, columns: Sequence[str], record: Record, text: str) -> FoundRow:
    cells = tuple(
        ExtractedCell(cell, column, record.start, record.end)
        for column, cell in zip(columns[1:], record.cells[1:], strict=False)
    )
    return FoundRow(
        number=record.line,
        document=document,
        table_number=0,
        title="",
        note="",
        page=None,
        line=record.line,
        section="",
        label=record.cells[0],
        start=record.start,
        end=record.end,
        text=text[record.start : record.end],
        cells=cells,
    )
