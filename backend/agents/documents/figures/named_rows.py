"""What of a list a question names: cells as they are written, columns by their words, and how much of it that is."""

import re
from collections.abc import Sequence

from backend.agents.documents.figures.listed_tables import ListedTable
from backend.agents.documents.indexing.stored_documents import FoundRow
from backend.agents.documents.periods import Period, find_periods, parse_period
from backend.agents.documents.search.matching import TextMatcher, stems_as_indexed
from backend.agents.documents.search.question import Concept, Question

LABEL = ""
"""The column of the labels, among those that a question may choose rows by."""

_ABOVE = 0.8
"""What a word counts in the titles, against one in the row or a column's name."""
_SHORTEST_NAME = 3
_OF_TIME = re.compile(
    r"\b(?:date|day|month|quarter|year|period|week|when|datum|tag|monat|quartal|jahr|mois|année|trimestre|fecha|año)\b",
    re.IGNORECASE,
)
"""A column of times by its name: other columns may have years as well, such as those that things were founded in."""


def cells_named(table: ListedTable, question: str) -> dict[str, set[int]]:
    """The columns of which the question names a cell as it is written, with the rows that have it."""
    asked, lower = stems_as_indexed(question), question.casefold()
    found: dict[str, set[int]] = {}
    for row in table.rows:
        for column, text in ((LABEL, row.label), *((cell.column, cell.text) for cell in row.cells)):
            if _is_said(text, asked, lower):
                found.setdefault(column, set()).add(row.number)
    return found


def _is_said(text: str, asked: str, lower: str) -> bool:
    """Whether a question, given as stems and in small letters, has the text word by word."""
    start = text[:_SHORTEST_NAME].casefold()
    if len(start) < _SHORTEST_NAME or start not in lower or not any(sign.isalpha() for sign in text):
        return False
    stems = stems_as_indexed(text).strip()
    return bool(stems) and f" {stems} " in asked


def asked_columns(
    table: ListedTable, question: Question, concepts: Sequence[Concept], named: frozenset[str]
) -> tuple[str, ...]:
    """The columns that the question's words name best, apart from those it chooses rows by; of columns for several
    periods those of the periods asked for."""
    columns = [column for column in table.columns if column not in named and _is_of(column, question)]
    matcher = TextMatcher(columns)
    strengths = [matcher.strengths(concept) for concept in concepts if concept.kind == "word"]
    weights = [max((one.get(place, 0.0) for one in strengths), default=0.0) for place in range(len(columns))]
    best = max(weights, default=0.0)
    return tuple(column for column, weight in zip(columns, weights, strict=True) if weight and weight == best)


def _is_of(column: str, question: Question) -> bool:
    """Whether a column is of no period, of one that is asked for, or none is asked for."""
    periods = [period for period, _, _ in find_periods(column)]
    return not periods or not question.periods or any(one.contains(own) for one in question.periods for own in periods)


def rows_of_periods(table: ListedTable, rows: Sequence[FoundRow], question: Question) -> Sequence[FoundRow]:
    """The rows of the periods that the question names, where a column of times has one in every row; if none has, all
    rows of a document that is of such a period, and otherwise none. All rows where no period is named, or columns are
    those of periods."""
    if not question.periods or any(_names_period(column, question) for column in table.columns):
        return rows
    for column in (LABEL, *table.columns):
        periods = [_period_in(row, column) for row in rows]
        if rows and all(periods) and (column == LABEL or _OF_TIME.search(column)):
            return [row for row, own in zip(rows, periods, strict=True) if _is_asked(question, own)]
    return [row for row in rows if _is_of_document(row, question) or not row.document.profile.periods]


def _names_period(column: str, question: Question) -> bool:
    return any(_is_asked(question, own) for own, _, _ in find_periods(column))


def _is_asked(question: Question, own: Period | None) -> bool:
    return own is not None and any(one.contains(own) for one in question.periods)


def _period_in(row: FoundRow, column: str) -> Period | None:
    text = row.label if column == LABEL else next((cell.text for cell in row.cells if cell.column == column), "")
    return parse_period(text)


def _is_of_document(row: FoundRow, question: Question) -> bool:
    named = (*row.document.profile.periods, *(period for period, _, _ in find_periods(row.title)))
    return any(_is_asked(question, own) or any(own.contains(one) for one in question.periods) for own in named)


def share_of_question(words: Sequence[Concept], near: str, row: FoundRow) -> float:
    """The share of these words that a row and the names of its columns (``near``) have, or the titles above it."""
    above = f"{row.section} {row.title} {row.document.dated_title} {row.document.name}"
    matcher = TextMatcher([near, above])
    total = sum(concept.importance for concept in words)
    found = sum(concept.importance * _strength(matcher.strengths(concept)) for concept in words)
    return found / total if total else 0.0


def _strength(strengths: dict[int, float]) -> float:
    return max(strengths.get(0, 0.0), _ABOVE * strengths.get(1, 0.0))
