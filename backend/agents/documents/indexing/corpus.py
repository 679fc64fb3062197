"""Reading from an index: documents, passages and full-text search. Every call opens the index file for itself."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from backend.agents.documents.indexing.best_matches import BestMatches
from backend.agents.documents.indexing.folder_facts import FactsReader, FolderFacts
from backend.agents.documents.indexing.folder_index import FolderIndex
from backend.agents.documents.indexing.match_counts import MatchCounts
from backend.agents.documents.indexing.storage import ARCHIVE
from backend.agents.documents.indexing.stored_documents import (
    BELOW,
    Document,
    FoundRow,
    Passage,
    Section,
    document_of,
    passage_of,
    row_of,
)
from backend.agents.documents.indexing.subject_directory import SubjectDirectory

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

_SECTIONS = """
SELECT heading, min(number), count(*), min(page) FROM located WHERE name = ? GROUP BY heading ORDER BY min(number)
"""
_BELOW = """
SELECT * FROM located WHERE name = ? AND (heading = ? OR substr(heading, 1, ?) = ?) ORDER BY number LIMIT ?
"""
_ABOUT = """
SELECT json_extract(subjects, '$[0]') AS subject, count(*) AS count FROM documents
WHERE problem = '' AND subjects <> '[]' GROUP BY subject ORDER BY count DESC, subject LIMIT ?
"""
_NAMED = """
SELECT name FROM documents WHERE problem = '' AND id IN (SELECT rowid FROM titles WHERE titles MATCH ?)
ORDER BY date DESC, name LIMIT ?
"""

_LIKE_SPELLING = 0.75
"""The share of letters in common, in order, from which a word passes for another one mistyped."""


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
        return document_of(row)

    def tables(self, most: int) -> list[Document]:
        """Documents that are tables, by name."""
        with self._index.reading() as connection:
            return [document_of(row) for row in connection.execute(_TABLES, (most,))]

    def text(self, name: str) -> str:
        """The whole text of a document, to check a quote or to read a table. Raises ``KeyError`` if there is none."""
        with self._index.reading() as connection:
            row = connection.execute(_TEXT, (name,)).fetchone()
        if row is None:
            raise KeyError(name)
        return str(row[0])

    def beginning(self, name: str, most: int) -> str:
        """The beginning of a document's text, at most so many code points; empty for an unknown document."""
        query = "SELECT substr(text, 1, ?) FROM texts JOIN documents ON id = document_id WHERE name = ?"
        with self._index.reading() as connection:
            row = connection.execute(query, (most, name)).fetchone()
            return "" if row is None else str(row[0])

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
        of_kind = facts.tables if kind == "table" else facts.documents - facts.tables
        if not of_kind:
            return []
        best = _PASSAGES if of_kind == facts.documents else replace(_PASSAGES, condition=_OF_A_KIND)
        return [(passage_of(row[:-1]), -row[-1]) for row in self._best(best, values, documents)]

    def search_rows(
        self, expression: str, documents: Collection[str] | None, limit: int
    ) -> list[tuple[FoundRow, float]]:
        """The best rows of tables within documents, by table title, section and label; more is better.

        ``documents`` are the names of those to search; None searches all.
        """
        values = {"expression": expression, "limit": limit}
        return [(row_of(row[:-1]), -row[-1]) for row in self._best(_ROWS, values, documents)]

    def table(self, document: str, table_number: int) -> list[FoundRow]:
        """The rows of one table of a document, in order; empty if there is none of that number."""
        query = "SELECT * FROM located_rows WHERE name = ? AND table_number = ? ORDER BY start, number"
        with self._index.reading() as connection:
            return [row_of(row) for row in connection.execute(query, (document, table_number))]

    def tables_between(self, document: str, start: int, end: int) -> list[int]:
        """The numbers of a document's tables with a row in that range of its text, code points."""
        query = (
            "SELECT DISTINCT table_number FROM located_rows WHERE name = ? AND start >= ? AND start < ? "
            "ORDER BY table_number"
        )
        with self._index.reading() as connection:
            return [int(row[0]) for row in connection.execute(query, (document, start, end))]

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
            return [passage_of(row) for row in connection.execute(statement, values)]

    def sections(self, name: str) -> list[Section]:
        """The sections of a document by their headings, in order."""
        with self._index.reading() as connection:
            rows = connection.execute(_SECTIONS, (name,))
            return [Section(tuple(heading.split(BELOW)), *rest) for heading, *rest in rows]

    def passages_below(self, name: str, path: Sequence[str], most: int) -> list[Passage]:
        """The first passages of a document in the section of this path or below it; of an empty path, of all of it."""
        heading = BELOW.join(path)
        above = heading + BELOW if path else ""
        with self._index.reading() as connection:
            rows = connection.execute(_BELOW, (name, heading, len(above), above, most))
            return [passage_of(row) for row in rows]

    def main_subjects(self, most: int) -> list[tuple[str, int]]:
        """The subjects that most documents are about, each with how many."""
        with self._index.reading() as connection:
            return [(str(subject), int(count)) for subject, count in connection.execute(_ABOUT, (most,))]

    def titled_so(self, expression: str, most: int) -> tuple[str, ...]:
        """The names of documents, the newest first, whose titles or file names match a full-text expression."""
        with self._index.reading() as connection:
            return tuple(str(name) for (name,) in connection.execute(_NAMED, (expression, most)))

    def passage_at(self, name: str, line: int) -> Passage | None:
        """The passage of a document that begins on this line."""
        with self._index.reading() as connection:
            query = "SELECT * FROM located WHERE name = ? AND line = ?"
            row = connection.execute(query, (name, line)).fetchone()
            return passage_of(row) if row else None
