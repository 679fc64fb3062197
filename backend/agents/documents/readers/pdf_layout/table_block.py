"""One table of a page: its columns, the headers above them, and its rows, from a run of rows with figures."""

import re
from collections.abc import Sequence

from backend.agents.documents.readers.captions import names_units, title_and_note
from backend.agents.documents.readers.extracted_table import ExtractedRow, ExtractedTable
from backend.agents.documents.readers.grid import GridCell, GridRow, extracted_rows, is_year
from backend.agents.documents.readers.pdf_layout.columns import column_of, columns_of, over_years, spans_of, widened
from backend.agents.documents.readers.pdf_layout.page_rows import PageRow, Segment
from backend.agents.documents.readers.pdf_layout.table_lines import (
    UNFINISHED,
    TableLine,
    is_units,
    with_whole_labels,
    without_units,
)

WIDE_GAP = 4.0
"""Sizes of type between two baselines from which a table does not continue."""

OVERHANG = 24.0
"""Points by which a header may begin left of the figures below it."""

_HEADER_GAP = 2.2
"""Sizes of type between the baselines of two lines of a header, at most."""

_MOST_HEADER_ROWS = 9
_LONGEST_HEADER = 70
_MOST_UNLABELLED = 0.6
_LABEL_SLACK = 12.0
_REMARK = re.compile(r"\((?:un)?audited\)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_CONTENTS = re.compile(r"\d{1,3}")


class TableBlock:
    """One table: the rows from ``first`` up to ``last``, with headers above down to ``floor``."""

    def __init__(self, rows: Sequence[PageRow], floor: int, first: int, last: int) -> None:
        self._rows, self._floor, self._first, self._last = rows, floor, first, last
        figured = [row for row in rows[first:last] if row.has_figures and not row.is_years]
        self._label_left = _label_left(figured)
        figures = [segment for row in figured for segment in self._values(row) if segment.is_figure]
        self._columns = columns_of(figures)
        labels = [row.segments[0].right for row in figured if row.segments[0] not in self._values(row)]
        near = self._columns[0].left - OVERHANG if self._columns else 0.0
        self._headers_from = min(near, max(labels, default=near))

    def table(self) -> ExtractedTable | None:
        """The table, or None if what looks like one is not."""
        if not self._columns or self._is_contents():
            return None
        top = self._top()
        inside = self._rows[top : self._last]
        grid = self._grid(inside)
        found = extracted_rows([row for row in grid if row.cells])
        headers = [row for row in grid if row.is_header]
        if not found or (len(found) < 2 and not headers) or _is_unlabelled(found):
            return None
        units = [row.segments[-1].text for row in inside if is_units(row)]
        above = paragraphs_above(self._rows[max(self._floor, top - 6) : top])
        title, note = title_and_note([*units, *above], "", headers)
        return ExtractedTable(title, note, None, *_range_of(inside), found)

    def _grid(self, rows: Sequence[PageRow]) -> list[GridRow]:
        """The rows with their labels put together and their headers laid out over the columns."""
        others = [row for row in map(without_units, rows) if row is not None]
        lines = with_whole_labels([self._line(row) for row in others])
        self._lay_out_headers([line for line in lines if line.is_header])
        return [self._grid_row(line) for line in lines]

    def _is_contents(self) -> bool:
        """Whether it is a list of page numbers: the last figures of its rows are small and grow."""
        rows = [self._values(row) for row in self._rows[self._first : self._last]]
        texts = [values[-1].text for values in rows if values]
        numbers = [int(text) for text in texts if _CONTENTS.fullmatch(text)]
        is_list = len(self._columns) <= 2 and len(numbers) >= max(2, len(texts) - 1)
        return is_list and numbers == sorted(numbers) and all(len(values) <= 3 for values in rows)

    def _top(self) -> int:
        """The row the table begins with: the topmost header, or a section label right above the first figures."""
        top = self._first
        for index in range(self._first - 1, max(self._floor, self._first - _MOST_HEADER_ROWS) - 1, -1):
            row = self._rows[index]
            widest = WIDE_GAP if top == self._first else _HEADER_GAP
            below = self._rows[index + 1]
            if row.baseline - below.baseline > widest * min(row.size, below.size):
                break
            if self._is_header(row):
                top = index
            elif _REMARK.fullmatch(row.text) or (top == self._first and is_units(row)) or self._is_side_header(row):
                continue
            elif top < self._first or not self._is_label(row):
                break
        if top == self._first and top > self._floor and self._rows[top - 1].text.endswith(":"):
            return top - 1 if self._is_label(self._rows[top - 1]) else top
        return top

    def _is_header(self, row: PageRow) -> bool:
        """Whether all of a row but a label stands above the columns."""
        columns = self._columns
        values = self._header_values(row)
        beside = [segment for segment in row.segments if segment not in values]
        if not values or sum(segment.left < self._headers_from for segment in beside) > 1:
            return False
        if any(len(value.text) > _LONGEST_HEADER for value in values):
            return False
        if len(row.segments) == 1 and (names_units(row.text) or _IN_BRACKETS.fullmatch(row.text)):
            return False
        high = columns[-1].right + 2 * OVERHANG
        return all(segment.center <= high for segment in values)

    def _header_values(self, row: PageRow) -> list[Segment]:
        """What of a row may stand above columns of figures; left of it are labels, or headers of columns of text."""
        reach = self._columns[0].left - OVERHANG
        return [segment for segment in row.segments if segment.left >= self._headers_from and segment.right >= reach]

    def _is_side_header(self, row: PageRow) -> bool:
        """Whether a row stands above a column of text between the labels and the figures."""
        is_left = row.segments[-1].right < self._columns[0].left - OVERHANG
        return is_left and row.left >= self._headers_from and self._label_left is not None

    def _is_label(self, row: PageRow) -> bool:
        return len(row.segments) == 1 and (row.segments[0].right <= self._columns[0].left or row.text.endswith(":"))

    def _line(self, row: PageRow) -> TableLine:
        if not row.has_figures or row.is_years:
            if self._is_header(row):
                values = self._header_values(row)
                label = [segment for segment in row.segments if segment not in values]
                return TableLine(row, label, values, is_header=True)
            if not row.is_years:
                return TableLine(row, list(row.segments), [])
        values = self._values(row)
        # Text between the label and the first column, such as the number of a note, belongs to the label.
        edge = self._columns[0].left
        label = [one for one in row.segments if one not in values or (not one.is_figure and one.right < edge)]
        return TableLine(row, label, [one for one in values if one not in label])

    def _lay_out_headers(self, headers: Sequence[TableLine]) -> None:
        """Find the columns of each header, from the lowest line up: a column is as wide as what stands below."""
        columns = self._columns
        years: set[int] = set()
        for line in reversed(headers):
            line.spans = over_years(columns, line.values, spans_of(columns, line.values), years)
            columns = widened(columns, line.values, line.spans)
            years.update(
                column
                for value, (column, width) in zip(line.values, line.spans, strict=True)
                if width == 1 and is_year(value.text)
            )

    def _values(self, row: PageRow) -> list[Segment]:
        """The segments beside the label. A figure that stands where labels do is one: ``2032`` among the years."""
        first = row.segments[0]
        stands_apart = self._label_left is None or abs(first.left - self._label_left) > _LABEL_SLACK
        is_value = first.is_figure and (stands_apart or len(row.segments) == 1)
        return list(row.segments if is_value else row.segments[1:])

    def _grid_row(self, line: TableLine) -> GridRow:
        cells = []
        if line.label:
            text = " ".join(segment.text for segment in line.label)
            cells.append(GridCell(text, line.label[0].start, max(one.end for one in line.label), 0))
        spans = line.spans if line.is_header else [(column_of(self._columns, value), 1) for value in line.values]
        cells += [
            GridCell(value.text, value.start, value.end, column + 1, width)
            for value, (column, width) in zip(line.values, spans, strict=True)
        ]
        start = min((cell.start for cell in cells), default=0)
        end = max((cell.end for cell in cells), default=0)
        return GridRow(tuple(cells), start, end, line.row.left, is_header=line.is_header)


def _is_unlabelled(rows: Sequence[ExtractedRow]) -> bool:
    """Whether most rows have no label, as the marks on the axis of a chart."""
    return sum(not row.label for row in rows) > _MOST_UNLABELLED * len(rows)


def _range_of(rows: Sequence[PageRow]) -> tuple[int, int]:
    return min(row.start for row in rows), max(row.end for row in rows)


def paragraphs_above(rows: Sequence[PageRow]) -> list[str]:
    """The rows above a table as paragraphs, the nearest first: a line that is not finished is joined to the next."""
    found: list[str] = []
    for row in reversed(rows):
        if found and (found[-1][:1].islower() or UNFINISHED.search(row.text)) and not row.text.endswith((".", ":")):
            found[-1] = f"{row.text} {found[-1]}"
        else:
            found.append(row.text)
    return found


def _label_left(rows: Sequence[PageRow]) -> float | None:
    """Where the labels of rows with figures begin; None if they have none. Years may be the only labels."""
    texts = [row.left for row in rows if not row.segments[0].is_figure]
    if texts:
        return min(texts)
    years = [row.left for row in rows if len(row.segments) > 1 and is_year(row.segments[0].text)]
    return min(years) if len(years) == len(rows) and rows else None
