"""Rows of a list that a question asks for: those with what it names (``which departments does Ann Lee head``), what is
said of a thing (``who heads the library``), or the one with the most or the least of something.

The question must name the thing as the table writes it, or the column of the figure; and nearly all of its words must
be in the row, in the names of its columns or in the title: otherwise the list says nothing about it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from backend.agents.documents.figures.listed_tables import ListedTable, listed_tables
from backend.agents.documents.figures.named_cells import NamedCells
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.stored_documents import FoundRow
from backend.agents.documents.periods import find_periods
from backend.agents.documents.search.matching import TextMatcher, stems_as_indexed
from backend.agents.documents.search.question import RELATED_FACTOR, Concept, Extreme, Question
from backend.agents.documents.search.retrieval import Retrieval
from backend.agents.documents.search.vocabulary import HIGHEST, LOWEST

_LEAST_SHARE = 0.8
"""The share of what is asked that row, columns and titles must have together."""
_ABOVE = 0.8
"""What a word counts in the titles, against one in the row or a column's name."""
_MOST_ROWS, _MOST_BEST = 12, 3
_SHORTEST_NAME = 3
_MOST = re.compile(
    r"\b(?:has|have|had|with|gets?|got|takes?|took|lists?|employs?|the)\s+(?:the\s+)?(most|least|fewest)\b(?!\s+of\b)",
    re.IGNORECASE,
)
_SHORTEST_VERB = 4
_DEGREES = HIGHEST | LOWEST | {"most", "least", "fewest", "number"}
_LABEL = ""
"""The column of the labels, among those that a question may choose rows by."""


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Rows, and the columns by which and of which the question speaks."""

    rows: Sequence[FoundRow]
    by: frozenset[str]
    asked: tuple[str, ...]
    remark: str = ""


def listed_rows(corpus: Corpus, retrieval: Retrieval, concepts: Sequence[Concept]) -> list[NamedCells]:
    """The rows of one list with the cells that are asked for; empty where no list has them.

    ``concepts`` are what the question is about, with their importance.
    """
    best: list[NamedCells] = []
    concepts = [_with_doer(concept) for concept in concepts]
    for table in listed_tables(corpus, retrieval):
        found = _asked_of(table, retrieval.question, concepts)
        if found and (not best or found[0].share > best[0].share):
            best = found
    return best


def _with_doer(concept: Concept) -> Concept:
    """The concept, also found where somebody is called by it: who trains is the trainer."""
    word = concept.word
    if concept.kind != "word" or len(word) < _SHORTEST_VERB or not word.isalpha():
        return concept
    stem = word[:-1] if word.endswith(("e", "s")) else word
    doers = tuple((f"{stem.removesuffix('e')}{ending}", RELATED_FACTOR) for ending in ("er", "or"))
    return replace(concept, phrases=(*concept.phrases, *doers))


def _asked_of(table: ListedTable, question: Question, concepts: Sequence[Concept]) -> list[NamedCells]:
    chosen = _chosen(table, question, concepts)
    if chosen is None or not 0 < len(chosen.rows) <= _MOST_ROWS:
        return []
    share = _share_of(table, chosen, concepts)
    if share < _LEAST_SHARE:
        return []
    shown = chosen.asked or tuple(column for column in table.columns if column in chosen.by)
    found = []
    for row in chosen.rows:
        cells = tuple(cell for cell in row.cells if cell.column in shown and cell.text.strip(" -–—"))
        if cells:
            found.append(NamedCells(row, cells, share, table.label_name, chosen.remark))
    return found


def _chosen(table: ListedTable, question: Question, concepts: Sequence[Concept]) -> _Chosen | None:
    named = _named_by(table, question.text)
    rows = [row for row in table.rows if all(row.number in numbers for numbers in named.values())]
    asked = _asked_columns(table, question, concepts, frozenset(named))
    degree = _degree(question)
    if degree:
        return _extreme(table, degree, rows, asked, frozenset(named))
    if not named or not (asked or set(named) - {_LABEL}):
        return None
    return _Chosen(rows, frozenset(named), asked)


def _degree(question: Question) -> Extreme:
    """Whether the highest or the lowest of something is asked for."""
    if question.extreme:
        return question.extreme
    match = _MOST.search(question.text)
    return "" if match is None else "highest" if match[1].lower() == "most" else "lowest"


def _extreme(
    table: ListedTable, degree: Extreme, rows: Sequence[FoundRow], asked: Sequence[str], named: frozenset[str]
) -> _Chosen | None:
    """The rows with the highest or the lowest number of the one column of numbers that is asked for."""
    of_numbers = [column for column in asked if table.numbers(column)]
    if len(of_numbers) != 1:
        return None
    kept = {row.number for row in rows}
    numbers = [(number, row) for number, row in table.numbers(of_numbers[0]) if row.number in kept]
    if len(numbers) < 2:
        return None
    extreme = (max if degree == "highest" else min)(number for number, _ in numbers)
    best = [row for number, row in numbers if number == extreme]
    if len(best) > _MOST_BEST:
        return None
    return _Chosen(best, named, (of_numbers[0],), f"the {degree} of {len(numbers)}")


def _named_by(table: ListedTable, question: str) -> dict[str, set[int]]:
    """The columns of which the question names a cell as it is written, with the rows that have it."""
    asked, lower = stems_as_indexed(question), question.casefold()
    found: dict[str, set[int]] = {}
    for row in table.rows:
        for column, text in ((_LABEL, row.label), *((cell.column, cell.text) for cell in row.cells)):
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


def _asked_columns(
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


def _share_of(table: ListedTable, chosen: _Chosen, concepts: Sequence[Concept]) -> float:
    """The share of what is asked that the rows and columns have, and the titles above them."""
    row = chosen.rows[0]
    said = [row.label if _LABEL in chosen.by else "", *(cell.text for cell in row.cells if cell.column in chosen.by)]
    columns = [*chosen.asked, *(column for column in table.columns if column in chosen.by), table.label_column]
    near = " ".join((*said, *columns))
    above = f"{row.section} {row.title} {row.document.dated_title} {row.document.name}"
    matcher = TextMatcher([near, above])
    words = [concept for concept in concepts if concept.kind == "word" and not _is_of_degree(concept, chosen)]
    total = sum(concept.importance for concept in words)
    found = sum(concept.importance * _strength(matcher.strengths(concept)) for concept in words)
    return found / total if total else 0.0


def _strength(strengths: dict[int, float]) -> float:
    return max(strengths.get(0, 0.0), _ABOVE * strengths.get(1, 0.0))


def _is_of_degree(concept: Concept, chosen: _Chosen) -> bool:
    return bool(chosen.remark) and concept.word in _DEGREES


def names_in(found: Iterable[NamedCells]) -> str:
    """The text of the rows, in small letters, to look for names in."""
    return " ".join(one.row.text for one in found).casefold()
