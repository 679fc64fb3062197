"""Which documents are about whom: the names of the profiles, looked up in the index."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend.agents.documents.indexing.folder_index import FolderIndex
from backend.agents.documents.indexing.profile import read_names, subject_key

_COUNTS = """
SELECT key, sum(is_main), count(*) FROM subject_names JOIN documents ON documents.id = document_id
WHERE problem = '' AND key IN (SELECT value FROM json_each(?)) GROUP BY key
"""
_ABOUT = """
SELECT documents.name, is_main, CASE WHEN is_main THEN subjects ELSE further END
FROM subject_names JOIN documents ON documents.id = document_id WHERE problem = '' AND key = ? ORDER BY documents.name
"""
_LIKE = """
SELECT DISTINCT key FROM subject_names WHERE is_main AND key >= ? AND key < ? AND length(key) BETWEEN ? AND ?
LIMIT 2000
"""
_MOST_COMMON = """
SELECT count(*) FROM subject_names JOIN documents ON documents.id = document_id WHERE problem = '' AND is_main
GROUP BY key ORDER BY 1 DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class NamedDocuments:
    """A name, and the documents that have it: ``main`` are about it, ``further`` only say so on their title page."""

    name: str
    main: tuple[str, ...]
    further: tuple[str, ...]


class SubjectDirectory:
    """The names that an index's documents are about."""

    def __init__(self, index: FolderIndex) -> None:
        self._index = index

    def shares(self, keys: Iterable[str]) -> Mapping[str, tuple[int, int]]:
        """For each key that is a name: how many documents are about it, and how many have it at all."""
        with self._index.reading() as connection:
            rows = connection.execute(_COUNTS, (json.dumps(list(keys)),))
            return {key: (main, every) for key, main, every in rows}

    def about(self, key: str) -> NamedDocuments:
        """The documents that have a name, which is given as they write it; all of it empty for an unknown one."""
        with self._index.reading() as connection:
            rows = connection.execute(_ABOUT, (key,)).fetchall()
        written = next((one for _, _, stored in rows for one in read_names(stored) if subject_key(one) == key), key)
        return NamedDocuments(
            written,
            tuple(dict.fromkeys(name for name, is_main, _ in rows if is_main)),
            tuple(dict.fromkeys(name for name, is_main, _ in rows if not is_main)),
        )

    def most_about_one(self) -> int:
        """How many documents the subject has that most of them are about."""
        with self._index.reading() as connection:
            row = connection.execute(_MOST_COMMON).fetchone()
            return int(row[0]) if row else 0

    def keys_like(self, key: str, letters: int) -> tuple[str, ...]:
        """Main subjects with the same first letter, at most so many letters shorter or longer."""
        bounds = (key[0], chr(ord(key[0]) + 1), len(key) - letters, len(key) + letters)
        with self._index.reading() as connection:
            return tuple(str(row[0]) for row in connection.execute(_LIKE, bounds))
