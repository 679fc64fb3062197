"""Which documents are about whom, and when: the names and periods of the profiles, looked up in the index."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from backend.agents.documents.indexing.folder_index import FolderIndex
from backend.agents.documents.indexing.profile import read_names, read_periods, subject_key
from backend.agents.documents.periods import Period

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
_WITHOUT = """
SELECT name FROM documents WHERE problem = '' AND NOT EXISTS (
    SELECT 1 FROM subject_names WHERE document_id = documents.id AND is_main
) ORDER BY name
"""
_TIMES = """
SELECT name, periods, period_end, date FROM documents WHERE problem = '' {}
"""
_MOST_COMMON = """
SELECT count(*) FROM subject_names JOIN documents ON documents.id = document_id WHERE problem = '' AND is_main
GROUP BY key ORDER BY 1 DESC LIMIT 1
"""
_AMONG = "AND name IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class NamedDocuments:
    """A name, and the documents that have it: ``main`` are about it, ``further`` only say so on their title page."""

    name: str
    main: tuple[str, ...]
    further: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatedDocument:
    """A document with what is known of its time."""

    name: str
    periods: tuple[Period, ...]
    period_end: str
    date: str

    @property
    def time(self) -> str:
        """The ISO date that it is ordered by: its period's end, else its strongest period's, else its own date."""
        return self.period_end or (self.periods[0].end.isoformat() if self.periods else "") or self.date


class SubjectDirectory:
    """The names and times of an index's documents."""

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

    def without_subject(self) -> tuple[str, ...]:
        """Documents that are about nobody in particular."""
        with self._index.reading() as connection:
            return tuple(str(row[0]) for row in connection.execute(_WITHOUT))

    def dated(self, names: Collection[str] | None) -> list[DatedDocument]:
        """The documents of these names, or all of them, with their times."""
        values = () if names is None else (json.dumps(list(names)),)
        with self._index.reading() as connection:
            rows = connection.execute(_TIMES.format("" if names is None else _AMONG), values)
            return [DatedDocument(name, read_periods(periods), end, date) for name, periods, end, date in rows]
