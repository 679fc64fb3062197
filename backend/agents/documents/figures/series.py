"""A series: the points of one measure in time."""

from dataclasses import dataclass

from backend.agents.documents.figures.numbers import Unit, spellings, with_unit, written
from backend.agents.documents.periods import Period, parse_period


@dataclass(frozen=True, slots=True)
class Point:
    """One value: its period as shown and as it sorts, the value, its unit, and how the table writes it."""

    period: str
    order: str
    value: float
    unit: Unit
    cell: str
    line: int | None = None
    """Line of the table's file that states the value; None for a value computed from several rows."""
    preposition: str = "in"
    digits: str = ""
    """The number as it is written, where its own decimals are to be kept (``1.20``)."""
    short_period: str = ""
    """The period as an axis or a table names it, where that is shorter; see ``tick``."""

    @property
    def text(self) -> str:
        """The value with its unit, as an answer states it."""
        return with_unit(self.digits or written(self.value), self.unit)

    @property
    def tick(self) -> str:
        """The period in few characters."""
        return self.short_period or self.period

    @property
    def when(self) -> str:
        """The period with its preposition: ``in FY2027 Q2``, ``on July 1, 2023``."""
        return f"{self.preposition} {self.period}"

    @property
    def spellings(self) -> tuple[str, ...]:
        """How a sentence may write the number."""
        return spellings(self.value, self.cell)

    @property
    def parsed(self) -> Period | None:
        """The period, where it is one."""
        return parse_period(self.period)

    @property
    def is_whole_year(self) -> bool:
        """Whether the period is a year."""
        period = self.parsed
        return period is not None and not period.quarter and not period.month


@dataclass(frozen=True, slots=True)
class Series:
    """Points in order of time, never empty. ``definition`` says how they are counted, where there are several ways."""

    label: str
    points: tuple[Point, ...]
    definition: str = ""
    verb: str = "was"
    """Which form of "to be" the label takes."""

    @property
    def newest(self) -> Point:
        """The last point."""
        return self.points[-1]

    @property
    def values(self) -> tuple[float, ...]:
        """The values in the unit of the newest point."""
        scale = self.newest.unit.scale
        return tuple(point.value * point.unit.scale / scale for point in self.points)

    def within(self, periods: tuple[Period, ...]) -> tuple[Point, ...]:
        """The points whose period is one of these or a part of one."""
        return tuple(
            point
            for point in self.points
            if (parsed := point.parsed) is not None and any(period.contains(parsed) for period in periods)
        )
