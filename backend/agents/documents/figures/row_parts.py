"""The parts of a whole: rows of one table that state a measure member by member, and add up to it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from backend.agents.documents.figures.document_rows import RowPoint
from backend.agents.documents.figures.measure_words import named, words_in
from backend.agents.documents.figures.row_fit import row_measure
from backend.agents.documents.figures.row_series import RowSeries
from backend.agents.documents.indexing.stored_documents import FoundRow

PointsOfRow = Callable[[FoundRow], Sequence[RowPoint]]

_DIMENSIONS = frozenset(
    {"product", "service", "segment", "region", "geography", "country", "market", "category", "customer"}
)
"""Words that say by what a whole is to be divided."""

FEWEST_PARTS, MOST_PARTS = 2, 12
_SLACK = 0.002
"""By which the parts may miss the whole, as a share of it: they are rounded."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a line's newest own figure, in the order of their table."""

    whole: RowPoint
    members: tuple[tuple[str, RowPoint], ...]


def parts_of(
    line: RowSeries, question: str, tables: Iterable[Sequence[FoundRow]], points_of: PointsOfRow
) -> Parts | None:
    """The parts of the newest figure of a line, from the one of its document's tables whose title is most like the
    question; None if there is no table whose rows add up to it, or none of what the question names."""
    whole = next((point for point in reversed(line.points) if point.is_own), line.newest)
    asked = _DIMENSIONS.intersection(words_in(question))
    found = []
    for rows in tables:
        for group in _groups(rows, line.measure):
            members = _members(group, whole, points_of)
            total = sum(point.value.number for _, point in members)
            if FEWEST_PARTS <= len(members) <= MOST_PARTS and _is_about(total, whole.value.number):
                meets = len(asked.intersection(words_in(f"{group[0].title} {group[0].section}")))
                found.append((meets, len(members), members))
    best = max(found, key=lambda one: one[:2], default=None)
    if best is None or (asked and not best[0]):
        return None
    return Parts(whole, tuple(best[2]))


def _groups(rows: Sequence[FoundRow], measure: str) -> list[list[FoundRow]]:
    """The rows of one table that are members of the measure, by the section they stand in."""
    groups: dict[str, list[FoundRow]] = {}
    for row in rows:
        label = named(row.label)
        if (
            label.matter
            and "total" not in label.words
            and measure not in label.measures
            and row_measure(row) == measure
        ):
            groups.setdefault(row.section, []).append(row)
    return list(groups.values())


def _members(rows: Sequence[FoundRow], whole: RowPoint, points_of: PointsOfRow) -> list[tuple[str, RowPoint]]:
    """The rows' values for the period of the whole, in its unit."""
    return [
        (re.sub(r"\s*\(\d{1,2}\)\Z", "", row.label.strip(" :.")), point)
        for row in sorted(rows, key=lambda row: row.start)
        for point in points_of(row)
        if point.period == whole.period and point.value.unit == whole.value.unit
    ]


def _is_about(total: float, whole: float) -> bool:
    return abs(total - whole) <= _SLACK * abs(whole) and whole > 0
