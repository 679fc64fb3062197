"""Word files (docx): paragraphs, headings and tables in order. Headers, footers and comments are left out."""

from typing import TYPE_CHECKING

from backend.agents.documents.readers.document_text import DocumentText, TableCell
from backend.agents.documents.readers.extraction import MAX_LABEL_CHARS, Extraction, Origin, UnreadableFileError
from backend.agents.documents.readers.office import checked_office_file, not_readable
from backend.agents.documents.readers.reading import Reading

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_REPORT_EVERY = 200


def read_word(data: bytes, reading: Reading) -> Extraction:
    """The document's text. Raises ``UnreadableFileError``."""
    from docx import Document
    from docx.table import Table

    file = checked_office_file(data, "Word")
    try:
        document = Document(file)
        text = DocumentText()
        for number, part in enumerate(document.iter_inner_content()):
            if number % _REPORT_EVERY == 0:
                reading.progress(number, 0, "paragraph")
            if isinstance(part, Table):
                text.table(_rows(part), has_header=False)
            else:
                _add(part, text)
        properties = document.core_properties
        origin = Origin((properties.title or "")[:MAX_LABEL_CHARS], (properties.author or "")[:MAX_LABEL_CHARS])
    except UnreadableFileError:
        raise
    except Exception as error:
        raise not_readable("Word") from error
    return text.extraction(origin)


def _add(paragraph: "Paragraph", text: DocumentText) -> None:
    name = (paragraph.style.name if paragraph.style is not None else None) or ""
    first, _, rest = name.partition(" ")
    if name == "Title":
        text.heading(0, paragraph.text)
    elif first == "Heading" and rest.isdigit():
        text.heading(int(rest), paragraph.text)
    else:
        text.paragraph(paragraph.text)


def _rows(table: "Table") -> list[list[TableCell]]:
    rows = []
    for row in table.rows:
        cells: list[TableCell] = [TableCell("")] * row.grid_cols_before
        last = None
        for cell in row.cells:
            # A cell that covers several columns comes once for each.
            if last is not None and cell._tc is last:  # noqa: SLF001 - the library has no other word for it
                cells[-1] = TableCell(cells[-1].text, cells[-1].span + 1)
            else:
                cells.append(TableCell(cell.text))
            last = cell._tc  # noqa: SLF001
        rows.append(cells)
    return rows
