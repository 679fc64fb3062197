"""From a grid of cells to rows with labels, sections and column headers: the same for every format that has tables."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from backend.agents.documents.readers.extracted_table import ExtractedCell, ExtractedRow
from backend.agents.documents.readers.extraction import MAX_LABEL_CHARS

_CURRENCY = r"(?:[$€£¥]|US\$|USD|EUR|GBP|CHF)"
_UNIT = r"(?:%|pts?|x|bps|years?|months?|days?|hours?|(?:m|b|tr)illion|thousand)"
_SIGN = r"[-+\u2212\u2013(]"
_NUMBER = (
    rf"(?:{_SIGN}\s*)?{_CURRENCY}?\s*{_SIGN}?\s*\d[\d.,\u2019' ]*\s*{_UNIT}?\s*\)?"
    rf"\s*(?:%|{_CURRENCY}|\([0-9a-z*]\)|[*†])?"
)
_FIGURE = re.compile(rf"{_NUMBER}(?:\s*(?:[-\u2013\u2014]|to)\s*{_NUMBER})?", re.IGNORECASE)
_NOTHING = re.compile(rf"{_CURRENCY}?\s*(?:[-\u2212\u2013\u2014]+|n/?[am]|nm|\*)\s*%?", re.IGNORECASE)
_YEAR = re.compile(r"(?:FY\s*)?(?:19|20)\d{2}[*†]?", re.IGNORECASE)
_PERIOD = re.compile(r"\b(?:ended|ending|as of|as at)\b", re.IGNORECASE)
_BEFORE = re.compile(rf"\(?\s*{_CURRENCY}?\s*\(?\s*")
_AFTER = re.compile(r"[\s)%]+|(?:pts?|bps)\.?", re.IGNORECASE)
INDENT_TOLERANCE = 1.0
"""Labels whose indentation differs by no more stand on one level."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell that is not empty: its text, its range in the document's text, and the columns it covers (from 0)."""

    text: str
    start: int
    end: int
    column: int
    span: int = 1


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row: its cells from left to right, its range in the document's text, and how far its label is indented."""

    cells: tuple[GridCell, ...]
    start: int
    end: int
    indent: float = 0.0
    is_header: bool = False


def is_figure(text: str) -> bool:
    """Whether a cell's text is a number, an amount, a percentage, or the sign for none."""
    stripped = text.strip()
    # "29," is the end of a date that a line has cut off.
    return bool(_FIGURE.fullmatch(stripped) or _NOTHING.fullmatch(stripped)) and not stripped.endswith(",")


def is_year(text: str) -> bool:
    """Whether a cell's text is a year, as column headers are."""
    return _YEAR.fullmatch(text.strip()) is not None


def extracted_rows(rows: Sequence[GridRow]) -> tuple[ExtractedRow, ...]:
    """The rows below the headers. Signs and units in cells of their own are joined to their number.

    Rows that begin a table and have no figure, or are marked as such, are its headers; so is a row of headers within
    it. A row with a label and nothing else names the section of those below it.
    """
    joined = [replace(row, cells=_joined(row.cells)) for row in rows if row.cells]
    has_figures = any(is_figure(cell.text) and not is_year(cell.text) for row in joined for cell in row.cells)
    sections = _Sections(joined)
    found: list[ExtractedRow] = []
    headers: list[GridRow] = []
    above_is_header = True
    for index, row in enumerate(joined):
        if _is_header(row, has_figures, first=index == 0, above_is_header=above_is_header):
            headers = [*headers, row] if above_is_header else [row]
            above_is_header = True
            continue
        label, cells = _labelled(row)
        if not cells:
            sections.open(index, label)
            continue
        above_is_header = False
        extracted = tuple(ExtractedCell(cell.text, _header_of(cell, headers), cell.start, cell.end) for cell in cells)
        found.append(ExtractedRow(label, sections.above(row, label), extracted, row.start, row.end))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Section:
    """A label without figures. ``indent`` is the least of the rows below it, -1 for one above all rows."""

    indent: float
    label: str
    is_level: bool = False
    """Whether the rows below it stand as far to the left as it does."""


