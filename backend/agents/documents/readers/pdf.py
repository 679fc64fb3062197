"""PDF through PDFium: the text of each page in reading order, its headings, and the tables on it.

PDFium is written in C: read a file of unknown origin in a process of its own, with limits (``indexing.workers``).
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backend.agents.documents.readers.captions import names_units
from backend.agents.documents.readers.extracted_table import ExtractedTable
from backend.agents.documents.readers.extraction import (
    MAX_TEXT_CHARS,
    Extraction,
    TextBlock,
    UnreadableFileError,
    origin_of,
)
from backend.agents.documents.readers.pdf_layout.forms import is_form
from backend.agents.documents.readers.pdf_layout.hyphens import with_hyphens
from backend.agents.documents.readers.pdf_layout.outline import (
    RUNNING_LINES,
    Outline,
    OutlinedPage,
    line_pattern,
    running_lines,
)
from backend.agents.documents.readers.pdf_layout.page_rows import PageRow, page_rows
from backend.agents.documents.readers.pdf_layout.page_tables import may_have_tables, page_tables
from backend.agents.documents.readers.pdf_layout.page_text import LINE_END_HYPHEN, PageText
from backend.agents.documents.readers.pdf_layout.ruled_grid import ruled_grids
from backend.agents.documents.readers.pdf_layout.ruled_table import (
    is_of_figures,
    outside_of,
    placed_words,
    ruled_table,
)
from backend.agents.documents.readers.pdf_layout.ruling import ruling_of
from backend.agents.documents.readers.reading import Reading

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

MAX_PAGES = 10_000
_PAGES_NAMED = 5
_SEPARATOR = "\n\f\n"
_FIELDS = ("Title", "Author", "Subject", "Keywords")


_ENDED = re.compile(r"\b(?:months|weeks|quarters?|years?) ended\b", re.IGNORECASE)
_PAGES_TO_LEARN_FROM = 24
"""Pages that are read before the first tables are made: lines that run through them belong to none."""


@dataclass(slots=True)
class _ReadPage:
    outlined: OutlinedPage
    rows: Sequence[PageRow] = ()
    tables: tuple[ExtractedTable, ...] = ()
    """Those that are ruled; once they are made, all."""

    def make_tables(self, running: Collection[str]) -> None:
        rows, self.rows = self.rows, ()
        # Header rows and lines that name units repeat over pages as well, further inside.
        edges = [min(place, len(rows) - 1 - place) for place in range(len(rows))]
        inside = [
            edge >= RUNNING_LINES or names_units(row.text) or _ENDED.search(row.text)
            for edge, row in zip(edges, rows, strict=True)
        ]
        kept = [row for row, keeps in zip(rows, inside, strict=True) if keeps or line_pattern(row.text) not in running]
        ruled = {table.start for table in self.tables}
        self.tables = tuple(sorted((*self.tables, *page_tables(kept)), key=lambda table: table.start))
        ranges = tuple(
            (table.start, table.start if _is_text(table, is_ruled=table.start in ruled) else table.end)
            for table in self.tables
        )
        self.outlined = replace(self.outlined, tables=ranges)


def _is_text(table: ExtractedTable, *, is_ruled: bool) -> bool:
    """Whether the lines of a table can be quoted as they stand: a name and its value, or sentences in cells."""
    return not is_of_figures(table) if is_ruled else is_form(table)


def read_pdf(data: bytes, reading: Reading) -> Extraction:
    """The pages' text, one form feed between pages. Raises ``UnreadableFileError`` for broken or encrypted files."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise UnreadableFileError(_refusal(error)) from error
    try:
        count = len(document)
        pages = _read_pages(document, min(count, MAX_PAGES), reading)
        fields = {name.lower(): value for name, value in document.get_metadata_dict().items() if name in _FIELDS}
    finally:
        document.close()
    fields = {name: " ".join(value.split()) for name, value in fields.items() if value.strip()}
    return _joined(pages, count, fields, reading.left_out)


def _refusal(error: Exception) -> str:
    import pypdfium2.raw as pdfium

    code = getattr(error, "err_code", None)
    if code == pdfium.FPDF_ERR_PASSWORD:
        return "it is encrypted and needs a password"
    if code == pdfium.FPDF_ERR_SECURITY:
        return "it is encrypted in a way that cannot be read here: its kind of encryption is unknown"
    return "it is not a readable PDF: it is damaged, or something else under this name"


