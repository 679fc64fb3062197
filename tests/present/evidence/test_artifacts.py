"""Artifacts ready to draw."""

import base64
import json
from array import array

import plotly.graph_objects as go
import pytest
from pydantic import JsonValue

from backend.present.evidence.artifacts import artifact_view, artifact_views, artifacts_html
from backend.present.evidence.chart_data import MAX_CHART_ROWS, chart_table
from backend.present.evidence.tables import MAX_ROWS, cell_text
from backend.present.theme.palette import COLOURS, Theme
from backend.protocol.events import DoneEvent
from tests.present.html_reader import Fragment, visible
from tests.present.samples import artifact, view_of

BAR: dict[str, JsonValue] = {
    "data": [{"type": "bar", "name": "Share", "x": ["FY26 Q3", "FY27 Q2"], "y": [61, 16]}],
    "layout": {"yaxis": {"title": {"text": "% of revenue"}}, "paper_bgcolor": "#ff0000", "template": {"layout": {}}},
}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chart_takes_the_theme_and_the_title(theme: Theme) -> None:
    figure = artifact_view(artifact("chart", BAR, "Share of <b>large</b> customers"), theme=theme).figure
    assert figure is not None
    layout = figure["layout"]
    assert "paper_bgcolor" not in layout
    assert layout["template"]["layout"]["font"]["color"] == COLOURS[theme]["text"]
    assert layout["title"]["text"] == "Share of &lt;b&gt;large&lt;/b&gt; customers"
    assert layout["yaxis"]["title"]["text"] == "% of revenue"
    go.Figure(figure)
    json.dumps(figure)


def test_a_chart_has_its_data_as_text() -> None:
    view = artifact_view(artifact("chart", BAR, "Share"))
    assert view.columns == ("x", "% of revenue")
    assert view.rows == (("FY26 Q3", 61), ("FY27 Q2", 16))
    assert "FY26 Q3 61 FY27 Q2 16" in visible(view.html)


def test_several_series_are_named_in_the_text() -> None:
    content = {"data": [{"x": [1, 2], "y": [3, 4], "name": "A"}, {"x": [1], "y": [5]}], "layout": {}}
    assert chart_table(content) == (("Series", "x", "y"), (("A", 1, 3), ("A", 2, 4), ("Series 2", 1, 5)))


def test_plotly_typed_arrays_are_read() -> None:
    packed = base64.b64encode(array("d", [1.5, 2.5]).tobytes()).decode()
    content = {"data": [{"type": "bar", "x": ["a", "b"], "y": {"dtype": "f8", "bdata": packed}}]}
    assert chart_table(content)[1] == (("a", 1.5), ("b", 2.5))


@pytest.mark.parametrize(
    "y",
    [
        {"dtype": "f8", "bdata": "!"},
        {"dtype": "x9", "bdata": "AAAA"},
        {"dtype": "f8", "bdata": "AAAA"},
        "text",
        5,
        None,
    ],
)
def test_data_that_cannot_be_read_gives_no_points(y: JsonValue) -> None:
    assert chart_table({"data": [{"type": "bar", "x": ["a"], "y": y}]})[1] == (("a",),)


def test_a_huge_chart_is_cut_in_the_text() -> None:
    content = {"data": [{"x": list(range(2000)), "y": list(range(2000))}] * 3}
    assert len(chart_table(content)[1]) == MAX_CHART_ROWS


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("chart", {"data": [{"type": "scattergeo"}]}),
        ("chart", {"data": "nothing"}),
        ("chart", [1]),
        ("table", {"columns": ["a"], "rows": [[1, 2]]}),
        ("documents", {"items": ["x"]}),
        ("value", {}),
        ("value", "text"),
    ],
)
def test_what_may_not_be_shown_says_why(kind: str, content: JsonValue) -> None:
    view = artifact_view(artifact(kind, content, "Title"))  # type: ignore[arg-type]
    assert view.problem
    assert (view.figure, view.rows) == (None, ())
    assert visible(view.html).startswith("Title This result is not shown.")


def test_keys_that_are_not_known_are_left_out_and_named() -> None:
    content: dict[str, JsonValue] = {
        "data": [{"type": "bar", "x": [1], "y": [2], "nonsense": 1}],
        "layout": {"also": 2, "images": [{"source": "https://example.com/x.png"}]},
    }
    view = artifact_view(artifact("chart", content))
    assert view.figure is not None
    assert "images" not in view.figure["layout"]
    assert go.Figure(view.figure).data[0].y == (2,)
    assert "Left out of this chart: nonsense of trace 1 (it is not known); also (it is not known)" in visible(view.html)


def test_a_table() -> None:
    view = artifact_view(artifact("table", {"columns": ["Quarter", "Share"], "rows": [["FY26", 61.5], ["FY27", None]]}))
    assert view.columns == ("Quarter", "Share")
    assert view.rows == (("FY26", 61.5), ("FY27", None))
    assert '<th scope="col" class="ph-right">Share</th>' in view.html
    assert '<td>FY27</td><td class="ph-right">–</td>' in view.html


def test_a_long_table_is_cut_and_says_so_and_its_data_is_whole() -> None:
    rows: list[JsonValue] = [[index] for index in range(MAX_ROWS + 50)]
    view = artifact_view(artifact("table", {"columns": ["n"], "rows": rows}))
    assert "Showing 200 of 250 rows." in visible(view.html)
    assert len(view.rows) == 250


def test_cells() -> None:
    assert [cell_text(value) for value in (None, "", True, False, 2024, 1234567.0, 0.1 + 0.2, "x")] == [
        "–", "–", "yes", "no", "2024", "1234567", "0.3", "x",
    ]  # fmt: skip


def test_documents_are_cards_with_scores() -> None:
    items: list[JsonValue] = [
        {
            "title": "10-Q",
            "source": "NVIDIA",
            "date": "2025-11-19",
            "url": "https://sec.gov/x",
            "text": "Four",
            "score": 12.5,
        },
        {"document_id": "notes.md", "score": 2.5},
        {"score": "high"},
    ]
    html = artifact_view(artifact("documents", {"items": items}, "Found")).html
    assert visible(html) == "Found (3) 10-Q12.5 NVIDIA 2025-11-19 Four notes.md2.5 Document"
    assert "width:100%" in html
    assert "width:20%" in html
    assert Fragment(html).links == ["https://sec.gov/x"]


def test_scores_may_be_negative_or_zero() -> None:
    items: list[JsonValue] = [{"title": "a", "score": -3}, {"title": "b", "score": 0}]
    assert Fragment(artifact_view(artifact("documents", {"items": items})).html).problems == []


def test_a_value_is_big_and_has_its_unit() -> None:
    content: JsonValue = {"value": 1234567, "unit": "USD", "detail": "in all"}
    assert visible(artifact_view(artifact("value", content, "Sum")).html) == "Sum 1,234,567 USD in all"


def test_every_artifact_has_an_anchor_of_its_own() -> None:
    view = view_of(*(artifact("value", {"value": index}) for index in range(3)))
    ids = [item.id for item in artifact_views(view, scope="r")]
    assert ids == ["ph-artifact-r-1", "ph-artifact-r-2", "ph-artifact-r-3"]
    assert Fragment(artifacts_html(view, scope="r")).ids == ids


def test_empty_states() -> None:
    assert visible(artifacts_html(view_of())) == "Charts, tables and documents appear here."
    assert visible(artifacts_html(view_of(DoneEvent()))) == "The agent made no charts or tables."
