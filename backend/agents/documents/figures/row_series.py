"""Rows of several documents as one line: each period once, all of one measure, unit, length and definition."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from backend.agents.documents.figures.document_rows import RowPoint
from backend.agents.documents.figures.series import Point, Series

_YEAR_DAYS = range(350, 381)


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


def within(series: RowSeries, keep: Callable[[RowPoint], bool]) -> RowSeries | None:
    """The series with some of its points, or None without any."""
    points = tuple(point for point in series.points if keep(point))
    return replace(series, points=points) if points else None
