"""Figures that were planned rather than reached: columns such as ``FY 2031 Target`` beside ``FY 2031 Results``."""

import re
from collections.abc import Sequence

from backend.agents.documents.figures.document_rows import RowPoint

_PLANNED = re.compile(
    r"\b(?:targets?|targeted|goals?|plan|planned|budget(?:s|ed)?|forecasts?|forecasted|projected|projections?|outlook)\b",
    re.IGNORECASE,
)


def names_plan(text: str) -> bool:
    """Whether a question, a header or a label speaks of what was planned."""
    return _PLANNED.search(text) is not None


def points_asked_for(points: Sequence[RowPoint], question: str) -> tuple[RowPoint, ...]:
    """Of the points of a row those that were planned, where that is asked for, else those that were reached, if it has
    both. A row that is a plan itself has no others."""
    planned = tuple(point for point in points if names_plan(point.period.qualifier))
    reached = tuple(point for point in points if point not in planned)
    if not names_plan(question):
        return reached or planned
    row = points[0].row if points else None
    return planned or (reached if row is not None and names_plan(f"{row.label} {row.section}") else ())
