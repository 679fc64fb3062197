"""Forms on a page: names that end with a colon and the value beside each, often several of them in a row."""

from collections.abc import Iterator, Sequence

from backend.agents.documents.readers.captions import title_and_note
from backend.agents.documents.readers.extracted_table import ExtractedCell, ExtractedRow, ExtractedTable
from backend.agents.documents.readers.extraction import MAX_LABEL_CHARS
from backend.agents.documents.readers.pdf_layout.page_rows import PageRow, Segment

_LONGEST_NAME = 60
_FEWEST_ROWS = 2
_WIDE_GAP = 4.0
"""Sizes of type between two baselines from which a form does not continue."""


def form_runs(rows: Sequence[PageRow]) -> Iterator[tuple[int, int]]:
    """Ranges of rows that are forms: at least two of them have two names with their values."""
    first = last = -1
    for index, row in enumerate(rows):
        if not _pairs(row):
            continue
        if first >= 0 and (index - last > 1 or rows[last].baseline - row.baseline > _WIDE_GAP * row.size):
            yield from _if_form(rows, first, last + 1)
            first = -1
        first = index if first < 0 else first
        last = index
    if first >= 0:
        yield from _if_form(rows, first, last + 1)


def form_table(rows: Sequence[PageRow], above: Sequence[str]) -> ExtractedTable:
    """The form as a table: a row for each name, with its value as the only cell."""
    found = tuple(
        ExtractedRow(
            name.text.rstrip(": ")[:MAX_LABEL_CHARS],
            "",
            (ExtractedCell(value.text, "", value.start, value.end),),
            min(name.start, value.start),
            max(name.end, value.end),
        )
        for row in rows
        for name, value in _pairs(row)
    )
    title, note = title_and_note(above, "")
    start, end = min(row.start for row in rows), max(row.end for row in rows)
    return ExtractedTable(title, note, None, start, end, found)


def is_form(table: ExtractedTable) -> bool:
    """Whether a table is a form: each row has one value, under no header."""
    return all(len(row.cells) == 1 and not row.cells[0].column for row in table.rows)


def _if_form(rows: Sequence[PageRow], first: int, end: int) -> Iterator[tuple[int, int]]:
    if sum(len(_pairs(row)) > 1 for row in rows[first:end]) >= _FEWEST_ROWS:
        yield first, end


def _pairs(row: PageRow) -> list[tuple[Segment, Segment]]:
    """Names and values of a row; empty if anything in it is neither."""
    found: list[tuple[Segment, Segment]] = []
    name: Segment | None = None
    for segment in row.segments:
        if segment.text.endswith(":") and len(segment.text) <= _LONGEST_NAME:
            name = segment
        elif name is None:
            return []
        else:
            found.append((name, segment))
            name = None
    return found
