"""A chart from the result of a query, as a Plotly figure in plain JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic_ai import RunContext
from pydantic_ai.exceptions import ToolFailed

from backend.agents.documents.figures.tables import Result
from backend.agents.model.tools.cells import plain_cell
from backend.agents.model.tools.tables import run_select
from backend.agents.model.work import Work
from backend.protocol.artifacts import artifact_problem
from backend.protocol.events import ArtifactEvent

MOST_POINTS = 2_000
MOST_SERIES = 12

ChartKind = Literal["bar", "stacked_bar", "line", "area", "scatter", "pie"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The drawn chart."""

    shown: bool
    points: int
    series: list[str]
    cite_as: list[int]


async def draw_chart(
    ctx: RunContext[Work],
    sql: str,
    x: str,
    y: list[str],
    title: str,
    kind: ChartKind = "bar",
    unit: str = "",
) -> Drawn:
    """Draw a chart of a query's result beside the answer.

    Args:
        ctx: The run.
        sql: One SELECT over the tables, with its rows in the order to draw them.
        x: The column for the horizontal axis, or the labels of a pie.
        y: The columns of numbers to draw, one series each; a pie takes one.
        title: The chart's title.
        kind: How to draw it.
        unit: What the numbers count, such as USD bn or %.
    """
    work = ctx.deps
    result, cite_as = await run_select(work, sql, MOST_POINTS)
    content = figure_of(result, x, y, title, kind, unit)
    chart = ArtifactEvent(artifact_id=work.artifact_id("chart"), kind="chart", title=plain(title), content=content)
    problem = artifact_problem(chart)
    if problem is not None:
        raise ToolFailed(problem)
    await work.send(chart)
    return Drawn(shown=True, points=len(result.rows), series=y, cite_as=cite_as)


def figure_of(result: Result, x: str, y: Sequence[str], title: str, kind: ChartKind, unit: str) -> dict[str, Any]:
    """The figure ``{"data": […], "layout": {…}}``. Raises ``ToolFailed`` if the columns do not fit."""
    _check_columns(result, x, y, kind)
    across = [_label(value) for value in _column(result, x)]
    series = {name: [_number(name, value) for value in _column(result, name)] for name in y}
    layout: dict[str, Any] = {
        "title": {"text": plain(title)},
        "showlegend": kind == "pie" or len(series) > 1,
        "barmode": "stack" if kind == "stacked_bar" else "group",
    }
    if kind == "pie":
        return {"data": [{"type": "pie", "labels": across, "values": series[y[0]]}], "layout": layout}
    # Labels such as FY2026 stay labels: Plotly would take some of them for dates.
    as_labels = {"type": "category"} if any(isinstance(cell, str) for cell in across) else {}
    layout["xaxis"] = {"automargin": True, **as_labels}
    layout["yaxis"] = {"title": {"text": plain(unit)}, "automargin": True}
    data = [{**_drawn(kind), "name": plain(name), "x": across, "y": values} for name, values in series.items()]
    return {"data": data, "layout": layout}


def _check_columns(result: Result, x: str, y: Sequence[str], kind: ChartKind) -> None:
    missing = [name for name in (x, *y) if name not in result.columns]
    if missing:
        raise ToolFailed(f"The query has no column {missing[0]!r}; it has {', '.join(result.columns)}.")
    if not result.rows:
        raise ToolFailed("The query returns no rows, so there is nothing to draw.")
    if kind == "pie" and len(y) != 1:
        raise ToolFailed("A pie takes one column as y.")
    if not 1 <= len(y) <= MOST_SERIES:
        raise ToolFailed(f"A {kind} takes 1 to {MOST_SERIES} columns as y.")


def _label(value: object) -> Any:
    cell = plain_cell(value)
    return plain(cell) if isinstance(cell, str) else cell


def _drawn(kind: ChartKind) -> dict[str, Any]:
    if kind in ("bar", "stacked_bar"):
        return {"type": "bar"}
    if kind == "scatter":
        return {"type": "scatter", "mode": "markers"}
    filled = {"fill": "tozeroy"} if kind == "area" else {}
    return {"type": "scatter", "mode": "lines+markers", **filled}


def _column(result: Result, name: str) -> list[object]:
    place = result.columns.index(name)
    return [row[place] for row in result.rows]


def _number(name: str, value: object) -> float | int | None:
    cell = plain_cell(value)
    if cell is None or (isinstance(cell, int | float) and not isinstance(cell, bool)):
        return cell
    try:
        # DuckDB returns decimals as objects of its own.
        return float(str(value))
    except ValueError:
        raise ToolFailed(f"The column {name!r} contains {cell!r}, not a number: cast it in the query.") from None


def plain(text: str) -> str:
    """Text without characters that Plotly would read as markup."""
    return text.replace("<", "‹").replace(">", "›")
