"""Drafts made from actions: citations with the ranges they support, and the artifacts."""

from typing import Any

from backend.agents.scripted.actions import Chart, Cite, Documents, Table, Value, Warn
from backend.protocol.artifacts import artifact_problem
from backend.protocol.events import ArtifactEvent, CitationEvent, Locator, Span, WarningEvent


def citation(action: Cite, answer: str) -> CitationEvent:
    """The citation; ``answer`` is the whole text of the answer, in which ``supports`` is looked up."""
    number = action.cite if isinstance(action.cite, int) else None
    default_id = f"c{action.cite}" if isinstance(action.cite, int) else action.cite
    return CitationEvent(
        citation_id=action.id or default_id,
        number=number,
        title=action.title,
        source=action.source,
        url=action.url,
        quote=action.quote,
        document_id=action.document_id,
        locator=Locator(**action.locator.model_dump(exclude_none=True)) if action.locator else None,
        spans=(_span(action.supports, answer),) if action.supports else (),
    )


def warning(action: Warn) -> WarningEvent:
    """The warning."""
    return WarningEvent(
        code=action.warn, message=action.message, citation_id=action.citation_id, step_id=action.step_id
    )


def artifact(action: Chart | Table | Documents | Value) -> ArtifactEvent:
    """The artifact. Raises ``ValueError`` with a sentence for one that would not be shown."""
    if isinstance(action, Chart):
        made = ArtifactEvent(artifact_id=action.chart, kind="chart", title=action.title, content=_figure(action))
    elif isinstance(action, Table):
        content: dict[str, Any] = {
            "columns": list(action.columns),
            "rows": [list(row) for row in action.rows],
        }
        made = ArtifactEvent(artifact_id=action.table, kind="table", title=action.title, content=content)
    elif isinstance(action, Documents):
        content = {"items": [dict(item) for item in action.items]}
        made = ArtifactEvent(artifact_id=action.documents, kind="documents", title=action.title, content=content)
    else:
        content = {"value": action.amount, "unit": action.unit, "detail": action.detail}
        content = {key: value for key, value in content.items() if value is not None}
        made = ArtifactEvent(artifact_id=action.value, kind="value", title=action.title, content=content)
    problem = artifact_problem(made)
    if problem is not None:
        raise ValueError(problem[0].lower() + problem[1:])
    return made


def _figure(action: Chart) -> dict[str, Any]:
    given = [name for name in ("bars", "line", "figure") if getattr(action, name) is not None]
    if len(given) != 1:
        raise ValueError("a chart needs exactly one of 'bars', 'line' and 'figure'.")
    if action.figure is not None:
        return dict(action.figure)
    points = action.bars if action.bars is not None else action.line or {}
    trace: dict[str, Any] = {"x": list(points), "y": list(points.values())}
    trace |= {"type": "bar"} if action.bars is not None else {"type": "scatter", "mode": "lines+markers"}
    # Labels such as 2026 are names, not numbers on a scale.
    layout: dict[str, Any] = {"xaxis": {"type": "category"}, "yaxis": {"rangemode": "tozero"}}
    if action.unit is not None:
        layout["yaxis"]["title"] = {"text": action.unit}
    return {"data": [trace], "layout": layout}


def _span(supported: str, answer: str) -> Span:
    start = answer.find(supported)
    if start < 0:
        raise ValueError("'supports' must repeat a part of the answer word for word; this is not in it.")
    return Span(start=start, end=start + len(supported))
