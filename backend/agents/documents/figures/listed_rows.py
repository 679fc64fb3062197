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
from backend.agents.documents.figures.named_rows import (
    LABEL,
    asked_columns,
    cells_named,
    rows_of_periods,
    share_of_question,
)
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.stored_documents import FoundRow
from backend.agents.documents.search.question import RELATED_FACTOR, Concept, Extreme, Question
from backend.agents.documents.search.retrieval import Retrieval
from backend.agents.documents.search.vocabulary import HIGHEST, LOWEST

_LEAST_SHARE = 0.8
"""The share of what is asked that row, columns and titles must have together."""
_MOST_ROWS, _MOST_BEST, _MOST_LISTS = 12, 3, 3
_MOST = re.compile(
    r"\b(?:has|have|had|with|gets?|got|takes?|took|lists?|employs?|the)\s+(?:the\s+)?(most|least|fewest)\b(?!\s+of\b)",
    re.IGNORECASE,
)
_SHORTEST_VERB = 4
_DEGREES = HIGHEST | LOWEST | {"most", "least", "fewest", "number"}


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
    concepts = [_with_doer(concept) for concept in concepts]
    found = [_asked_of(table, retrieval.question, concepts) for table in listed_tables(corpus, retrieval)]
    most = max((one[0].share for one in found if one), default=0.0)
    best = [one for one in found if one and one[0].share == most]
    dates = {one[0].row.document.time for one in best}
    if len(dates) < len(best):
        return best[0] if best else []
    # The same list of several dates: what each says, the latest first.
    best.sort(key=lambda one: one[0].row.document.time, reverse=True)
    return [cells for one in best[:_MOST_LISTS] for cells in one]


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
    named = cells_named(table, question.text)
    rows = [row for row in table.rows if all(row.number in numbers for numbers in named.values())]
    rows = list(rows_of_periods(table, rows, question))
    asked = asked_columns(table, question, concepts, frozenset(named))
    degree = _degree(question)
    if degree:
        return _extreme(table, degree, rows, asked, frozenset(named))
    if not named or not (asked or set(named) - {LABEL}):
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


def _share_of(table: ListedTable, chosen: _Chosen, concepts: Sequence[Concept]) -> float:
    """The share of what is asked that the rows and columns have, and the titles above them."""
    row = chosen.rows[0]
    said = [row.label if LABEL in chosen.by else "", *(cell.text for cell in row.cells if cell.column in chosen.by)]
    columns = [*chosen.asked, *(column for column in table.columns if column in chosen.by), table.label_column]
    words = [concept for concept in concepts if concept.kind == "word" and not _is_of_degree(concept, chosen)]
    return share_of_question(words, " ".join((*said, *columns)), row)


def _is_of_degree(concept: Concept, chosen: _Chosen) -> bool:
    return bool(chosen.remark) and concept.word in _DEGREES


def names_in(found: Iterable[NamedCells]) -> str:
    """The text of the rows, in small letters, to look for names in."""
    return " ".join(one.row.text for one in found).casefold()
