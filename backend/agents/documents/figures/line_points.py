"""Which points of rows go into one line: rows that agree with one another, of one kind of period, each period once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from backend.agents.documents.figures.document_rows import RowPoint
from backend.agents.documents.figures.row_fit import Fit
from backend.agents.documents.figures.row_series import is_year_before
from backend.agents.documents.indexing.stored_documents import FoundRow

_LARGEST_RESTATEMENT = 0.1
"""Rows that differ by more of their value for one period are counted in different ways."""

Kind = tuple[int | None, bool, str]
"""Length in months, whether it is named instead of dated, and the qualifier, as ``ColumnPeriod.kind`` has them."""


@dataclass(frozen=True, slots=True)
class TypedRow:
    """A row that fits, with its typed cells."""

    fit: Fit
    points: list[RowPoint]

    @property
    def numbers(self) -> dict[tuple[str, int | None], float]:
        """The values by the ends and lengths of their periods."""
        return {(one.period.order, one.period.months): one.value.number for one in self.points}


def agreeing_rows(rows: Sequence[TypedRow]) -> Iterator[TypedRow]:
    """Of each document the row that is most like the best one, unless it differs from what other documents state of the
    same periods by more than a restatement; and the rows of that document that state exactly the same."""
    best = rows[0].fit.row
    known: dict[tuple[str, int | None], float] = {}
    by_document: dict[str, list[TypedRow]] = {}
    for row in rows:
        by_document.setdefault(row.fit.row.document.name, []).append(row)
    for group in by_document.values():
        alike = sorted(group, key=lambda row: (-_likeness(row.fit.row, best), -row.fit.score))
        base = next((row for row in alike if _may_be_same(known, row.numbers)), None)
        if base is None:
            continue
        for row in (base, *(one for one in alike if one is not base)):
            shared = base.numbers.keys() & row.numbers.keys()
            if shared and all(base.numbers[key] == row.numbers[key] for key in shared):
                known.update(row.numbers)
                yield row


def _likeness(row: FoundRow, best: FoundRow) -> int:
    """How many of label, section and title two rows have in common."""
    return (row.label == best.label) * 2 + (row.section == best.section) + (row.title == best.title)


def _may_be_same(
    known: Mapping[tuple[str, int | None], float], numbers: Mapping[tuple[str, int | None], float]
) -> bool:
    shared = known.keys() & numbers.keys()
    return all(abs(known[key] - numbers[key]) <= _LARGEST_RESTATEMENT * abs(known[key]) for key in shared)


def kind_of(found: Iterable[tuple[Fit, RowPoint]], lengths: Sequence[int], documents: int) -> Kind | None:
    """What the points of the line have in common, or None if no one kind covers most of the documents."""
    own = _documents_by_kind(found)
    for length in lengths:
        if wanted := _most_common({kind: count for kind, count in own.items() if kind[0] == length}):
            return wanted
    plain = {kind: count for kind, count in own.items() if not kind[2]} or own
    quarters = {kind: count for kind, count in plain.items() if kind[0] == 3}
    for kinds in (quarters, plain):
        best = _most_common(kinds)
        if best is not None and kinds[best] * 4 >= documents * 3:
            return best
    return None


def _documents_by_kind(found: Iterable[tuple[Fit, RowPoint]]) -> dict[Kind, int]:
    """In how many documents a kind of period is the document's own."""
    return Counter(kind for kind, _ in {(one.period.kind, one.row.document.name) for _, one in found if one.is_own})


def _most_common(kinds: Mapping[Kind, int]) -> Kind | None:
    """The kind of most documents; of several one with days rather than names, and the shortest."""
    return max(kinds, key=lambda kind: (kinds[kind], not kind[1], kind[0] is not None, -(kind[0] or 0)), default=None)


def chosen_points(
    found: Sequence[tuple[Fit, RowPoint]], chosen: Kind | None
) -> tuple[tuple[RowPoint, ...], tuple[tuple[RowPoint, RowPoint], ...]]:
    """The points of the line, and pairs of a value and its restatement."""
    if chosen is None:
        return _of_any_length(found), ()
    return _of_one_kind([(fit, point) for fit, point in found if point.period.kind == chosen])


def _of_one_kind(
    found: Sequence[tuple[Fit, RowPoint]],
) -> tuple[tuple[RowPoint, ...], tuple[tuple[RowPoint, RowPoint], ...]]:
    """Each period once: as the document about it has it; from a later one only what is missing."""
    kept: dict[str, RowPoint] = {}
    later: dict[str, RowPoint] = {}
    for _, point in sorted(found, key=lambda item: (not item[1].is_own, -item[0].score, item[1].row.document.name)):
        order = point.period.order
        if order not in kept:
            kept[order] = point
        elif kept[order].is_own and not point.is_own and point.row.document.name != kept[order].row.document.name:
            later.setdefault(order, point)
    points = tuple(kept[order] for order in sorted(kept))
    scale = points[-1].value.unit.scale if points else 1.0
    points = tuple(point for point in points if point.value.unit.scale == scale)
    changed = tuple(
        (point, later[point.period.order])
        for point in points
        if point.period.order in later and _differ(point, later[point.period.order])
    )
    return points, changed


def _differ(first: RowPoint, second: RowPoint) -> bool:
    same_label = first.row.label == second.row.label and first.row.section == second.row.section
    return same_label and first.value.unit == second.value.unit and first.value.number != second.value.number


def _of_any_length(found: Sequence[tuple[Fit, RowPoint]]) -> tuple[RowPoint, ...]:
    """The own figure of each document, the shortest it has, and for the newest that of the year before."""
    own: dict[str, RowPoint] = {}
    points = [point for _, point in found if not point.period.qualifier]
    for point in sorted(points, key=lambda point: point.period.months or 0):
        if point.is_own:
            own.setdefault(point.row.document.name, point)
    if not own:
        return ()
    newest = max(own.values(), key=lambda point: point.period.order)
    before = next((point for point in points if is_year_before(point, newest)), None)
    kept = {(point.period.order, point.period.months): point for point in (*own.values(), before) if point is not None}
    return tuple(kept[key] for key in sorted(kept, key=lambda key: (key[0], key[1] or 0)))
