"""Words of a text as the index has them. SQLite itself says what each letter and each word becomes, once."""

import sqlite3
import threading
from collections.abc import Sequence

_MOST_WORDS = 100_000
"""Words whose stems are kept; beyond them all are asked again."""

_TABLES = """
CREATE VIRTUAL TABLE letters USING fts5 (body, content = '', tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE letters_tokens USING fts5vocab (letters, instance);
CREATE VIRTUAL TABLE words USING fts5 (body, content = '', tokenize = 'porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE words_tokens USING fts5vocab (words, instance);
"""

_STATEMENTS = {
    table: (
        f"INSERT INTO {table} (rowid, body) VALUES (?, ?)",  # noqa: S608 - a name of this module
        f"SELECT doc, term FROM {table}_tokens ORDER BY doc, offset",  # noqa: S608 - a name of this module
        f"INSERT INTO {table} ({table}) VALUES ('delete-all')",  # noqa: S608 - a name of this module
    )
    for table in ("letters", "words")
}


class _IndexTokenizer:
    """The tokenizer of the index, over a database in memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}
        self._connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._connection.executescript(_TABLES)

    def letter(self, letter: str) -> str:
        """What becomes of a letter within a word: the letter it counts as, nothing, or a blank where it ends words."""
        tokens = self._tokens("letters", [f"x{letter}x"])
        return tokens[0][1][1:-1] if len(tokens) == 1 else " "

    def stems(self, words: Sequence[str]) -> list[str]:
        """The stem of each word; the words have no letter that ends words."""
        known = self._known = self._known if len(self._known) < _MOST_WORDS else {}
        unknown = [word for word in dict.fromkeys(words) if word not in known]
        if unknown:
            known.update({unknown[place]: stem for place, stem in self._tokens("words", unknown)})
        return [known[word] for word in words]

    def _tokens(self, table: str, texts: Sequence[str]) -> list[tuple[int, str]]:
        """The tokens of texts in order, each with the place of its text."""
        insert, tokens, clear = _STATEMENTS[table]
        with self._lock:
            try:
                self._connection.executemany(insert, enumerate(texts))
                return self._connection.execute(tokens).fetchall()
            finally:
                self._connection.execute(clear)


class _Letters(dict[int, str]):
    """A table for ``str.translate`` that learns what becomes of a letter when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = letter = _tokenizer.letter(chr(code))
        return letter


_tokenizer = _IndexTokenizer()
_letters = _Letters()


def stems_of(text: str) -> str:
    """The stems of a text's words in order, with a blank before and after each of them."""
    words = text.translate(_letters).split()
    return f" {' '.join(_tokenizer.stems(words))} "
