"""What an artifact may contain: which charts are drawn, how large anything may be, and what shape it has.

A chart is a Plotly figure as JSON. Only traces that draw from their own data alone are drawn: map, geo and image traces
fetch tiles, outlines or pictures from elsewhere. ``charts.bounds`` says what else of a figure is left out.
"""

import json
from collections.abc import Iterator
from typing import Any

from backend.protocol.charts.allowed import TRACE_KEYS
from backend.protocol.events import ArtifactEvent

MAX_ARTIFACT_BYTES = 1024 * 1024
"""The size of an artifact's content as JSON."""

_LINK = "href"
_ACTIVE_LINKS = ("javascript:", "vbscript:", "data:")


def artifact_problem(artifact: ArtifactEvent, body: str | None = None) -> str | None:
    """Why this artifact must not be shown, in one sentence, or None if it may.

    ``body`` is its ``event_body``, where that is known: then nothing is encoded for its size. It counts the title, too.
    """
    try:
        text = body or json.dumps(artifact.content, ensure_ascii=True, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        return "The content is not JSON."
    size = len(text)
    if size > MAX_ARTIFACT_BYTES:
        return f"The content has {size:,} bytes; at most {MAX_ARTIFACT_BYTES:,} are shown."
    if not isinstance(artifact.content, dict):
        return f"A {artifact.kind} needs an object as its content."
    if artifact.kind == "chart" and _LINK in text.lower() and (problem := _link_problem(artifact.content)) is not None:
        return problem
    return _PROBLEMS[artifact.kind](artifact.content)


def _chart_problem(content: dict[str, Any]) -> str | None:
    traces = content.get("data")
    layout = content.get("layout", {})
    if not isinstance(traces, list) or not all(isinstance(trace, dict) for trace in traces):
        return "A chart needs a list of traces under 'data'."
    if not isinstance(layout, dict):
        return "A chart's 'layout' must be an object."
    return _trace_problem(traces)


def _trace_problem(traces: list[dict[str, Any]]) -> str | None:
    """One trace that is not drawn costs only itself; a chart needs one that is."""
    kinds = [trace.get("type", "scatter") for trace in traces]
    if kinds and not any(isinstance(kind, str) and kind in TRACE_KEYS for kind in kinds):
        return f"Charts of type {kinds[0]!r:.60} are not drawn, since they may fetch data from elsewhere."
    return None


def _link_problem(content: dict[str, Any]) -> str | None:
    if any(text.strip().lower().startswith(_ACTIVE_LINKS) for text in _links(content)):
        return "The chart contains an active link."
    return None


def _links(value: Any) -> Iterator[str]:
    """Addresses inside texts: Plotly reads ``<a href=…>`` in any label."""
    if isinstance(value, str):
        lowered = value.lower()
        at = lowered.find(_LINK)
        while at >= 0:
            yield lowered[at + 4 :].lstrip(" \t\r\n=\"'")
            at = lowered.find(_LINK, at + 4)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _links(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _links(inner)


def _table_problem(content: dict[str, Any]) -> str | None:
    columns, rows = content.get("columns"), content.get("rows")
    if not isinstance(columns, list) or not all(isinstance(name, str) for name in columns):
        return "A table needs a list of column names under 'columns'."
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == len(columns) for row in rows):
        return "A table needs rows under 'rows', each as long as its columns."
    return None


def _documents_problem(content: dict[str, Any]) -> str | None:
    items = content.get("items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return "A list of documents needs objects under 'items'."
    return None


def _value_problem(content: dict[str, Any]) -> str | None:
    if not isinstance(content.get("value"), str | int | float):
        return "A value needs a number or a text under 'value'."
    return None


_PROBLEMS = {
    "chart": _chart_problem,
    "table": _table_problem,
    "documents": _documents_problem,
    "value": _value_problem,
}
