"""From a retrieval to figures: which tables to look at, which measure to read, or which rows to show."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.agents.documents.figures.measure_series import Query, ReadMeasure, read_measure
from backend.agents.documents.figures.measures import MEASURE_COVERAGE, Measure, choose, other_measure
from backend.agents.documents.figures.series import Series
from backend.agents.documents.figures.tables import LoadedTable, TableError, Tables, identifier
from backend.agents.documents.figures.typed_columns import LINE
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.search.retrieval import FOUND_COVERAGE, Retrieval

MOST_TABLES = 4
"""Tables looked at for one question: those whose rows or column names match it best."""

_ROWS_LOOKED_AT = 200
_MOST_ROWS = 20


@dataclass(frozen=True, slots=True)
class Figures:
    """What the tables say: the measure asked for, and another of the same matter where there is one."""

    reading: ReadMeasure
    other: ReadMeasure | None = None

    @property
    def line(self) -> Series:
        """The series whose trend the answer states: of ranks, their sum."""
        return self.reading.total or self.reading.series[0]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The measures that fit a question, best first, and sentences on tables that could not be used."""

    measures: tuple[Measure, ...]
    problems: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    """The documents that are tables which could not be used."""

    @property
    def first(self) -> Measure | None:
        """The measure to read, if one fits well enough."""
        best = self.measures[0] if self.measures else None
        return best if best is not None and best.coverage >= MEASURE_COVERAGE else None


def find_candidates(tables: Tables, corpus: Corpus, retrieval: Retrieval) -> Candidates:
    """Load the tables that match the question and see which of their measures fit. Raises ``QueryError``."""
    if not retrieval.expression:
        return Candidates((), ())
    found = corpus.search(retrieval.expression, "table", _ROWS_LOOKED_AT)
    documents = {passage.document.name: passage.document for passage, _ in found}
    loaded: list[LoadedTable] = []
    problems: dict[str, str] = {}
    for document in list(documents.values())[:MOST_TABLES]:
        try:
            tables.check(document.name, document.digest)
            loaded.append(tables.load(document.name, document.digest, corpus.text(document.name)))
        except TableError as error:
            problems[document.name] = f"{document.name} {error}."
        except KeyError:
            continue
    measures = choose(tables, loaded, retrieval.question, retrieval.scope.resolved_concepts)
    return Candidates(tuple(measures), tuple(problems.values()), tuple(problems))


def read_figures(tables: Tables, retrieval: Retrieval, measures: Sequence[Measure]) -> Figures | None:
    """Read the best measure, and another of the same matter. None if it has no usable point. Raises ``QueryError``."""
    reading = read_measure(tables, measures[0], retrieval.question)
    if not reading.series:
        return None
    other = None if retrieval.question.periods else other_measure(measures, measures[0])
    read = read_measure(tables, other, retrieval.question) if other else None
    return Figures(reading, read if read and read.series else None)


def read_rows(tables: Tables, corpus: Corpus, retrieval: Retrieval) -> tuple[str, Query] | None:
    """The rows among the passages that cover the question, of the table that has the best: its name and the query."""
    hits = [hit for hit in retrieval.hits if hit.passage.document.is_table and hit.coverage >= FOUND_COVERAGE]
    if not hits:
        return None
    document = hits[0].passage.document
    try:
        tables.check(document.name, document.digest)
        table = tables.load(document.name, document.digest, corpus.text(document.name))
    except (TableError, KeyError):
        return None
    lines = [hit.passage.line for hit in hits if hit.passage.document.name == document.name][:_MOST_ROWS]
    columns = ", ".join(identifier(column) for column in table.columns)
    places = ", ".join(f"${place}" for place in range(1, len(lines) + 1))
    sql = f"SELECT {columns} FROM {identifier(table.name)} WHERE {LINE} IN ({places}) ORDER BY {LINE}"  # noqa: S608
    return document.name, Query(sql, tuple(lines), tables.query(sql, lines))
