"""Rows of several documents as one line: each period once, all of one measure, unit, length and definition."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from backend.agents.documents.figures.document_rows import RowPoint
from backend.agents.documents.figures.measure_words import named
from backend.agents.documents.figures.row_fit import MOMENTS, RATES, Fit
from backend.agents.documents.figures.series import Point, Series
from backend.agents.documents.indexing.corpus import FoundRow

_YEAR_DAYS = range(350, 381)
_LARGEST_RESTATEMENT = 0.1
"""Rows that differ by more of their value for one period are counted in different ways."""

Kind = tuple[int | None, bool, str]
"""Length in months, whether it is named instead of dated, and the qualifier, as ``ColumnPeriod.kind`` has them."""

PointsOf = Callable[[Fit], Sequence[RowPoint]]


@dataclass(frozen=True, slots=True)
class RowSeries:
    """The points of one measure of one subject, in order of time, never empty.

    ``is_line`` says that all periods have one length. ``restated`` are pairs of a value as it was first reported and
    as a later document has it.
    """

    subject: str
    label: str
    member: str
    measure: str
    points: tuple[RowPoint, ...]
    is_line: bool = True
    restated: tuple[tuple[RowPoint, RowPoint], ...] = ()

    @property
    def name(self) -> str:
        """The row's label; of a member the measure, and the member in parentheses: ``Net sales (Services)``."""
        return f"{self.label} ({self.member})" if self.member else self.label

    @property
    def unit(self) -> str:
        """The unit of all points as an axis names it."""
        unit = self.points[-1].value.unit
        return f"{unit.name} {unit.scale_word}".strip()

    @property
    def newest(self) -> RowPoint:
        """The last point."""
        return self.points[-1]

    def year_before(self, point: RowPoint) -> RowPoint | None:
        """The same stretch of the year before, where there is one."""
        return next((other for other in self.points if is_year_before(other, point)), None)

    def as_series(self) -> Series:
        """For charts and trends."""
        return Series(self.name, tuple(as_point(point) for point in self.points))


def is_year_before(before: RowPoint, point: RowPoint) -> bool:
    """Whether a period is the same stretch of the year before."""
    days = date.fromisoformat(point.period.order) - date.fromisoformat(before.period.order)
    return before.period.kind == point.period.kind and days.days in _YEAR_DAYS


def as_point(point: RowPoint) -> Point:
    """A cell of a row as a point of a series."""
    period = point.period
    preposition, _, label = period.phrase.partition(" ")
    return Point(
        label, period.order, point.value.number, point.value.unit, point.value.digits, None, preposition,
        point.value.digits, period.short,
    )  # fmt: skip


def one_line(subject: str, fits: Sequence[Fit], points_of: PointsOf, *, lengths: Sequence[int]) -> list[RowSeries]:
    """The lines that the rows make, one for each measure and unit, the best first. A percentage of a measure that is an
    amount is left out. ``lengths`` are the months wanted, in order of preference; without any, quarters come before
    longer stretches. ``fits`` come best first."""
    by_unit: dict[tuple[str, str], dict[int, _TypedRow]] = {}
    for fit in fits:
        for point in points_of(fit):
            if not fit.measure or (
                point.value.unit.is_share == (fit.measure in RATES) and _has_length(fit.measure, point)
            ):
                rows = by_unit.setdefault((fit.measure, point.value.unit.name), {})
                rows.setdefault(fit.row.number, _TypedRow(fit, [])).points.append(point)
    lines = [_line(subject, list(rows.values()), lengths) for rows in by_unit.values()]
    found = [line for line in lines if line is not None]
    return [line for _, line in sorted(found, key=lambda item: (-item[0], item[1].unit))]


def _has_length(measure: str, point: RowPoint) -> bool:
    """Whether the period can be one of the measure: a moment or a named period of what is there, else a stretch."""
    period = point.period
    return (period.named is not None or not period.months) if measure in MOMENTS else period.months != 0


@dataclass(frozen=True, slots=True)
class _TypedRow:
    fit: Fit
    points: list[RowPoint]

    @property
    def numbers(self) -> dict[tuple[str, int | None], float]:
        """The values by the ends and lengths of their periods."""
        return {(one.period.order, one.period.months): one.value.number for one in self.points}


def _line(subject: str, rows: Sequence[_TypedRow], lengths: Sequence[int]) -> tuple[float, RowSeries] | None:
    kept = list(_agreeing(rows))
    found = [(row.fit, point) for row in kept for point in row.points]
    if not any(point.is_own for _, point in found):
        return None
    chosen = _kind(found, lengths, len({point.row.document.name for _, point in found}))
    points, restated = _chosen_points(found, chosen)
    if not points or _ends(point.row for point in points) < _ends(row.fit.row for row in rows):
        # Newer documents state this too, but in a way that does not fit: what is older would pass for the newest.
        return None
    naming = next(row.fit for row in kept if row.fit.row.number == points[-1].row.number)
    is_line = len({(point.period.kind, point.value.unit) for point in points}) == 1
    best = kept[0].fit
    series = RowSeries(subject, *_names(naming), best.measure, points, is_line=is_line, restated=restated)
    return best.score, series


def _chosen_points(
    found: Sequence[tuple[Fit, RowPoint]], chosen: Kind | None
) -> tuple[tuple[RowPoint, ...], tuple[tuple[RowPoint, RowPoint], ...]]:
    """The points of the line, and pairs of a value and its restatement."""
    if chosen is None:
        return _of_any_length(found), ()
    return _of_one_kind([(fit, point) for fit, point in found if point.period.kind == chosen])


def _ends(rows: Iterable[FoundRow]) -> str:
    """The latest day on which the period of one of the rows' documents ends."""
    return max((row.document.profile.period_end for row in rows), default="")


def _agreeing(rows: Sequence[_TypedRow]) -> Iterator[_TypedRow]:
    """Of each document the row that is most like the best one, unless it differs from what other documents state of the
    same periods by more than a restatement; and the rows of that document that state exactly the same."""
    best = rows[0].fit.row
    known: dict[tuple[str, int | None], float] = {}
    by_document: dict[str, list[_TypedRow]] = {}
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


def _kind(found: Iterable[tuple[Fit, RowPoint]], lengths: Sequence[int], documents: int) -> Kind | None:
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


def _names(fit: Fit) -> tuple[str, str]:
    """What a line is called: its measure, and the member of it where the label does not say both."""
    row, own = fit.row, fit.row.label.strip(" :.")
    own = re.sub(r"\s*\(\d{1,2}\)\Z", "", own)
    sections = [part.strip(" :.") for part in row.section.split(" > ")]
    if named(own).measures or not fit.measure:
        return own, sections[-1] if fit.is_member and not named(sections[-1]).measures else ""
    above = next((part for part in reversed(sections) if named(part).measures), fit.measure)
    measure = re.sub(r"\s+by\s.*", "", above)
    measure = measure[:1].upper() + measure[1:]
    return (measure, "") if own.lower() == "total" else (measure, own)


def within(series: RowSeries, keep: Callable[[RowPoint], bool]) -> RowSeries | None:
    """The series with some of its points, or None without any."""
    points = tuple(point for point in series.points if keep(point))
    return replace(series, points=points) if points else None
