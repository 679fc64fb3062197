"""Reading from an index: documents, passages and full-text search. Every call opens the index file for itself."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from backend.agents.documents.indexing.best_matches import BestMatches
from backend.agents.documents.indexing.folder_facts import FactsReader, FolderFacts
from backend.agents.documents.indexing.folder_index import FolderIndex
from backend.agents.documents.indexing.match_counts import MatchCounts
from backend.agents.documents.indexing.profile import Profile, read_names, read_periods
from backend.agents.documents.indexing.storage import ARCHIVE
from backend.agents.documents.indexing.subject_directory import SubjectDirectory
from backend.agents.documents.readers.extracted_table import ExtractedCell

_DOCUMENT = "SELECT * FROM described WHERE name = ?"
_TABLES = "SELECT * FROM described WHERE kind = 'table' ORDER BY name LIMIT ?"
_SKIPPED = """
SELECT name FROM documents WHERE problem NOT IN ('', ?) UNION SELECT name FROM unread ORDER BY name
"""
_TEXT = """
SELECT text FROM texts JOIN documents ON id = document_id WHERE name = ? AND problem = ''
"""
_TITLED = """
SELECT count(*) FROM titles JOIN documents ON documents.id = titles.rowid WHERE titles MATCH ? AND kind = 'prose'
"""
# A title repeats in every passage of its document.
_PASSAGES = BestMatches("search", "1.0, 2.0, 1.5", "passages", "located")
_OF_A_KIND = "AND documents.kind = :kind"
_OPENINGS = """
SELECT * FROM located WHERE number IN (SELECT min(id) FROM passages GROUP BY document_id) {within}
ORDER BY document IN (SELECT id FROM documents WHERE kind = 'table'), date DESC, name LIMIT :most
"""
_AMONG = "AND name IN (SELECT value FROM json_each(:documents))"
# The label says most about a row; its section and the table's title are shared with its neighbours.
_ROWS = BestMatches("row_search", "1.0, 1.5, 3.0", "table_rows", "located_rows")
_MATCHING = "SELECT count(*) FROM search WHERE search MATCH ?"

_LIKE_SPELLING = 0.75
"""The share of letters in common, in order, from which a word passes for another one mistyped."""


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


class Corpus:
    """The documents of one index."""

    def __init__(self, index: FolderIndex) -> None:
        self._index = index
        self._facts = FactsReader(index)
        self._matching = MatchCounts(index, _MATCHING)
        self._titled = MatchCounts(index, _TITLED)

    @property
    def directory(self) -> SubjectDirectory:
        """The names that the documents are about."""
        return SubjectDirectory(self._index)

    def facts(self) -> FolderFacts:
        """The size of the folder and the times of its documents."""
        return self._facts.facts()

    def sizes(self) -> tuple[int, int]:
        """How many documents and passages there are."""
        facts = self.facts()
        return facts.documents, facts.passages

    def newest_date(self) -> str:
        """The latest date that any document states, in ISO form; empty if none does."""
        with self._index.reading() as connection:
            row = connection.execute("SELECT max(date) FROM documents WHERE problem = ''").fetchone()
            return str(row[0] or "")

    def skipped_names(self) -> tuple[str, ...]:
        """The names of files that could not be read, or are of a kind that is not."""
        with self._index.opened() as connection:
            rows = connection.execute(_SKIPPED, (ARCHIVE,))
            return tuple(str(row[0]) for row in rows)

    def document(self, name: str) -> Document:
        """One document. Raises ``KeyError`` if there is none of that name."""
        with self._index.reading() as connection:
            row = connection.execute(_DOCUMENT, (name,)).fetchone()
        if row is None:
            raise KeyError(name)
        return _document(row)

    def tables(self, most: int) -> list[Document]:
        """Documents that are tables, by name."""
        with self._index.reading() as connection:
            return [_document(row) for row in connection.execute(_TABLES, (most,))]

    def text(self, name: str) -> str:
        """The whole text of a document, to check a quote or to read a table. Raises ``KeyError`` if there is none."""
        with self._index.reading() as connection:
            row = connection.execute(_TEXT, (name,)).fetchone()
        if row is None:
            raise KeyError(name)
        return str(row[0])

    def frequencies(self, expressions: Iterable[str]) -> list[int]:
        """How many passages match each full-text expression."""
        return self._matching.of(expressions)

    def titled(self, expressions: Iterable[str]) -> list[float]:
        """For each full-text expression, the share of documents (tables apart) whose titles match; 0 without any."""
        facts = self.facts()
        documents = facts.documents - facts.tables
        return [count / documents if documents else 0.0 for count in self._titled.of(expressions)]

    def headings(self, most: int) -> tuple[str, ...]:
        """Headings of a few documents, the last part of each, to make questions of; short ones only."""
        query = "SELECT heading FROM passages WHERE heading <> '' GROUP BY document_id, heading ORDER BY id LIMIT 200"
        with self._index.reading() as connection:
            found = [str(row[0]).rsplit(" > ", 1)[-1] for row in connection.execute(query)]
        return tuple(dict.fromkeys(heading for heading in found if 4 <= len(heading) <= 40 and "," not in heading))[
            :most
        ]

    def search(
        self, expression: str, kind: str, limit: int, documents: Collection[str] | None = None
    ) -> list[tuple[Passage, float]]:
        """The best passages of ``kind`` (prose or table) for an expression, with bm25 turned so that more is better.

        ``documents`` are the names of those to search; None searches all.
        """
        values = {"expression": expression, "kind": kind, "limit": limit}
        facts = self.facts()
        is_only_kind = facts.tables == (facts.documents if kind == "table" else 0)
        best = _PASSAGES if is_only_kind else replace(_PASSAGES, condition=_OF_A_KIND)
        return [(_passage(row[:-1]), -row[-1]) for row in self._best(best, values, documents)]

    def search_rows(
        self, expression: str, documents: Collection[str] | None, limit: int
    ) -> list[tuple[FoundRow, float]]:
        """The best rows of tables within documents, by table title, section and label; more is better.

        ``documents`` are the names of those to search; None searches all.
        """
        values = {"expression": expression, "limit": limit}
        return [(_found_row(row[:-1]), -row[-1]) for row in self._best(_ROWS, values, documents)]

    def table(self, document: str, table_number: int) -> list[FoundRow]:
        """The rows of one table of a document, in order; empty if there is none of that number."""
        query = "SELECT * FROM located_rows WHERE name = ? AND table_number = ? ORDER BY start, number"
        with self._index.reading() as connection:
            return [_found_row(row) for row in connection.execute(query, (document, table_number))]

    def _best(
        self, best: BestMatches, values: dict[str, Any], documents: Collection[str] | None
    ) -> list[tuple[Any, ...]]:
        if documents is not None:
            values["documents"] = json.dumps(list(documents))
        statement = best.everywhere() if documents is None else best.among()
        with self._index.reading() as connection:
            return connection.execute(statement, values).fetchall()

    def words_like(self, word: str, most: int = 2) -> tuple[str, ...]:
        """Words of the documents (their stems) that are spelt much like this one, the likest first.

        Only words with the same first letter, and at most two letters more or fewer, are compared.
        """
        query = "SELECT term FROM words WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?"
        first = word[0]
        with self._index.reading() as connection:
            connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.words USING fts5vocab (main, search, row)")
            bounds = (first, chr(ord(first) + 1), len(word) - 2, len(word) + 2)
            found = [str(term) for (term,) in connection.execute(query, bounds)]
        return tuple(get_close_matches(word, found, n=most, cutoff=_LIKE_SPELLING))

    def openings(self, most: int, documents: Collection[str] | None = None) -> list[Passage]:
        """How the newest documents begin, tables last; of these documents only, if any are given."""
        values = {"most": most, "documents": json.dumps(list(documents or ()))}
        statement = _OPENINGS.format(within="" if documents is None else _AMONG)
        with self._index.reading() as connection:
            return [_passage(row) for row in connection.execute(statement, values)]

    def passage_at(self, name: str, line: int) -> Passage | None:
        """The passage of a document that begins on this line."""
        with self._index.reading() as connection:
            query = "SELECT * FROM located WHERE name = ? AND line = ?"
            row = connection.execute(query, (name, line)).fetchone()
            return _passage(row) if row else None


@lru_cache(maxsize=8192)
def _cells(stored: str) -> tuple[ExtractedCell, ...]:
    """The cells of a row. Most rows that are found are soon found again, by the next question or for their table."""
    return tuple(ExtractedCell(*cell) for cell in json.loads(stored))


def _passage(row: tuple[Any, ...]) -> Passage:
    number, start, end, text, heading, page, line, in_table = row[:8]
    return Passage(number, _document(row[8:]), start, end, text, heading, page, line, bool(in_table))


def _found_row(row: tuple[Any, ...]) -> FoundRow:
    number, table_number, title, note, page, line, section, label, start, end, text, cells = row[:12]
    return FoundRow(
        *(number, _document(row[12:]), table_number, title, note, page, line, section, label, start, end, text),
        cells=_cells(cells),
    )


@lru_cache(maxsize=2048)
def _document(row: tuple[Any, ...]) -> Document:
    """The document of a row of the index: one object for all passages and rows of it that a question looks at."""
    number, name, digest, kind, title, source, date, url, fields, subjects, further, periods, period_end = row
    profile = Profile(read_names(subjects), read_periods(periods), period_end, read_names(further))
    return Document(number, name, digest, kind, title, source, date, url, json.loads(fields), profile)
