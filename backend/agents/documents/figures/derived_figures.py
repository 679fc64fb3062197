"""Figures that no row states and that two rows give: the gross margin is what is left of revenue after the cost of
sales."""

from dataclasses import dataclass

from backend.agents.documents.figures.document_rows import RowPoint
from backend.agents.documents.figures.row_series import RowSeries

DIFFERENCES: dict[str, tuple[str, str]] = {
    "gross margin": ("revenue", "cost of sale"),
    "gross margin percentage": ("revenue", "cost of sale"),
}
"""Measures as the first of two others less the second."""


@dataclass(frozen=True, slots=True)
class DerivedLine:
    """One line less another one, in each period that both have."""

    name: str
    whole: RowSeries
    taken: RowSeries

    @property
    def pairs(self) -> list[tuple[RowPoint, RowPoint]]:
        """The points of both lines by their periods, in order of time; amounts of other units are left out."""
        taken = {(point.period, point.value.unit): point for point in self.taken.points}
        return [
            (point, taken[key]) for point in self.whole.points if (key := (point.period, point.value.unit)) in taken
        ]


def difference(measure: str, whole: RowSeries | None, taken: RowSeries | None) -> DerivedLine | None:
    """The measure as a difference of two lines; None if one is missing or they share no period."""
    if whole is None or taken is None:
        return None
    found = DerivedLine(measure[:1].upper() + measure[1:], whole, taken)
    return found if found.pairs else None
