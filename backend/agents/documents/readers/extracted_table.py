"""A table as a reader found it: rows with their label, column headers and place in the text. Nothing is computed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExtractedCell:
    """A figure or text in a row, as written, with its sign and unit: ``81,797``, ``(265)``, ``$ 1.26``, ``44.3 %``."""

    text: str
    column: str
    """Header texts from top to bottom, joined by a blank: ``Three Months Ended July 1, 2023``; empty if unknown."""
    start: int
    end: int
    """Code points of the document's text; the range contains the figure."""


@dataclass(frozen=True, slots=True)
class ExtractedRow:
    """A row below the headers."""

    label: str
    section: str
    """The group labels above it, outermost first, joined by `` > ``; empty without any."""
    cells: tuple[ExtractedCell, ...]
    start: int
    end: int
    """The row in the document's text, code points; it is quoted as it stands there."""


@dataclass(frozen=True, slots=True)
class ExtractedTable:
    """A table within a document."""

    title: str
    """The nearest caption or heading above it; empty if there is none."""
    note: str
    """The line that names its units, as written: ``(In millions, except per share amounts)``; empty without one."""
    page: int | None
    """The page it begins on, from 1; None for formats without pages."""
    start: int
    end: int
    rows: tuple[ExtractedRow, ...]
