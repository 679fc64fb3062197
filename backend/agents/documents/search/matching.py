"""Which words a text has, by the same tokenizer and stemmer that the index uses: SQLite's own."""

import sqlite3
from collections.abc import Sequence

from backend.agents.documents.indexing.schema import searchable
from backend.agents.documents.search.question import Concept


def quoted(phrase: str) -> str:
    """A phrase as an FTS5 string: nothing inside it is read as syntax, except a star at its end (any ending)."""
    return (
        '"' + phrase.replace('"', " ").replace("\x00", " ").rstrip("*") + '"' + (" *" if phrase.endswith("*") else "")
    )


def expression(concepts: Sequence[Concept]) -> str:
    """An FTS5 expression for texts with any word of any concept; empty without concepts."""
    return " OR ".join(dict.fromkeys(quoted(phrase) for concept in concepts for phrase, _ in concept.phrases))


# The tokenizer is that of the index.
_TABLE = "CREATE VIRTUAL TABLE texts USING fts5 (body, tokenize = 'porter unicode61 remove_diacritics 2')"


class TextMatcher:
    """A few texts, held in memory, that can be asked which of them have a word or phrase."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        self._connection.execute(_TABLE)
        self._connection.executemany(
            "INSERT INTO texts (rowid, body) VALUES (?, ?)", ((row, searchable(text)) for row, text in enumerate(texts))
        )

    def __enter__(self) -> "TextMatcher":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def having(self, phrase: str) -> frozenset[int]:
        """Places of the texts with this phrase; its words stand in order, and count by their stems."""
        rows = self._connection.execute("SELECT rowid FROM texts WHERE texts MATCH ?", (quoted(phrase),))
        return frozenset(row for (row,) in rows)

    def strengths(self, concept: Concept) -> dict[int, float]:
        """How well each text has the concept, 0 to 1; texts without it are left out."""
        found: dict[int, float] = {}
        for phrase, weight in sorted(concept.phrases, key=lambda item: item[1]):
            found.update(dict.fromkeys(self.having(phrase), weight))
        return found
