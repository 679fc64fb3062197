"""PowerPoint files (pptx): each slide as a page, its title as the heading, its texts, tables and notes."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from backend.agents.documents.readers.document_text import DocumentText, TableCell
from backend.agents.documents.readers.extraction import MAX_LABEL_CHARS, Extraction, Origin, UnreadableFileError
from backend.agents.documents.readers.office import checked_office_file, not_readable
from backend.agents.documents.readers.reading import Reading

if TYPE_CHECKING:
    from pptx.slide import Slide


def read_slides(data: bytes, reading: Reading) -> Extraction:
    """The slides' text. Raises ``UnreadableFileError``."""
    from pptx import Presentation

    file = checked_office_file(data, "PowerPoint")
    text = DocumentText()
    try:
        deck = Presentation(file)
        for number, slide in enumerate(deck.slides, start=1):
            reading.progress(number - 1, len(deck.slides), "page")
            if number not in reading.left_out:
                text.page(number)
                _add_slide(slide, text)
        properties = deck.core_properties
        origin = Origin((properties.title or "")[:MAX_LABEL_CHARS], (properties.author or "")[:MAX_LABEL_CHARS])
    except UnreadableFileError:
        raise
    except Exception as error:
        raise not_readable("PowerPoint") from error
    return text.extraction(origin)


def _add_slide(slide: "Slide", text: DocumentText) -> None:
    title = slide.shapes.title
    if title is not None and title.has_text_frame:
        text.heading(1, title.text_frame.text)
    for shape in _flat(slide.shapes):
        if title is not None and shape.shape_id == title.shape_id:
            continue
        if getattr(shape, "has_table", False):
            text.table([_cells(row) for row in shape.table.rows])
        elif shape.has_text_frame:
            for paragraph in shape.text_frame.paragraphs:
                text.paragraph("".join(run.text for run in paragraph.runs))
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        text.paragraph(slide.notes_slide.notes_text_frame.text)


def _flat(shapes: Iterable[Any]) -> Iterator[Any]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _flat(shape.shapes)
        else:
            yield shape


def _cells(row: Any) -> list[TableCell]:
    return [TableCell("" if cell.is_spanned else cell.text, 1) for cell in row.cells]
