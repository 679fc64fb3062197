"""Tables whose cells are ruled: what stands in a cell belongs together, however many lines it wraps over."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from backend.agents.documents.readers.captions import title_and_note
from backend.agents.documents.readers.extracted_table import ExtractedCell, ExtractedRow, ExtractedTable
from backend.agents.documents.readers.extraction import MAX_LABEL_CHARS
from backend.agents.documents.readers.grid import is_figure
from backend.agents.documents.readers.pdf_layout.page_rows import PageRow
from backend.agents.documents.readers.pdf_layout.page_text import PageText, PageWord
from backend.agents.documents.readers.pdf_layout.ruled_grid import RuledGrid, RuledRow
from backend.agents.documents.readers.pdf_layout.table_block import paragraphs_above

_ABOVE_BASELINE = 0.3
"""Where the middle of a letter is, in sizes of type."""
_SLACK = 1.0
_ROWS_ABOVE = 6
_MOST_CHARS, _LONGEST_CELL = 90, 500
"""Code points of a usual cell, and of the longest one: what has more is text in boxes."""
_FEWEST_ROWS, _FIGURES_OF_AXIS = 2, 3
_CODE = re.compile(r"[A-Z]{0,3}[\d.-]{1,7}\s?[A-Za-z]?\.?")
_NAME = re.compile(r"[^\W\d_]{3,}")
_MOSTLY = 0.8


@dataclass(frozen=True, slots=True)
class RuledCell:
    """What stands in a cell: its words with blanks between, its range in the page's text, the columns it covers."""

    text: str
    start: int
    end: int
    column: int
    span: int

    @property
    def is_figure(self) -> bool:
        """Whether it is a number, an amount, or the sign for none."""
        return is_figure(self.text.strip("*†‡§≥≤<>~ "))


Placed = tuple[PageWord, float]
"""A word and the height of its middle."""


def placed_words(page: PageText) -> list[Placed]:
    """The words of a page with their heights."""
    return [(word, line.baseline + _ABOVE_BASELINE * line.size) for line in page.lines for word in page.words(line)]


def ruled_table(grid: RuledGrid, words: Iterable[Placed], rows: Sequence[PageRow]) -> ExtractedTable | None:
    """The table in a grid, or None if it has no cells of figures or names; ``rows`` are those of the page."""
    inside = [(word, y) for word, y in words if grid.rows[-1].bottom <= y <= grid.rows[0].top]
    lines = [line for row in grid.rows if (line := list(_cells(grid, row, inside)))]
    if sum(len(line) > 1 for line in lines) < _FEWEST_ROWS or not _are_cells(lines):
        return None
    name, lines = _without_name(lines)
    count = _headers(lines, len(grid.edges) - 1)
    headers, body = lines[:count], lines[count:]
    found = tuple(_rows(body, headers, name, has_codes=_has_codes(body)))
    if not found or not _is_whole(found):
        return None
    above = [row for row in rows if row.baseline > grid.rows[0].top][-_ROWS_ABOVE:]
    title, note = title_and_note([*([name] if name else []), *paragraphs_above(above)], "")
    start, end = _range_of([cell for line in lines for cell in line])
    return ExtractedTable(title, note, None, start, end, found)


def _without_name(lines: list[list[RuledCell]]) -> tuple[str, list[list[RuledCell]]]:
    """The text of a cell that reaches over the whole table and names it, and the rows below; empty without one."""
    first = next((place for place, line in enumerate(lines) if len(line) > 1), 0)
    return (lines[first - 1][0].text if first else ""), lines[first:]


def _range_of(cells: Sequence[RuledCell]) -> tuple[int, int]:
    return min(cell.start for cell in cells), max(cell.end for cell in cells)


def _is_whole(rows: Sequence[ExtractedRow]) -> bool:
    """Whether labels and headers are ruled as well: of other tables only the figures are, or are shaded."""
    cells = [cell for row in rows for cell in row.cells]
    labelled, headed = sum(bool(row.label) for row in rows), sum(bool(cell.column) for cell in cells)
    return bool(cells) and labelled >= _MOSTLY * len(rows) and headed >= _MOSTLY * len(cells)


def is_of_figures(table: ExtractedTable) -> bool:
    """Whether most cells are figures, so that its rows are not text."""
    cells = [cell for row in table.rows for cell in row.cells]
    return 2 * sum(is_figure(cell.text) for cell in cells) >= len(cells)


