"""Cells of tables without periods, found by the names of their row and column: the weight of a product, the allowance
in a country, the price for a zone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.agents.documents.figures.column_periods import column_period
from backend.agents.documents.indexing.corpus import Corpus, FoundRow
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


@dataclass(frozen=True, slots=True)
class NamedCells:
    """The cells of one row that are asked for, best row first among several."""

    row: FoundRow
    cells: tuple[ExtractedCell, ...]
    share: float


def named_cells(corpus: Corpus, concepts: Sequence[Concept], documents: Sequence[str] | None) -> list[NamedCells]:
    """The rows that are nearly as good as the best one; empty where none has enough of what is asked.

    ``concepts`` carry their importance. A row is found only if its own label has one of them that its neighbours lack.
    """
    searched = expression(concepts)
    if not searched:
        return []
    rows = [row for row, _ in corpus.search_rows(searched, documents, _MOST_ROWS) if _is_without_periods(row)]
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


def _is_without_periods(row: FoundRow) -> bool:
    """Whether its columns are not those of a series of periods, whose figures are read as such."""
    is_form = row.label.endswith(":") or any(cell.text.endswith(":") or ":" in cell.column for cell in row.cells)
    return (
        bool(row.label and row.cells) and not is_form and all(column_period(cell.column) is None for cell in row.cells)
    )


def _texts(row: FoundRow) -> list[str]:
    return [row.label, *(cell.column for cell in row.cells), f"{row.section} {row.title}", row.document.dated_title]


def _found(
    row: FoundRow, concepts: Sequence[Concept], strengths: Sequence[Mapping[int, float]], places: Mapping[str, int]
) -> NamedCells | None:
    def of(text: str) -> list[float]:
        return [found.get(places[text], 0.0) for found in strengths]

    def weight(values: Sequence[float]) -> float:
        return sum(concept.importance * value for concept, value in zip(concepts, values, strict=True))

    total = sum(concept.importance for concept in concepts)
    label = of(row.label)
    if not any(label) or not total:
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
    if len(cells) > _MOST_CELLS or not any(cell.text.strip() for cell in cells):
        return None
    return NamedCells(row, tuple(cells), best / total)