class _Sections:
    """The section labels in force: by indentation where the rows differ in it, else up to the next one or its total."""

    def __init__(self, rows: Sequence[GridRow]) -> None:
        self._rows = rows
        indents = [row.indent for row in rows if not row.is_header]
        self._is_flat = not indents or max(indents) - min(indents) <= INDENT_TOLERANCE
        self._open: list[_Section] = []
        self._opened_at = -2

    def open(self, index: int, label: str) -> None:
        """A section begins with the row of this index."""
        indent = self._rows[index].indent
        below = self._rows[index + 1].indent if index + 1 < len(self._rows) else indent
        is_level = not self._is_flat and abs(below - indent) <= INDENT_TOLERANCE
        if label.isupper() or below < indent - INDENT_TOLERANCE:
            # Centred or in capitals: it stands above all others.
            self._open, indent, is_level = [], -1.0, False
        elif self._is_flat and self._opened_at != index - 1:
            self._open = [section for section in self._open if section.indent < 0]
        elif not self._is_flat:
            self._open = [one for one in self._open if one.indent < indent - INDENT_TOLERANCE and not one.is_level]
        self._open.append(_Section(indent, label.rstrip(": "), is_level))
        self._opened_at = index

    def above(self, row: GridRow, label: str) -> str:
        """The sections that a row with figures stands in. A total ends its section."""
        if not self._is_flat:
            self._open = [one for one in self._open if self._is_above(one, row) or _is_total(label, one.label)]
        text = " > ".join(section.label for section in self._open)[:MAX_LABEL_CHARS]
        self._open = [section for section in self._open if not self._ends_with(label, section)]
        return text

    @staticmethod
    def _is_above(section: _Section, row: GridRow) -> bool:
        least = section.indent - INDENT_TOLERANCE if section.is_level else section.indent + INDENT_TOLERANCE
        return row.indent > least

    @staticmethod
    def _ends_with(label: str, section: _Section) -> bool:
        return _is_total(label, section.label) or (section.is_level and label.casefold().strip(" :") == "total")


def _is_total(label: str, section: str) -> bool:
    """Whether a row adds up a section: ``Total net sales`` under ``Net sales``."""
    words = label.casefold().split()
    return words[:1] == ["total"] and " ".join(words[1:]).startswith(section.casefold())


def _is_header(row: GridRow, has_figures: bool, *, first: bool, above_is_header: bool) -> bool:
    values = [cell.text for cell in row.cells if cell.column > 0]
    if row.is_header or not values:
        return row.is_header
    if not has_figures:
        return first
    if any(is_figure(text) and not is_year(text) for text in values):
        return False
    # With a label beside it, it is one only where nothing but headers stands above.
    has_label = row.cells[0].column == 0
    return above_is_header or (not has_label and (len(values) > 1 or is_year(values[0])))


def _labelled(row: GridRow) -> tuple[str, tuple[GridCell, ...]]:
    """The label, and the cells right of it."""
    first = row.cells[0]
    if first.column > 0:
        return "", row.cells
    return " ".join(first.text.split())[:MAX_LABEL_CHARS], row.cells[1:]


def _header_of(cell: GridCell, headers: Sequence[GridRow]) -> str:
    texts: list[str] = []
    for row in headers:
        if row.cells[0].column == 0 and _PERIOD.search(row.cells[0].text):
            # The heading of the labels says what the years beside it are of: "Three Months Ended June 30," | "2031".
            texts.append(" ".join(row.cells[0].text.split()))
        for above in row.cells:
            covers = above.column < cell.column + cell.span and cell.column < above.column + above.span
            text = " ".join(above.text.split())
            if covers and above.column > 0 and text and (not texts or texts[-1] != text):
                texts.append(text)
    return " ".join(texts)[:MAX_LABEL_CHARS]


def _joined(cells: Sequence[GridCell]) -> tuple[GridCell, ...]:
    """Cells with nothing but a currency or an opening bracket go to the right, those with what ends a number, left."""
    found: list[GridCell] = []
    for cell in cells:
        text = cell.text.strip()
        above = found[-1] if found and found[-1].column > 0 else None
        if above is not None and _belong_together(above.text.strip(), text):
            found[-1] = _merged(above, cell)
        elif text:
            found.append(cell)
    return tuple(found)


def _belong_together(left: str, right: str) -> bool:
    """Whether two cells are one figure: ``$`` and ``12``, or ``(12`` and ``)``; ``$`` and ``%`` are headers."""
    closes = _AFTER.fullmatch(right) is not None and any(sign.isdigit() for sign in left)
    opens = _BEFORE.fullmatch(left) is not None and bool(left)
    return closes or (opens and (any(sign.isdigit() for sign in right) or _NOTHING.fullmatch(right) is not None))


def _merged(left: GridCell, right: GridCell) -> GridCell:
    between = "" if right.text.strip()[0] in ")%" or left.text.endswith("(") else " "
    return GridCell(
        f"{left.text.strip()}{between}{right.text.strip()}",
        left.start,
        right.end,
        left.column,
        right.column + right.span - left.column,
    )
