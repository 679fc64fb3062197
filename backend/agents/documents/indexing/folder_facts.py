"""What every question needs to know of the whole folder, read once for each state of its index."""

import threading
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from backend.agents.documents.indexing.folder_index import FolderIndex
from backend.agents.documents.indexing.profile import read_periods
from backend.agents.documents.periods import Period

_DOCUMENTS = """
SELECT name, kind, periods, period_end, date, EXISTS (
    SELECT 1 FROM subject_names WHERE document_id = documents.id AND is_main
) FROM documents WHERE problem = ''
"""


@dataclass(frozen=True, slots=True)
class DatedDocument:
    """A document with what is known of its time.

    ``time`` is the ISO date that it is ordered by: its period's end, else its strongest period's, else its own date.
    """

    name: str
    periods: tuple[Period, ...] = ()
    period_end: str = ""
    time: str = ""


@dataclass(frozen=True, slots=True)
class FolderFacts:
    """The size of a folder and the times of its documents, the newest first."""

    passages: int = 0
    tables: int = 0
    """How many of the documents are tables rather than prose."""
    dated: tuple[DatedDocument, ...] = ()
    without_subject: frozenset[str] = frozenset()
    """The names of documents that are about nobody in particular."""
    _by_year: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @property
    def documents(self) -> int:
        """How many documents there are."""
        return len(self.dated)

    def among(self, names: Collection[str] | None) -> Sequence[DatedDocument]:
        """The documents of these names, or all of them, the newest first."""
        if names is None:
            return self.dated
        wanted = frozenset(names)
        return [document for document in self.dated if document.name in wanted]

    def has_year(self, name: str, year: int) -> bool:
        """Whether a document is about a period of this year."""
        return name in self._by_year.get(year, ())


class FactsReader:
    """Reads the facts of a folder, again only after its index has changed."""

    def __init__(self, index: FolderIndex) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._known: tuple[object, FolderFacts] | None = None

    def facts(self) -> FolderFacts:
        """The facts as of now."""
        with self._lock:
            state = self._index.state()
            if self._known is None or state is None or self._known[0] != state:
                self._known = (state, self._read())
            return self._known[1]

    def _read(self) -> FolderFacts:
        with self._index.reading() as connection:
            rows = connection.execute(_DOCUMENTS).fetchall()
            passages = int(connection.execute("SELECT count(*) FROM passages").fetchone()[0])
        dated = [_dated(name, stored, end, date) for name, _, stored, end, date, _ in rows]
        by_name = sorted(dated, key=lambda document: document.name)
        by_year: dict[int, set[str]] = defaultdict(set)
        for document in dated:
            for period in document.periods:
                by_year[period.year].add(document.name)
        return FolderFacts(
            passages,
            sum(kind == "table" for _, kind, *_ in rows),
            tuple(sorted(by_name, key=lambda document: document.time, reverse=True)),
            frozenset(name for name, *_, has_subject in rows if not has_subject),
            {year: frozenset(names) for year, names in by_year.items()},
        )


def _dated(name: str, stored: str, end: str, date: str) -> DatedDocument:
    periods = read_periods(stored)
    return DatedDocument(name, periods, end, end or (periods[0].end.isoformat() if periods else "") or date)