def outside_of(grids: Sequence[RuledGrid], rows: Iterable[PageRow]) -> list[PageRow]:
    """The rows of the page that are in none of the grids."""
    return [
        row
        for row in rows
        if not any(
            grid.rows[-1].bottom - _SLACK <= row.baseline <= grid.rows[0].top
            and row.left < grid.edges[-1]
            and row.segments[-1].right > grid.edges[0]
            for grid in grids
        )
    ]


def _cells(grid: RuledGrid, row: RuledRow, words: Sequence[Placed]) -> Iterator[RuledCell]:
    inside = [(word, y) for word, y in words if row.bottom - _SLACK <= y <= row.top + _SLACK]
    for left, right in zip(row.edges, row.edges[1:], strict=False):
        own = [(y, word) for word, y in inside if left - _SLACK <= (word.left + word.right) / 2 < right]
        if not own:
            continue
        ordered = [word for _, word in sorted(own, key=lambda one: (-round(one[0]), one[1].left))]
        column = _edge(grid, left)
        yield RuledCell(
            " ".join(word.text for word in ordered),
            min(word.start for word in ordered),
            max(word.end for word in ordered),
            column,
            max(1, _edge(grid, right) - column),
        )


def _edge(grid: RuledGrid, x: float) -> int:
    return min(range(len(grid.edges)), key=lambda place: abs(grid.edges[place] - x))


def _are_cells(lines: Sequence[Sequence[RuledCell]]) -> bool:
    """Whether cells have so little text as those of tables do. The texts of drawings may be there twice, as a shadow,
    and the figures along the axis of a chart stand together."""
    texts = [cell.text for line in lines for cell in line]
    pairs = [pair for text in texts for pair in pairwise(text.split())]
    twice = sum(one == other for one, other in pairs)
    of_axis = sum(sum(map(is_figure, text.split())) >= _FIGURES_OF_AXIS for text in texts)
    if 5 * twice > len(pairs) or 5 * of_axis > len(texts):
        return False
    lengths = [len(text) for text in texts]
    return median(lengths) <= _MOST_CHARS and max(lengths) <= _LONGEST_CELL


def _headers(lines: Sequence[Sequence[RuledCell]], columns: int) -> int:
    """How many rows at the top are headers: the first without a figure, and those below cells that reach over several
    columns. Two columns without figures are names and their values."""
    if any(cell.is_figure for cell in lines[0][1:]) or len(lines[0]) < min(columns, 2):
        return 0
    if columns == 2 and not any(cell.is_figure for line in lines[1:] for cell in line[1:]):
        return 0
    count = 1
    while count < len(lines) - 1 and any(cell.span > 1 for cell in lines[count - 1]):
        if any(cell.is_figure and cell.column > 0 for cell in lines[count]):
            break
        count += 1
    return count


def _has_codes(body: Sequence[Sequence[RuledCell]]) -> bool:
    """Whether the first column only numbers the rows, and the second one names them."""
    beside = [line for line in body if len(line) > 2 and line[0].column == 0 and line[1].column == 1]
    coded = [line for line in beside if _CODE.fullmatch(line[0].text) and _NAME.search(line[1].text)]
    return bool(coded) and len(coded) >= _MOSTLY * len(beside)


def _rows(
    body: Sequence[Sequence[RuledCell]], headers: Sequence[Sequence[RuledCell]], named: str, *, has_codes: bool
) -> Iterator[ExtractedRow]:
    """The rows below the headers. One that begins with a figure is what the whole table is named after."""
    section = ""
    for line in body:
        if len(line) == 1 and line[0].column == 0 and not line[0].is_figure:
            section = line[0].text[:MAX_LABEL_CHARS]
            continue
        of_label = 2 if has_codes and len(line) > 1 and line[1].column == 1 else 1
        has_label = line[0].column == 0 and (of_label == 2 or not line[0].is_figure)
        label = line[of_label - 1].text if has_label else named
        values = line[of_label:] if has_label else line
        cells = tuple(ExtractedCell(cell.text, _header(headers, cell), cell.start, cell.end) for cell in values)
        if cells:
            yield ExtractedRow(label[:MAX_LABEL_CHARS], section, cells, *_range_of(line))


def _header(headers: Sequence[Sequence[RuledCell]], cell: RuledCell) -> str:
    texts = [
        above.text
        for line in headers
        for above in line
        if above.column < cell.column + cell.span and cell.column < above.column + above.span
    ]
    return " ".join(dict.fromkeys(texts))[:MAX_LABEL_CHARS]
