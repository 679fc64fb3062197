"""Documents, passages and rows of tables as the index keeps them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from backend.agents.documents.indexing.profile import Profile, read_names, read_periods
from backend.agents.documents.readers.extracted_table import ExtractedCell

HEAD_DAY = "day in head"
"""The field for the date that the first lines of a document give it."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the folder. ``name`` is its path within the folder, ``digest`` the hash of its bytes, ``date`` ISO
    or empty, ``kind`` prose or table."""

    number: int
    name: str
    digest: str
    kind: str
    title: str
    source: str
    date: str
    url: str
    fields: Mapping[str, str]
    profile: Profile = field(default_factory=Profile)

    @property
    def is_table(self) -> bool:
        """Whether it is a table rather than prose."""
        return self.kind == "table"

    @property
    def time(self) -> str:
        """When it is from or what time it is about, as a text that sorts in time; empty if it does not say so."""
        if self.profile.period_end:
            return self.profile.period_end
        if self.profile.periods:
            return self.profile.periods[0].end.isoformat()
        return self.date or self.fields.get(HEAD_DAY, "")

    @property
    def dated_title(self) -> str:
        """The title with the periods that the document is about, which its passages inherit."""
        periods = " ".join(period.label for period in self.profile.periods)
        return f"{self.title} {self.fields.get('fiscal_period', '')} {periods}"


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document: ``text`` is the document's text from ``start`` to ``end`` (code points)."""

    number: int
    document: Document
    start: int
    end: int
    text: str
    heading: str
    page: int | None
    line: int | None
    in_table: bool = False
    """Whether it is a table within prose: rows, not sentences."""

    def __hash__(self) -> int:
        """By the content of its document and its place there: what is worked out of it can be kept."""
        return hash((self.document.digest, self.start, self.end))


BELOW = " > "
"""What stands between the headings of a path, the outermost first."""


@dataclass(frozen=True, slots=True)
class Section:
    """The passages of a document below one heading, without those below headings within it."""

    path: tuple[str, ...]
    first: int
    """The number of its first passage: sections are in this order."""
    passages: int
    page: int | None


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row of a table within a document: ``text`` is the document's text from ``start`` to ``end`` (code points)."""

    number: int
    document: Document
    table_number: int
    """Counts the tables of the document, from 1."""
    title: str
    note: str
    page: int | None
    line: int | None
    section: str
    label: str
    start: int
    end: int
    text: str
    cells: tuple[ExtractedCell, ...]


@lru_cache(maxsize=8192)
def _cells(stored: str) -> tuple[ExtractedCell, ...]:
    """The cells of a row. Most rows that are found are soon found again, by the next question or for their table."""
    return tuple(ExtractedCell(*cell) for cell in json.loads(stored))


def passage_of(row: tuple[Any, ...]) -> Passage:
    """The passage of a row of the view ``located``."""
    number, start, end, text, heading, page, line, in_table = row[:8]
    return Passage(number, document_of(row[8:]), start, end, text, heading, page, line, bool(in_table))


def row_of(row: tuple[Any, ...]) -> FoundRow:
    """The table's row of a row of the view ``located_rows``."""
    number, table_number, title, note, page, line, section, label, start, end, text, cells = row[:12]
    return FoundRow(
        *(number, document_of(row[12:]), table_number, title, note, page, line, section, label, start, end, text),
        cells=_cells(cells),
    )


@lru_cache(maxsize=2048)
def document_of(row: tuple[Any, ...]) -> Document:
    """The document of a row of the index: one object for all passages and rows of it that a question looks at."""
    number, name, digest, kind, title, source, date, url, fields, subjects, further, periods, period_end = row
    profile = Profile(read_names(subjects), read_periods(periods), period_end, read_names(further))
    return Document(number, name, digest, kind, title, source, date, url, json.loads(fields), profile)
