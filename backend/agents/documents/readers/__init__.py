"""Readers: one per family of formats. Each turns a file's bytes into text that quotes can be checked against."""

from collections.abc import Callable
from pathlib import PurePath

from backend.agents.documents.readers.archive import read_archive
from backend.agents.documents.readers.delimited import read_delimited
from backend.agents.documents.readers.extraction import (
    MAX_TEXT_CHARS,
    Extraction,
    UnreadableFileError,
)
from backend.agents.documents.readers.json_file import read_json, read_json_lines
from backend.agents.documents.readers.mail import read_mail
from backend.agents.documents.readers.mailbox import read_mailbox
from backend.agents.documents.readers.markdown import read_markdown
from backend.agents.documents.readers.notebook import read_notebook
from backend.agents.documents.readers.pdf import read_pdf
from backend.agents.documents.readers.plain_text import read_plain_text
from backend.agents.documents.readers.reading import Reading
from backend.agents.documents.readers.slides import read_slides
from backend.agents.documents.readers.web_page import read_html
from backend.agents.documents.readers.word_file import read_word
from backend.agents.documents.readers.workbook import read_workbook

READER_VERSION = 14
"""Raise it when a reader gives another text for the same bytes: indexes are then made anew."""

Reader = Callable[[bytes, Reading], Extraction]


_AT_ONCE = Reading()


def _at_once(reader: Callable[[bytes], Extraction]) -> Reader:
    """A reader without progress: what it reads takes no time worth showing."""
    return lambda data, _: reader(data)


READERS: dict[str, Reader] = {
    ".md": _at_once(read_markdown),
    ".markdown": _at_once(read_markdown),
    ".txt": _at_once(read_plain_text),
    ".text": _at_once(read_plain_text),
    ".html": _at_once(read_html),
    ".htm": _at_once(read_html),
    ".pdf": read_pdf,
    ".csv": read_delimited,
    ".docx": read_word,
    ".xlsx": read_workbook,
    ".pptx": read_slides,
    ".eml": _at_once(lambda data: read_mail(data, read_document, _is_attachment)),
    ".mbox": lambda data, reading: read_mailbox(data, reading, read_document),
    ".ipynb": _at_once(read_notebook),
    ".json": _at_once(read_json),
    ".jsonl": _at_once(read_json_lines),
    ".zip": lambda data, reading: read_archive(data, reading, read_document, _is_member),
}
"""Reader by file name suffix, in lower case."""


def reader_for(name: str) -> Reader | None:
    """The reader for a file of this name, or None if files of its kind are not read."""
    stem, _, suffix = name.rpartition("/")[2].rpartition(".")
    return READERS.get(f".{suffix.lower()}") if stem else None


def _is_member(name: str) -> bool:
    """Whether a file within an archive is read: archives and mailboxes within archives are not."""
    return reader_for(name) is not None and not name.lower().endswith((".zip", ".mbox"))


def _is_attachment(name: str) -> bool:
    """Whether an attachment of a mail is read: archives are not, nor is a mail, which may have attachments again."""
    return _is_member(name) and not name.lower().endswith(".eml")


def read_document(name: str, data: bytes, reading: Reading = _AT_ONCE) -> Extraction:
    """Text, blocks and origin of one file. Raises ``UnreadableFileError`` with a reason fit for a warning."""
    reader = reader_for(name)
    if reader is None:
        raise UnreadableFileError(f"files ending in {PurePath(name).suffix!r} are not read")
    if not data:
        raise UnreadableFileError("it is empty")
    extraction = reader(data, reading)
    if len(extraction.text) > MAX_TEXT_CHARS:
        raise UnreadableFileError(f"its text is longer than {MAX_TEXT_CHARS:,} characters")
    if not extraction.blocks and not extraction.members:
        raise UnreadableFileError("there is no text in it")
    return extraction
