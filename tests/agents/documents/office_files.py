"""Office files and archives of invented content, made with the libraries that read them."""

import io
import zipfile
from collections.abc import Mapping, Sequence

Rows = Sequence[Sequence[object]]


def word_file(*parts: str | Rows, title: str = "") -> bytes:
    """A docx of paragraphs (``# `` begins a heading) and tables, in order."""
    from docx import Document

    document = Document()
    document.core_properties.title = title
    for part in parts:
        if isinstance(part, str):
            heading = part.removeprefix("# ")
            document.add_heading(heading, 1) if part.startswith("# ") else document.add_paragraph(part)
            continue
        table = document.add_table(len(part), len(part[0]))
        for row, cells in zip(table.rows, part, strict=True):
            for cell, value in zip(row.cells, cells, strict=True):
                cell.text = str(value)
    return _saved(document)


def workbook(sheets: Mapping[str, Rows], formats: Mapping[str, str] | None = None) -> bytes:
    """An xlsx of sheets; ``formats`` gives cells of the first one a number format (``B2``: ``0.0%``)."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for cell, number_format in (formats or {}).items():
        book.worksheets[0][cell].number_format = number_format
    return _saved(book)


def slides(*pages: tuple[str, str, Rows]) -> bytes:
    """A pptx with a title, a text and a table on each slide."""
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    for title, text, rows in pages:
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = title
        slide.shapes.add_textbox(Inches(1), Inches(2), Inches(6), Inches(1)).text_frame.text = text
        if rows:
            shape = slide.shapes.add_table(len(rows), len(rows[0]), Inches(1), Inches(3), Inches(6), Inches(2))
            for row, cells in zip(shape.table.rows, rows, strict=True):
                for cell, value in zip(row.cells, cells, strict=True):
                    cell.text = str(value)
    return _saved(deck)


def archive(files: Mapping[str, bytes]) -> bytes:
    """A zip archive of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return target.getvalue()


def _saved(document: object) -> bytes:
    target = io.BytesIO()
    document.save(target)  # type: ignore[attr-defined]
    return target.getvalue()
