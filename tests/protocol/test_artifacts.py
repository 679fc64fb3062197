"""Artifacts: what may be drawn, and the sentence for what may not."""

import pytest
from pydantic import JsonValue

from backend.protocol.artifacts import MAX_ARTIFACT_BYTES, artifact_problem
from backend.protocol.events import ArtifactEvent, ArtifactKind


@pytest.mark.parametrize(
    ("kind", "content", "problem"),
    [
        ("chart", {"data": [{"type": "bar", "x": ["Q1"], "y": [1]}], "layout": {"title": {"text": "Share"}}}, None),
        ("chart", {"data": [{"x": [1], "y": [1]}]}, None),
        ("chart", {"data": "x"}, "list of traces"),
        ("chart", {"data": [], "layout": []}, "'layout'"),
        ("chart", {"data": [{"type": "choropleth"}]}, "'choropleth'"),
        ("chart", {"data": [{"type": ["bar"]}]}, "not drawn"),
        ("chart", {"data": [{"type": "choropleth"}, {"type": "bar"}]}, None),
        ("chart", {"data": [{"text": '<a href="javascript:alert(1)">x</a>'}]}, "active link"),
        ("chart", {"data": [{"text": "<A HREF = ' JavaScript:alert(1)'>x</a>"}]}, "active link"),
        ("table", {"columns": ["a", "b"], "rows": [[1, "x"]]}, None),
        ("table", {"columns": ["a", "b"], "rows": [[1]]}, "as long as its columns"),
        ("table", {"rows": []}, "column names"),
        ("documents", {"items": [{"title": "10-Q"}]}, None),
        ("documents", {"items": ["10-Q"]}, "objects under 'items'"),
        ("value", {"value": 16, "unit": "%"}, None),
        ("value", {"unit": "%"}, "under 'value'"),
        ("value", 16, "needs an object"),
        ("table", {"columns": ["a"], "rows": [["x" * MAX_ARTIFACT_BYTES]]}, "at most"),
    ],
)
def test_what_may_be_shown(kind: ArtifactKind, content: JsonValue, problem: str | None) -> None:
    told = artifact_problem(ArtifactEvent(artifact_id="x", kind=kind, content=content))
    if problem is None:
        assert told is None
    else:
        assert told is not None
        assert problem in told
        assert told.endswith(".")
