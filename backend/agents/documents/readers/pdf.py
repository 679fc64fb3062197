"""PDF through pypdf: the text of each page, with its page number. Pictures of text (scans) hold none."""

import io
import logging
import time
from typing import TYPE_CHECKING

from backend.agents.documents.readers.extraction import (
    MAX_TEXT_CHARS,
    Extraction,
    TextBlock,
    UnreadableFileError,
    origin_of,
)
from backend.agents.documents.readers.lines import plain_blocks

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_PAGES = 10_000
MAX_SECONDS = 120.0
"""How long one file may take; checked between pages."""

# A damaged file makes pypdf meet values of the wrong kind anywhere, and it lets through what Python then says.
_WRONG_KIND = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)

# What pypdf itself raises beside its own errors: it asserts what it takes for granted of a file, follows some
# references by recursion, and calls a filter or an encryption that it does not know not implemented.
_GIVEN_UP = (AssertionError, RecursionError, NotImplementedError)

_FAULTS = (*_WRONG_KIND, *_GIVEN_UP)

# pypdf reports every irregularity of a file to its logger; a file's faults are told by this reader's own notices.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def read_pdf(data: bytes) -> Extraction:
    """The pages' text, one form feed between pages. Raises ``UnreadableFileError`` for broken or encrypted files."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFileError("it is encrypted and needs a password")
        texts, notices = _page_texts(reader)
        fields = {
            name.lstrip("/").lower(): str(value)
            for name, value in (reader.metadata or {}).items()
            if name in ("/Title", "/Author") and str(value).strip()
        }
    except DependencyError as error:
        raise UnreadableFileError("it is encrypted in a way that cannot be read here") from error
    except (PyPdfError, OSError, MemoryError, *_FAULTS) as error:
        raise UnreadableFileError(f"it is not a readable PDF ({_first_line(error)})") from error
    return _joined(texts, fields, notices)


def _page_texts(reader: "PdfReader") -> tuple[list[str], tuple[str, ...]]:
    """Text of each page. A page that cannot be read stays empty and is told of; so are pages left out."""
    from pypdf.errors import DependencyError, PyPdfError

    texts: list[str] = []
    broken: list[int] = []
    length, count, started = 0, len(reader.pages), time.monotonic()
    for number in range(1, min(count, MAX_PAGES) + 1):
        try:
            page = reader.pages[number - 1].extract_text()
        except (PyPdfError, DependencyError, *_FAULTS):
            broken.append(number)
            page = ""
        texts.append(page.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n"))
        length += len(page)
        if length > MAX_TEXT_CHARS or time.monotonic() - started > MAX_SECONDS:
            break
    if broken and len(broken) == len(texts):
        raise UnreadableFileError("none of its pages can be read")
    notices = [f"page {number} could not be read" for number in broken[:3]]
    if len(broken) > 3:
        notices.append(f"{len(broken) - 3} more pages could not be read")
    if len(texts) < count:
        notices.append(f"only pages 1 to {len(texts)} of {count} were read")
    return texts, tuple(notices)


def _joined(texts: list[str], fields: dict[str, str], notices: tuple[str, ...]) -> Extraction:
    blocks: list[TextBlock] = []
    pages: list[tuple[int, int]] = []
    heading, offset = "", 0
    text = "\n\f\n".join(texts)
    for number, page in enumerate(texts, start=1):
        pages.append((offset, number))
        found, heading = plain_blocks(text, offset, offset + len(page), heading)
        blocks += found
        offset += len(page) + 3
    if not blocks:
        raise UnreadableFileError("it contains no text; it may contain scanned pages")
    origin = origin_of(fields)
    return Extraction(text, tuple(blocks), origin=origin, fields=fields, pages=tuple(pages), notices=notices)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120] or type(error).__name__
