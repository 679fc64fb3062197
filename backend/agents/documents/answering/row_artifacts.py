"""Rows of tables as a run shows them beside its answer: a table of the values, and a chart of those that compare."""

from collections.abc import Sequence
from typing import Any

from backend.agents.documents.answering.row_sentences import full_name
from backend.agents.documents.figures.chart import chart_of_series
from backend.agents.documents.figures.column_periods import ColumnPeriod
from backend.agents.documents.figures.document_rows import RowPoint
from backend.agents.documents.figures.row_figures import RowFigures
from backend.agents.documents.figures.row_series import RowSeries, as_point
from backend.protocol.events import ArtifactEvent, ToolLog

FEWEST_CHARTED = 2


def row_table(figures: RowFigures) -> ArtifactEvent:
    """One row per line, one column per period."""
    periods = sorted({point.period for line in figures.lines for point in line.points}, key=_order)
    columns = ["", *(_column(period) for period in periods)]
    rows = [[full_name(line), *_cells(line.points, periods)] for line in figures.lines]
    rows += [[label, *_cells([point], periods)] for parts in figures.parts for label, point in parts.members]
    units = {line.unit for line in figures.lines}
    unit = f", {units.pop()}" if len(units) == 1 and "" not in units else ""
    title = f"{_title(figures.lines)}{unit}"
    return ArtifactEvent(artifact_id="rows", kind="table", title=title, content={"columns": columns, "rows": rows})


def row_chart(figures: RowFigures) -> ArtifactEvent | None:
    """The lines of the first one's unit as a chart; None where no two periods of one length compare."""
    first = figures.lines[0]
    shown = [
        line
        for line in figures.lines
        if line.is_line
        and line.unit == first.unit
        and len(line.points) >= FEWEST_CHARTED
        and line.newest.period.kind == first.newest.period.kind
    ]
    if not shown or shown[0] is not first:
        return None
    content: dict[str, Any] = chart_of_series(_title(shown), [line.as_series() for line in shown])
    title = content["layout"]["title"]["text"]
    return ArtifactEvent(artifact_id="chart", kind="chart", title=title, content=content)


def rows_log(figures: RowFigures) -> ToolLog:
    """What was read from which tables, for the tool log."""
    points = [point for line in figures.lines for point in line.points]
    return ToolLog(
        name="read_table_rows",
        arguments={"measures": [" ".join((one.measure, *one.member)) for one in figures.request.wanted]},
        result={
            "rows": list(dict.fromkeys(point.row.text for point in points))[:20],
            "documents": list(dict.fromkeys(point.row.document.name for point in points)),
            "values": len(points),
        },
    )


def _title(lines: Sequence[RowSeries]) -> str:
    return "; ".join(dict.fromkeys(full_name(line) for line in lines[:3]))


def _order(period: ColumnPeriod) -> tuple[str, int, str]:
    return period.order, period.months or 0, period.label


def _column(period: ColumnPeriod) -> str:
    label = period.label.removeprefix("the ")
    return label[:1].upper() + label[1:]


def _cells(points: Sequence[RowPoint], periods: Sequence[ColumnPeriod]) -> list[str]:
    found = {point.period: as_point(point).text for point in points}
    return [found.get(period, "") for period in periods]
