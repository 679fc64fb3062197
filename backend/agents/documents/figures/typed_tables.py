"""The tables that one question looks at, each read once, with their rows typed."""

from collections import Counter
from collections.abc import Iterable, Sequence

from backend.agents.documents.figures.cell_values import names_scale, scale_named
from backend.agents.documents.figures.document_rows import RowPoint, TableMoney, points_of
from backend.agents.documents.figures.row_fit import Fit
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.stored_documents import FoundRow


class TypedTables:
    """Typed rows; each table is read once."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._read: dict[tuple[str, int], Sequence[FoundRow]] = {}
        self._typed: dict[int, tuple[RowPoint, ...]] = {}
        self._money: dict[tuple[str, int], TableMoney] = {}
        self._notes: dict[str, Counter[str]] = {}

    def know(self, rows: Iterable[FoundRow]) -> None:
        """Note which scale the tables of each document name: a table that names none has that of the others."""
        for row in rows:
            if names_scale(row.note):
                self._notes.setdefault(row.document.name, Counter())[scale_named(row.note)] += 1

    def rows(self, document: str, number: int) -> Sequence[FoundRow]:
        """All rows of one table."""
        if (document, number) not in self._read:
            self._read[document, number] = self._corpus.table(document, number)
        return self._read[document, number]

    def points(self, fit: Fit) -> tuple[RowPoint, ...]:
        """The typed cells of a row that fits."""
        return self.points_of_row(fit.row)

    def points_of_row(self, row: FoundRow) -> tuple[RowPoint, ...]:
        """The typed cells of a row."""
        if row.number not in self._typed:
            place = row.document.name, row.table_number
            if place not in self._money:
                self._money[place] = TableMoney.of(self.rows(*place))
            notes = self._notes.get(row.document.name, Counter())
            # Where a document counts in several scales, none is taken for granted.
            scale = next(iter(notes)) if len(notes) == 1 else ""
            self._typed[row.number] = points_of(row, self._money[place], scale)
        return self._typed[row.number]
