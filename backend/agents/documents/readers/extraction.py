"""What a reader gives: the text of a file, its blocks, and where it comes from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

from backend.agents.documents.readers.extracted_table import ExtractedTable

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_TEXT_CHARS = 64_000_000
MAX_LABEL_CHARS = 300

_ISO_DATE = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")


class UnreadableFileError(Exception):
    """A file that is skipped. Its text completes the sentence "<file> was skipped: …"."""


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph, list item, cell row or the like: a range of the text in code points, and the heading above it."""

    start: int
    end: int
    heading: str = ""
    in_table: bool = False
    """Whether it is a table within the text: found by search, but not made of sentences."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a document says about itself; what it does not say is empty."""

    title: str = ""
    source: str = ""
    date: str = ""
    """ISO date the document itself states: a file's modification time says nothing about its content."""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
    """The text of one file. Every offset of the documents agent counts code points of ``text``."""

    text: str
    blocks: tuple[TextBlock, ...]
    kind: Literal["prose", "table"] = "prose"
    origin: Origin = Origin()
    fields: Mapping[str, str] = field(default_factory=dict)
    """Header fields as written, names in lower case."""
    pages: tuple[tuple[int, int], ...] = ()
    """Pairs (offset, page number) where pages begin; empty for formats without pages."""
    has_lines: bool = False
    """Whether line numbers of ``text`` are line numbers of the file."""
    tables: tuple[ExtractedTable, ...] = ()
    """Tables within the text, in order. A file that is a table as a whole has rows as its blocks instead."""
    members: "tuple[Member, ...]" = ()
    """The documents that an archive consists of; it has no text of its own then."""
    notices: tuple[str, ...] = ()
    """What was left out of a file that was otherwise read; each completes "<file>: …"."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file within an archive: its path there, the hash of its bytes, and its content or why there is none."""

    name: str
    digest: str
    content: Extraction | str


def origin_of(fields: Mapping[str, str], title: str = "") -> Origin:
    """Title, source, date and address out of a document's header fields; ``title`` stands in for a missing one."""
    dated = first_of(fields, "date", "filing_date", "published", "updated", "created")
    found = _ISO_DATE.search(dated)
    url = first_of(fields, "url", "link", "canonical", "source_url")
    return Origin(
        title=(first_of(fields, "title") or title)[:MAX_LABEL_CHARS],
        source=first_of(fields, "source", "publisher", "author")[:MAX_LABEL_CHARS],
        date=_valid_date(found[0]) if found else "",
        url=url if is_web_address(url) else "",
    )


def _valid_date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def first_of(fields: Mapping[str, str], *names: str) -> str:
    """The first of these fields that is not empty, or an empty text."""
    return next((fields[name].strip() for name in names if fields.get(name, "").strip()), "")


def is_web_address(url: str) -> bool:
    """Whether a reader may be offered the address as a link: http or https with a host, and no blanks."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not re.search(r"\s", url)
