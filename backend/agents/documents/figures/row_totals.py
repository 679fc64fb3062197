"""Totals over the rows of a list: the sum of a column, or how many rows there are, of all rows or of those that have
what the question names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.agents.documents.figures.listed_tables import ListedTable, listed_tables
from backend.agents.documents.figures.measure_series import AVERAGED
from backend.agents.documents.figures.named_cells import NamedCells
from backend.agents.documents.figures.named_rows import (
    LABEL,
    asked_columns,
    cells_named,
    rows_of_periods,
    share_of_question,
)
from backend.agents.documents.figures.numbers import written
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.stored_documents import FoundRow
from backend.agents.documents.search.matching import stems_as_indexed
from backend.agents.documents.search.question import Concept, Question
from backend.agents.documents.search.retrieval import Retrieval

_LEAST_SHARE = 0.8
ASKS_SUM = re.compile(
    r"\b(?:total|totals|sum|altogether|in all|combined|insgesamt|gesamt\w*|summe|au total|totale?s?)\b", re.IGNORECASE
)
"""Words that ask for a sum."""
_ASKS_COUNT = re.compile(r"\b(?:how many|number of|wie viele|combien d[e'’])\s*([^\W\d_]{3,})", re.IGNORECASE)
_OF_TOTALS = frozenset(
    "total totals sum altogether all combined insgesamt gesamt summe number many totale".split()  # noqa: SIM905
)
_SHORTEST_STEM = 4
_LETTERS = re.compile(r"[^\W\d_]+|[%$€£¥]")


@dataclass(frozen=True, slots=True)
class RowTotal:
    """A total, what it is of, and the rows it is made of with the cells that were added."""

    text: str
    """The number as it is written."""
    column: str
    """The column that was added up; empty for a number of rows."""
    rows: tuple[NamedCells, ...]
    named: tuple[str, ...] = ()
    """What the rows have, of which the question names it."""


def row_total(corpus: Corpus, retrieval: Retrieval, concepts: Sequence[Concept]) -> RowTotal | None:
    """The total that a question asks for, from the first list that has all that it names; None without one.

    A list with a row of totals has them itself. Rates, prices and shares are not added up, nor are cells with
    different units.
    """
    text = retrieval.question.text
    counted = _ASKS_COUNT.search(text)
    if counted is None and ASKS_SUM.search(text) is None:
        return None
    for table in listed_tables(corpus, retrieval):
        found = _total_of(table, retrieval, concepts, counted[1].lower() if counted else "")
        if found is not None and found.text:
            return found
    return None


def _total_of(table: ListedTable, retrieval: Retrieval, concepts: Sequence[Concept], counted: str) -> RowTotal | None:
    named = cells_named(table, retrieval.question.text)
    rows = _rows_with(table, named, retrieval.question)
    if not rows or LABEL in named or (not named and table.has_totals):
        return None
    summed = _added_column(table, retrieval, concepts, frozenset(named))
    if summed and len(rows) == 1:
        # One row is read as it stands.
        return None
    if not (summed or _is_counted(table, named, counted)):
        return None
    said = tuple(dict.fromkeys(cell.text for cell in rows[0].cells if cell.column in named))
    near = " ".join((*said, *named, summed, table.label_column))
    if share_of_question(_of_matter(concepts), near, rows[0]) < _LEAST_SHARE:
        return None
    made = _sum(table, summed, rows) if summed else str(len(rows))
    return RowTotal(made, summed, tuple(_cells_of(row, summed, table.label_name) for row in rows), said)


def _rows_with(table: ListedTable, named: Mapping[str, set[int]], question: Question) -> Sequence[FoundRow]:
    """The rows that have what is named, of the periods asked for."""
    having = [row for row in table.rows if all(row.number in numbers for numbers in named.values())]
    return rows_of_periods(table, having, question)


def _added_column(table: ListedTable, retrieval: Retrieval, concepts: Sequence[Concept], named: frozenset[str]) -> str:
    """The one column of numbers that a question names, of several the one whose name it has as a whole; empty if that
    is not clear, or the column is one of rates, prices or the like."""
    columns = asked_columns(table, retrieval.question, concepts, named)
    of_numbers = [column for column in columns if table.numbers(column)]
    asked = stems_as_indexed(retrieval.question.text)
    whole = [column for column in of_numbers if stems_as_indexed(column) in asked]
    longest = max((len(column) for column in whole), default=0)
    chosen = [column for column in whole if len(column) == longest] or of_numbers
    return chosen[0] if len(chosen) == 1 and AVERAGED.search(chosen[0]) is None else ""


def _of_matter(concepts: Sequence[Concept]) -> list[Concept]:
    """The words without those that ask for a total."""
    return [one for one in concepts if one.kind == "word" and one.word not in _OF_TOTALS]


def _cells_of(row: FoundRow, column: str, label_name: str) -> NamedCells:
    """The cell of a row in this column; all of its cells without one."""
    return NamedCells(row, tuple(cell for cell in row.cells if column in ("", cell.column)), 1.0, label_name)


def _is_counted(table: ListedTable, named: Mapping[str, set[int]], noun: str) -> bool:
    """Whether the rows of a list that have something named are called so: in the name of their labels, the title or the
    name of the file."""
    if not noun or not named:
        return False
    row = table.rows[0]
    called = f"{table.label_column} {row.title} {row.document.title} {row.document.name}".lower()
    return noun[: max(_SHORTEST_STEM, len(noun) - 2)] in called


def _sum(table: ListedTable, column: str, rows: Sequence[FoundRow]) -> str:
    """The sum of a column over these rows with their unit; empty where it means nothing."""
    kept = {row.number for row in rows}
    numbers = [(number, row) for number, row in table.numbers(column) if row.number in kept]
    units = {_unit(row, column) for _, row in numbers}
    if len(numbers) < len(rows) or len(units) != 1 or AVERAGED.search(" ".join(units)):
        return ""
    # Cents are not exact as binary fractions.
    return f"{written(round(sum(number for number, _ in numbers), 6))} {units.pop()}".strip()


def _unit(row: FoundRow, column: str) -> str:
    text = next(cell.text for cell in row.cells if cell.column == column)
    return " ".join(_LETTERS.findall(text))
