"""What a run shows beside its answer: the passages found, a chart, a value, rows of a table."""

from collections.abc import Sequence
from typing import Any

from backend.agents.documents.figures.chart import chart_of
from backend.agents.documents.figures.measure_series import Query, ReadMeasure
from backend.agents.documents.figures.numbers import written
from backend.agents.documents.figures.series import Point
from backend.agents.documents.search.retrieval import Hit
from backend.protocol.events import ArtifactEvent, ToolLog

_MOST_LOGGED = 20


def passages_artifact(hits: Sequence[Hit], *, is_answered: bool) -> ArtifactEvent:
    """The passages as retrieved, best first, with their scores."""
    title = "Retrieved passages" if is_answered else "Nearest passages"
    items = [
        {
            "title": hit.passage.document.title,
            "source": hit.passage.document.source,
            "date": hit.passage.document.date or None,
            "url": hit.passage.document.url or None,
            "text": hit.passage.text,
            "score": round(hit.score, 3),
            "document_id": hit.passage.document.name,
            "locator": {
                "page": hit.passage.page,
                "line": hit.passage.line,
                "start": hit.passage.start,
                "end": hit.passage.end,
            },
        }
        for hit in hits
    ]
    return ArtifactEvent(artifact_id="passages", kind="documents", title=title, content={"items": items})


def chart_artifact(reading: ReadMeasure) -> ArtifactEvent:
    """The measure's series as a chart."""
    content: dict[str, Any] = chart_of(reading)
    title = content["layout"]["title"]["text"]
    return ArtifactEvent(artifact_id="chart", kind="chart", title=title, content=content)


def value_artifact(reading: ReadMeasure, point: Point) -> ArtifactEvent:
    """One figure that was asked for by its period."""
    content = {"value": written(point.value), "unit": point.unit.label, "detail": point.period}
    return ArtifactEvent(artifact_id="value", kind="value", title=reading.measure.label, content=content)


def rows_artifact(title: str, query: Query) -> ArtifactEvent:
    """Rows of a table as they were found."""
    rows = [["" if cell is None else cell for cell in row] for row in query.result.rows]
    content = {"columns": list(query.result.columns), "rows": rows}
    return ArtifactEvent(artifact_id="rows", kind="table", title=title, content=content)


def query_log(query: Query) -> ToolLog:
    """A query to a table and what came back, for the tool log."""
    rows = [list(row) for row in query.result.rows[:_MOST_LOGGED]]
    return ToolLog(
        name="query_table",
        arguments={"sql": query.sql, "parameters": [str(value) for value in query.parameters]},
        result={"row_count": len(query.result.rows), "columns": list(query.result.columns), "rows": rows},
    )
