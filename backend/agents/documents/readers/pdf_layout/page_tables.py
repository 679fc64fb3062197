"""Tables of a page: runs of rows with figures, the headers above them, wrapped labels and sections between them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from backend.agents.documents.readers.captions import names_units, title_and_note
from backend.agents.documents.readers.extracted_table import ExtractedTable
from backend.agents.documents.readers.grid import GridCell, GridRow, extracted_rows
from backend.agents.documents.readers.pdf_layout.columns import column_of, columns_of, spans_of
from backend.agents.documents.readers.pdf_layout.page_rows import PageRow, Segment

_MOST_TEXT_BETWEEN = 4
_MOST_HEADER_ROWS = 9
_WIDE_GAP = 4.0
"""Sizes of type between two baselines from which a table does not continue."""

_OVERHANG = 24.0
"""Points by which a header may begin left of the figures below it."""

_UNFINISHED = re.compile(r"(?:[,(/&-]|\b(?:and|or|of|for|in|the|to|on|at|by|from|with|net|per|a|an))\Z", re.IGNORECASE)
_REMARK = re.compile(r"\((?:un)?audited\)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_CONTENTS = re.compile(r"\d{1,3}")


def page_tables(rows: Sequence[PageRow]) -> list[ExtractedTable]:
    """The tables that the rows of a page form, from top to bottom. Ranges are those of the page's text.

    A table without a caption has no title here: the heading it stands under is known to the outline of the document.
    """
    found: list[ExtractedTable] = []
    floor = 0
    for first, last in _runs(rows):
        table = _Block(rows, floor, first, last).table()
        if table is not None:
            found.append(table)
        floor = last
    return found


def may_have_tables(text: str) -> bool:
    """Whether any two lines of a page end in figures or consist of them, as rows of a table do."""
    return sum(1 for _ in _FIGURES_AT_END.finditer(text)) >= 2


_FIGURES_AT_END = re.compile(r"^.*(?:\d|\d\)|%|—|–|\))[ \t]*$", re.MULTILINE)


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
    if max(_leads(rows[above : below + 1])) > _WIDE_GAP * rows[above].size:
        return True
    reach = min(segment.left for row in (rows[above], rows[below]) for segment in row.segments if segment.is_figure)
    long = [row for row in between if len(row.segments) == 1 and row.segments[0].right > reach + _OVERHANG]
    prose = [row for row in long if row.left < reach - _OVERHANG and not row.text.endswith(":")]
    return bool(prose) and not _is_wrapped(long)


def _begins_table(row: PageRow, above: PageRow) -> bool:
    """Whether a line on units belongs to a new table: below the years of a header it is still part of the header."""
    return names_units(row.text) and not (above.is_years and _is_units(row))


def _leads(rows: Sequence[PageRow]) -> list[float]:
    """The distances of baselines from one row to the next."""
    return [above.baseline - below.baseline for above, below in pairwise(rows)]


def _is_wrapped(prose: Sequence[PageRow]) -> bool:
    """Whether a single long line is the first part of a label rather than text between two tables."""
    return len(prose) == 1 and _UNFINISHED.search(prose[0].text) is not None


@dataclass(slots=True)
class _Line:
    """A row of the table while it is put together."""

    row: PageRow
    label: list[Segment]
    values: list[Segment]
    is_header: bool = False


class _Block:
    """One table: the rows from ``first`` up to ``last``, with headers above down to ``floor``."""

    def __init__(self, rows: Sequence[PageRow], floor: int, first: int, last: int) -> None:
        self._rows, self._floor, self._first, self._last = rows, floor, first, last
        figures = [
            segment
            for row in rows[first:last]
            if row.has_figures and not row.is_years
            for segment in _values(row)
            if segment.is_figure
        ]
        self._columns = columns_of(figures)
        labels = [
            row.segments[0].right for row in rows[first:last] if row.has_figures and not row.segments[0].is_figure
        ]
        near = self._columns[0].left - _OVERHANG if self._columns else 0.0
        self._headers_from = min(near, max(labels, default=near))

    def table(self) -> ExtractedTable | None:
        """The table, or None if what looks like one is not."""
        if not self._columns or self._is_contents():
            return None
        top = self._top()
        inside = self._rows[top : self._last]
        units = [row.text for row in inside if _is_units(row)]
        lines = _with_whole_labels([self._line(row) for row in inside if not _is_units(row)])
        grid = [self._grid_row(line) for line in lines]
        found = extracted_rows([row for row in grid if row.cells])
        headers = [row for row in grid if row.is_header]
        if not found or (len(found) < 2 and not headers):
            return None
        above = _paragraphs(self._rows[max(self._floor, top - 6) : top])
        title, note = title_and_note([*units, *above], "", headers)
        return ExtractedTable(title, note, None, *_range_of(inside), found)

    def _is_contents(self) -> bool:
        """Whether it is a list of page numbers: one column of small numbers that grow."""
        texts = [segment.text for row in self._rows[self._first : self._last] for segment in _values(row)]
        numbers = [int(text) for text in texts if _CONTENTS.fullmatch(text)]
        single = len(self._columns) == 1 and len(numbers) >= max(2, len(texts) - 1)
        return single and numbers == sorted(numbers)

    def _top(self) -> int:
        """The row the table begins with: the topmost header, or a section label right above the first figures."""
        top = self._first
        for index in range(self._first - 1, max(self._floor, self._first - _MOST_HEADER_ROWS) - 1, -1):
            row = self._rows[index]
            if self._rows[index].baseline - self._rows[index + 1].baseline > _WIDE_GAP * row.size:
                break
            if self._is_header(row):
                top = index
            elif _REMARK.fullmatch(row.text) or (top == self._first and _is_units(row)):
                continue
            elif top < self._first or not self._is_label(row):
                break
        if top == self._first and top > self._floor and self._rows[top - 1].text.endswith(":"):
            return top - 1 if self._is_label(self._rows[top - 1]) else top
        return top

    def _is_header(self, row: PageRow) -> bool:
        """Whether all of a row but a label stands above the columns."""
        columns = self._columns
        values = [segment for segment in row.segments if segment.left >= self._headers_from]
        if not values or len(values) < len(row.segments) - 1:
            return False
        if len(row.segments) == 1 and (names_units(row.text) or _IN_BRACKETS.fullmatch(row.text)):
            return False
        high = columns[-1].right + 2 * _OVERHANG
        return all(columns[0].left - _OVERHANG <= segment.right and segment.center <= high for segment in values)

    def _is_label(self, row: PageRow) -> bool:
        return len(row.segments) == 1 and (row.segments[0].right <= self._columns[0].left or row.text.endswith(":"))

    def _line(self, row: PageRow) -> _Line:
        if not row.has_figures or row.is_years:
            if self._is_header(row):
                label = [segment for segment in row.segments if segment.left < self._headers_from]
                return _Line(row, label, [one for one in row.segments if one not in label], is_header=True)
            if not row.is_years:
                return _Line(row, list(row.segments), [])
        values = _values(row)
        # Text between the label and the first column, such as the number of a note, belongs to the label.
        edge = self._columns[0].left - _OVERHANG
        label = [one for one in row.segments if one not in values or (not one.is_figure and one.right < edge)]
        return _Line(row, label, [one for one in values if one not in label])

    def _grid_row(self, line: _Line) -> GridRow:
        cells = []
        if line.label:
            text = " ".join(segment.text for segment in line.label)
            cells.append(GridCell(text, line.label[0].start, max(one.end for one in line.label), 0))
        if line.is_header:
            spans = spans_of(self._columns, line.values)
        else:
            spans = [(column_of(self._columns, value), 1) for value in line.values]
        cells += [
            GridCell(value.text, value.start, value.end, column + 1, width)
            for value, (column, width) in zip(line.values, spans, strict=True)
        ]
        start = min((cell.start for cell in cells), default=0)
        end = max((cell.end for cell in cells), default=0)
        return GridRow(tuple(cells), start, end, line.row.left, is_header=line.is_header)


def _range_of(rows: Sequence[PageRow]) -> tuple[int, int]:
    return min(row.start for row in rows), max(row.end for row in rows)


def _is_units(row: PageRow) -> bool:
    """Whether all that a row says is what the figures are counted in."""
    return len(row.segments) == 1 and row.text.startswith("(") and names_units(row.text)


def _paragraphs(rows: Sequence[PageRow]) -> list[str]:
    """The rows above a table as paragraphs, the nearest first: a line that is not finished is joined to the next."""
    found: list[str] = []
    for row in reversed(rows):
        if found and (found[-1][:1].islower() or _UNFINISHED.search(row.text)) and not row.text.endswith((".", ":")):
            found[-1] = f"{row.text} {found[-1]}"
        else:
            found.append(row.text)
    return found


def _values(row: PageRow) -> list[Segment]:
    """The segments beside the label."""
    return list(row.segments if row.segments[0].is_figure else row.segments[1:])


def _with_whole_labels(lines: list[_Line]) -> list[_Line]:
    """Labels that wrap over lines are put together: above their figures, or below them."""
    leads = _leads([line.row for line in lines if line.values and not line.is_header])
    usual = median(leads) if leads else 0.0
    found: list[_Line] = []
    waiting: list[_Line] = []
    for line in lines:
        if not line.values and not line.is_header:
            if not waiting and found and _continues(line, usual, found[-1]):
                found[-1].label += line.label
            else:
                waiting.append(line)
            continue
        while not line.is_header and waiting and _is_begun_by(line, waiting[-1], usual):
            line.label = waiting[-1].label + line.label
            line.row = _at(line.row, waiting.pop().row)
        found += [*waiting, line]
        waiting = []
    return [*found, *waiting]


def _continues(text: _Line, usual: float, above: _Line) -> bool:
    """Whether a line of text is the rest of the label above it."""
    if not above.values or above.is_header:
        return False
    is_close = above.row.baseline - text.row.baseline <= max(usual, text.row.size * 1.2) * 1.05
    first = text.label[0].text
    return is_close and bool(above.label) and (first[:1].islower() or bool(_UNFINISHED.search(above.label[-1].text)))


def _is_begun_by(line: _Line, above: _Line, usual: float) -> bool:
    """Whether the label of a row with figures begins on the line of text above it."""
    text = above.label[-1].text
    if text.endswith(":"):
        return False
    if not line.label:
        return True
    is_tight = above.row.baseline - line.row.baseline < 0.85 * usual
    return line.label[0].text[:1].islower() or _UNFINISHED.search(text) is not None or is_tight


def _at(row: PageRow, above: PageRow) -> PageRow:
    """The row, as far left as the line its label begins on."""
    return PageRow((*above.segments, *row.segments), row.baseline, row.size)
