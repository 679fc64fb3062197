"""Rows of tables as a run shows them beside its answer: a table of the values, and a chart of those that compare."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from backend.agents.documents.answering.row_sentences import full_name
from backend.agents.documents.figures.chart import chart_of_series
from backend.agents.documents.figures.column_periods import ColumnPeriod
from backend.agents.documents.figures.document_rows import RowPoint
from backend.agents.documents.figures.numbers import written
from backend.agents.documents.figures.row_figures import RowFigures
from backend.agents.documents.figures.row_series import RowSeries, as_point
from backend.protocol.events import ArtifactEvent, ToolLog

FEWEST_CHARTED = 2


def row_table(figures: RowFigures) -> ArtifactEvent:
    """The values by line and period: a row for each of what there is more of, so that the table is rather long than
    wide. A unit that all values share stands in the title only."""
    named = [(full_name(line), line.points) for line in figures.lines]
    named += [(label, (point,)) for parts in figures.parts for label, point in parts.members]
    points = [point for _, some in named for point in some]
    periods = sorted({point.period for point in points}, key=_order)
    units = {as_point(point).unit.label for point in points}
    unit = units.pop() if len(units) == 1 else ""
    by_line = [[name, *_cells(some, periods, with_unit=not unit)] for name, some in named]
    columns, *rows = [["", *map(_column, periods)], *by_line]
    if len(periods) > len(named):
        columns, *rows = [list(row) for row in zip(["Period", *columns[1:]], *by_line, strict=True)]
    title = f"{_title(figures.lines)}{f', {unit}' if unit else ''}"
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
    label = f"{_title(shown)} {first.newest.period.each}".strip()
    content: dict[str, Any] = chart_of_series(
        label, [replace(line.as_series(), label=full_name(line)) for line in shown]
    )
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
    """The names of the first lines; of one measure of several subjects the measure, and then the subjects."""
    first = lines[:3]
    if len({line.name for line in first}) == 1 and all(line.subject for line in first):
        return f"{first[0].name} of {' and '.join(dict.fromkeys(line.subject for line in first))}"
    return "; ".join(dict.fromkeys(full_name(line) for line in first))


def _order(period: ColumnPeriod) -> tuple[str, int, str]:
    return period.order, period.months or 0, period.label


def _column(period: ColumnPeriod) -> str:
    label = period.label.removeprefix("the ")
    return label[:1].upper() + label[1:]


def _cells(points: Sequence[RowPoint], periods: Sequence[ColumnPeriod], *, with_unit: bool) -> list[str]:
    found = {point.period: as_point(point) for point in points}
    texts = {period: one.text if with_unit else one.digits or written(one.value) for period, one in found.items()}
    return [texts.get(period, "") for period in periods]
