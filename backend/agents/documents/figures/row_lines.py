"""Rows that fit as lines of figures, one for each measure and unit, the best first."""

import re
from collections.abc import Callable, Iterable, Sequence

from backend.agents.documents.figures.document_rows import RowPoint
from backend.agents.documents.figures.line_points import TypedRow, agreeing_rows, chosen_points, kind_of
from backend.agents.documents.figures.measure_words import named
from backend.agents.documents.figures.row_fit import MOMENTS, RATES, Fit
from backend.agents.documents.figures.row_series import RowSeries
from backend.agents.documents.indexing.stored_documents import FoundRow

PointsOf = Callable[[Fit], Sequence[RowPoint]]


def lines_of(subject: str, fits: Sequence[Fit], points_of: PointsOf, *, lengths: Sequence[int]) -> list[RowSeries]:
    """The lines that the rows make, one for each measure and unit, the best first. A percentage of a measure that is an
    amount is left out. ``lengths`` are the months wanted, in order of preference; without any, quarters come before
    longer stretches. ``fits`` come best first."""
    by_unit: dict[tuple[str, str], dict[int, TypedRow]] = {}
    for fit in fits:
        for point in points_of(fit):
            if not fit.measure or (
                point.value.unit.is_share == (fit.measure in RATES) and _has_length(fit.measure, point)
            ):
                rows = by_unit.setdefault((fit.measure, point.value.unit.name), {})
                rows.setdefault(fit.row.number, TypedRow(fit, [])).points.append(point)
    lines = [_line(subject, list(rows.values()), lengths) for rows in by_unit.values()]
    found = [line for line in lines if line is not None]
    return [line for _, line in sorted(found, key=lambda item: (-item[0], item[1].unit))]


def _has_length(measure: str, point: RowPoint) -> bool:
    """Whether the period can be one of the measure: a moment or a named period of what is there, else a stretch."""
    period = point.period
    return (period.named is not None or not period.months) if measure in MOMENTS else period.months != 0


def _line(subject: str, rows: Sequence[TypedRow], lengths: Sequence[int]) -> tuple[float, RowSeries] | None:
    kept = list(agreeing_rows(rows))
    found = [(row.fit, point) for row in kept for point in row.points]
    if not any(point.is_own for _, point in found):
        return None
    chosen = kind_of(found, lengths, len({point.row.document.name for _, point in found}))
    points, restated = chosen_points(found, chosen)
    if not points or _ends(point.row for point in points) < _ends(row.fit.row for row in rows):
        # Newer documents state this too, but in a way that does not fit: what is older would pass for the newest.
        return None
    naming = next(row.fit for row in kept if row.fit.row.number == points[-1].row.number)
    is_line = len({(point.period.kind, point.value.unit) for point in points}) == 1
    best = kept[0].fit
    series = RowSeries(subject, *_names(naming), best.measure, points, is_line=is_line, restated=restated)
    return best.score, series


def _ends(rows: Iterable[FoundRow]) -> str:
    """The latest day on which the period of one of the rows' documents ends."""
    return max((row.document.profile.period_end for row in rows), default="")


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
