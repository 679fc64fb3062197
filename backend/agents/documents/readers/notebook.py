"""Notebooks (ipynb): text cells as Markdown, code as it stands, and the texts and tables that cells put out."""

import json
from typing import Any

from backend.agents.documents.readers.decoding import decode
from backend.agents.documents.readers.document_text import DocumentText
from backend.agents.documents.readers.extraction import Extraction, Origin, UnreadableFileError
from backend.agents.documents.readers.markdown import read_markdown
from backend.agents.documents.readers.web_page import read_html

_LONGEST_OUTPUT = 20_000


def read_notebook(data: bytes) -> Extraction:
    """The notebook's text. Raises ``UnreadableFileError``."""
    try:
        content = json.loads(decode(data))
        cells = content["cells"]
        text = DocumentText()
        for cell in cells:
            _add_cell(cell, text)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableFileError("it is not a readable notebook") from error
    return text.extraction(Origin(title=text.first_heading))


def _add_cell(cell: dict[str, Any], text: DocumentText) -> None:
    source = _joined(cell.get("source", ""))
    if cell.get("cell_type") == "markdown":
        read = read_markdown(source.encode("utf-8", "replace"))
        if read.origin.title:
            text.first_heading = text.first_heading or read.origin.title
        text.append(read)
        return
    text.paragraph(source)
    for output in cell.get("outputs", ()):
        shown = output.get("data", {})
        if "text/html" in shown:
            text.append(read_html(_joined(shown["text/html"]).encode("utf-8", "replace")))
        else:
            text.paragraph(_joined(output.get("text", shown.get("text/plain", "")))[:_LONGEST_OUTPUT])


def _joined(lines: str | list[str]) -> str:
    return lines if isinstance(lines, str) else "".join(lines)