def _read_pages(document: "PdfDocument", count: int, reading: Reading) -> list[_ReadPage | None]:
    """The pages up to the first beyond the limit of text; None for one that cannot be opened."""
    import pypdfium2

    pages: list[_ReadPage | None] = []
    length = 0
    running: Collection[str] | None = None
    for number in range(count):
        reading.progress(number, count, "page")
        if number + 1 in reading.left_out:
            pages.append(None)
            continue
        try:
            page = document[number]
        except pypdfium2.PdfiumError:
            pages.append(None)
            continue
        try:
            read = _read_page(PageText(page), page)
        except pypdfium2.PdfiumError:
            read = None
        finally:
            page.close()
        pages.append(read)
        length += len(read.outlined.text) if read else 0
        if length > MAX_TEXT_CHARS:
            break
        if number + 1 == _PAGES_TO_LEARN_FROM:
            running = _with_tables(pages)
        elif running is not None and read:
            read.make_tables(running)
    if running is None:
        _with_tables(pages)
    return pages


def _with_tables(pages: Sequence[_ReadPage | None]) -> Collection[str]:
    """Make the tables of all pages; returns the patterns of the lines that run through them."""
    read = [page for page in pages if page]
    running = running_lines([page.outlined for page in read])
    for page in read:
        page.make_tables(running)
    return running


def _read_page(text: PageText, page: "PdfPage") -> _ReadPage:
    try:
        outlined = OutlinedPage(text.text, tuple(text.lines), ())
        grids = list(ruled_grids(ruling_of(page))) if text.has_places else []
        has_rows = text.has_places and (bool(grids) or may_have_tables(text.text))
        rows = page_rows(text) if has_rows else []
        words = placed_words(text) if grids else []
        made = [(grid, table) for grid in grids if (table := ruled_table(grid, words, rows)) is not None]
        rest = outside_of([grid for grid, _ in made], rows)
        return _ReadPage(outlined, rest, tuple(table for _, table in made))
    finally:
        text.close()


def _joined(pages: list[_ReadPage | None], count: int, fields: dict[str, str], left_out: Collection[int]) -> Extraction:
    texts = with_hyphens([page.outlined.text if page else "" for page in pages])
    outline = Outline([page.outlined for page in pages if page])
    blocks: list[TextBlock] = []
    tables: list[ExtractedTable] = []
    starts: list[tuple[int, int]] = []
    offset = 0
    for number, (page, text) in enumerate(zip(pages, texts, strict=True), start=1):
        starts.append((offset, number))
        if page is not None:
            found, headings = outline.blocks(page.outlined, offset)
            blocks += found
            tables += (
                _shifted(table, offset, number, heading) for table, heading in zip(page.tables, headings, strict=True)
            )
        offset += len(text) + len(_SEPARATOR)
    if not blocks:
        broken = all(page is None for page in pages)
        reason = "none of its pages can be read" if broken else "it contains no text; it may contain scanned pages"
        raise UnreadableFileError(reason)
    return Extraction(
        _SEPARATOR.join(texts),
        tuple(blocks),
        origin=origin_of(fields),
        fields=fields,
        pages=tuple(starts),
        tables=tuple(tables),
        notices=_notices(texts, count, left_out),
    )


def _shifted(table: ExtractedTable, offset: int, page: int, heading: str) -> ExtractedTable:
    """The table with ranges of the whole text."""
    rows = tuple(
        replace(
            row,
            label=row.label.replace(LINE_END_HYPHEN, "-"),
            section=row.section.replace(LINE_END_HYPHEN, "-"),
            start=row.start + offset,
            end=row.end + offset,
            cells=tuple(
                replace(
                    cell,
                    column=cell.column.replace(LINE_END_HYPHEN, "-"),
                    start=cell.start + offset,
                    end=cell.end + offset,
                )
                for cell in row.cells
            ),
        )
        for row in table.rows
    )
    title = (table.title or heading).replace(LINE_END_HYPHEN, "-")
    return replace(table, title=title, page=page, start=table.start + offset, end=table.end + offset, rows=rows)


def _notices(texts: list[str], count: int, left_out: Collection[int]) -> tuple[str, ...]:
    notices = [f"page {number} takes too much work or memory to be read" for number in sorted(left_out)]
    empty = [str(number) for number, text in enumerate(texts, start=1) if not text and number not in left_out]
    if empty:
        shown = ", ".join(empty[:_PAGES_NAMED])
        more = f" and {len(empty) - _PAGES_NAMED} more" if len(empty) > _PAGES_NAMED else ""
        pages, have = ("page", "has") if len(empty) == 1 else ("pages", "have")
        notices.append(f"{pages} {shown}{more} {have} no text that can be read, as scanned pages have not")
    if len(texts) < count:
        notices.append(f"only pages 1 to {len(texts)} of {count} were read")
    return tuple(notices)
