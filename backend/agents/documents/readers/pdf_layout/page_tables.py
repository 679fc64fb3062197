"""Tables of a page: where runs of rows with figures begin and end."""

import re
from collections.abc import Iterator, Sequence

from backend.agents.documents.readers.captions import names_units
from backend.agents.documents.readers.extracted_table import ExtractedTable
from backend.agents.documents.readers.pdf_layout.forms import form_runs, form_table
from backend.agents.documents.readers.pdf_layout.page_rows import PageRow
from backend.agents.documents.readers.pdf_layout.table_block import OVERHANG, WIDE_GAP, TableBlock, paragraphs_above
from backend.agents.documents.readers.pdf_layout.table_lines import UNFINISHED, is_units, leads

_MOST_TEXT_BETWEEN = 4
_LINES_ABOVE = 3
_NAMES = re.compile(r"\w: \S.*\w:(?:\s|\Z)")
_FIGURES_AT_END = re.compile(r"^.*(?:\d|\d\)|%|—|–|\))[ \t]*$", re.MULTILINE)


def page_tables(rows: Sequence[PageRow]) -> list[ExtractedTable]:
    """The tables that the rows of a page form, from top to bottom. Ranges are those of the page's text.

    A table without a caption has no title here: the heading it stands under is known to the outline of the document.
    """
    found: list[ExtractedTable] = []
    begin = 0
    for first, end in [*form_runs(rows), (len(rows), len(rows))]:
        found += _figure_tables(rows[begin:first])
        if first < end:
            above = paragraphs_above(rows[max(begin, first - _LINES_ABOVE) : first])
            found.append(form_table(rows[first:end], above))
        begin = end
    return found


def _figure_tables(rows: Sequence[PageRow]) -> Iterator[ExtractedTable]:
    floor = 0
    for first, last in _runs(rows):
        table = TableBlock(rows, floor, first, last).table()
        if table is not None:
            yield table
        floor = last


def may_have_tables(text: str) -> bool:
    """Whether two lines of a page end in figures or consist of them, as rows of a table do, or have names of a form."""
    return len(_FIGURES_AT_END.findall(text)) >= 2 or len(_NAMES.findall(text)) >= 2


def _runs(rows: Sequence[PageRow]) -> Iterator[tuple[int, int]]:
    """Ranges of rows that begin and end with figures and have no more between them than labels and headers."""
    first = last = -1
    for index, row in enumerate(rows):
        if not row.has_figures:
            continue
        if first >= 0 and _is_parted(rows, last, index):
            yield first, last + 1
            first = -1
        first = index if first < 0 else first
        last = index
    if first >= 0:
        yield first, last + 1


def _is_parted(rows: Sequence[PageRow], above: int, below: int) -> bool:
    """Whether two rows with figures belong to different tables."""
    between = rows[above + 1 : below]
    if len(between) > _MOST_TEXT_BETWEEN or any(_begins_table(row, rows[above]) for row in between):
        return True
    if max(leads(rows[above : below + 1])) > WIDE_GAP * rows[above].size:
        return True
    reach = min(segment.left for row in (rows[above], rows[below]) for segment in row.segments if segment.is_figure)
    long = [row for row in between if len(row.segments) == 1 and row.segments[0].right > reach + OVERHANG]
    prose = [row for row in long if row.left < reach - OVERHANG and not row.text.endswith(":")]
    return bool(prose) and not _is_wrapped(long)


def _begins_table(row: PageRow, above: PageRow) -> bool:
    """Whether a line on units belongs to a new table: below the years of a header it is still part of the header."""
    return names_units(row.text) and not (above.is_years and is_units(row))


def _is_wrapped(prose: Sequence[PageRow]) -> bool:
    """Whether a single long line is the first part of a label rather than text between two tables."""
    return len(prose) == 1 and UNFINISHED.search(prose[0].text) is not None
