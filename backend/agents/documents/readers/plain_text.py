"""Plain text: paragraphs between empty lines, under lines that read as headings."""

from backend.agents.documents.readers.decoding import decode
from backend.agents.documents.readers.extraction import Extraction
from backend.agents.documents.readers.lines import plain_blocks


def read_plain_text(data: bytes) -> Extraction:
    """The file's text as it is. Its title is left to the file name."""
    text = decode(data)
    blocks, _ = plain_blocks(text)
    return Extraction(text=text, blocks=tuple(blocks), has_lines=True)
