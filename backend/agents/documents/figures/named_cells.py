"""Cells of tables found by the names of their row and column: the weight of a product, the allowance in a country, the
price for a zone; and what stands in the column of a period without being a plain number, such as ``≥85 %``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from backend.agents.documents.figures.column_periods import column_period
from backend.agents.documents.figures.measure_words import words_in
from backend.agents.documents.figures.question_tokens import says_little
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.stored_documents import FoundRow
from backend.agents.documents.periods import Period
from backend.agents.documents.readers.extracted_table import ExtractedCell
from backend.agents.documents.search.matching import TextMatcher, expression
from backend.agents.documents.search.question import Concept

_MOST_ROWS = 60
_LEAST_SHARE = 0.72
"""The share of what is asked that label, column, section and titles of a cell must have together."""
_NEARLY = 0.95
_TITLE, _DOCUMENT = 0.75, 0.8
"""What a word counts in the table's title or section, and in the document's title, against one in label or column."""
_MOST_CELLS, _MOST_FOUND = 6, 3
_MOST_OTHERS = 3
"""Words that a label has for each one that is asked for."""


@dataclass(frozen=True, slots=True)
class NamedCells:
    """The cells of one row that are asked for, best row first among several."""

    row: FoundRow
    cells: tuple[ExtractedCell, ...]
    share: float
    label_column: str = ""
    """The name of the column of the labels, where it is known."""
    remark: str = ""
    """What the row is among the others, such as ``the highest of 6``."""


def named_cells(
    corpus: Corpus, concepts: Sequence[Concept], documents: Sequence[str] | None, periods: Sequence[Period] = ()
) -> list[NamedCells]:
    """The rows that are nearly as good as the best one; empty where none has enough of what is asked.

    ``concepts`` carry their importance. A row is found only if its own label has one of them that its neighbours lack.
    Of a row with a column for each period only those of the ``periods`` count, which must be named.
    """
    searched = expression(concepts)
    if not searched:
        return []
    rows = _each_once(_of_periods(row, periods) for row, _ in corpus.search_rows(searched, documents, _MOST_ROWS))
    if not rows:
        return []
    texts = list(dict.fromkeys(text for row in rows for text in _texts(row)))
    places = {text: place for place, text in enumerate(texts)}
    matcher = TextMatcher(texts)
    strengths = [matcher.strengths(concept) for concept in concepts]
    found = [one for row in rows if (one := _found(row, concepts, strengths, places)) is not None]
    best = max((one.share for one in found), default=0.0)
    kept = sorted((one for one in found if one.share >= best * _NEARLY), key=lambda one: -one.share)
    return kept if len(kept) <= _MOST_FOUND else []


def _of_periods(row: FoundRow, periods: Sequence[Period]) -> FoundRow | None:
    """The row with the cells that may be asked for; None for one of a form, or of a series of other periods, whose
    figures are read as such."""
    is_form = row.label.endswith(":") or any(cell.text.endswith(":") or ":" in cell.column for cell in row.cells)
    if is_form or not (row.label and row.cells):
        return None
    columns = [column_period(cell.column) for cell in row.cells]
    if not any(columns):
        return row
    kept = tuple(
        cell
        for cell, column in zip(row.cells, columns, strict=True)
        if column is not None and column.named is not None and any(one.contains(column.named) for one in periods)
    )
    return replace(row, cells=kept) if kept else None


def _each_once(rows: Iterable[FoundRow | None]) -> list[FoundRow]:
    """The rows that there are: a report may show the same one in two tables."""
    found: dict[tuple[str, ...], FoundRow] = {}
    for row in rows:
        if row is not None:
            cells = (text for cell in row.cells for text in (cell.column, cell.text))
            found.setdefault((row.document.name, row.section, row.label, *cells), row)
    return list(found.values())


def _texts(row: FoundRow) -> list[str]:
    return [row.label, *(cell.column for cell in row.cells), f"{row.section} {row.title}", row.document.dated_title]


def _names(label: str, concepts: Sequence[Concept], strengths: Sequence[float]) -> bool:
    """Whether a label is about what is asked, rather than about something of which that is one word among many."""
    named_by = sum(len(one.word.split()) for one, strength in zip(concepts, strengths, strict=True) if strength)
    words = [word for word in words_in(label) if not says_little(word)]
    return bool(named_by) and len(words) <= _MOST_OTHERS * named_by


def _found(
    row: FoundRow, concepts: Sequence[Concept], strengths: Sequence[Mapping[int, float]], places: Mapping[str, int]
) -> NamedCells | None:
    def of(text: str) -> list[float]:
        return [found.get(places[text], 0.0) for found in strengths]

    def weight(values: Sequence[float]) -> float:
        return sum(concept.importance * value for concept, value in zip(concepts, values, strict=True))

    total = sum(concept.importance for concept in concepts)
    label = of(row.label)
    if not total or not _names(row.label, concepts, label):
        return None
    around = [
        max(_TITLE * above, _DOCUMENT * title)
        for above, title in zip(of(f"{row.section} {row.title}"), of(row.document.dated_title), strict=True)
    ]
    by_cell = [
        (weight([max(*three) for three in zip(label, of(cell.column), around, strict=True)]), cell)
        for cell in row.cells
    ]
    best = max(value for value, _ in by_cell)
    if best < _LEAST_SHARE * total:
        return None
    cells = [cell for value, cell in by_cell if value == best]
    if len(cells) > _MOST_CELLS or not any(cell.text.strip(" -–—") for cell in cells):
        return None
    return NamedCells(row, tuple(cells), best / total)
