"""Charts: what is drawn of a figure, and what is left out with a notice."""

import base64
import copy
import json
from array import array
from typing import Any

import pytest
from hypothesis import given, strategies as st

from backend.protocol.charts.allowed import TRACE_KEYS
from backend.protocol.charts.bounds import MOST_AXES, MOST_POINTS, MOST_TRACES, bounded_chart
from tests.protocol.charts.endless import ENDLESS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(sorted(frozenset[str]().union(*TRACE_KEYS.values())))

SENSIBLE: dict[str, dict[str, Any]] = {
    "bars with labels": {
        "data": [
            {
                "type": "bar",
                "name": "Revenue",
                "x": ["Q1", "Q2"],
                "y": [1, 2],
                "marker": {"color": ["#123", "#456"], "line": {"width": 1}, "pattern": {"shape": "/"}},
                "texttemplate": "%{y}",
                "error_y": {"type": "data", "array": [0.1, 0.2], "visible": True},
            }
        ],
        "layout": {
            "barmode": "group",
            "xaxis": {"type": "category", "tickangle": -45},
            "yaxis": {"title": {"text": "USD"}, "dtick": 0.5, "rangemode": "tozero"},
            "annotations": [{"x": "Q1", "y": 1, "text": "first", "font": {"size": 10}}],
            "shapes": [{"type": "line", "x0": 0, "x1": 1, "y0": 1, "y1": 1, "line": {"dash": "dot"}}],
        },
    },
    "time with weekends left out": {
        "data": [
            {
                "type": "candlestick",
                "x": ["2024-01-01", "2024-03-01"],
                "open": [1, 2],
                "high": [3, 4],
                "low": [0, 1],
                "close": [2, 3],
                "increasing": {"line": {"color": "#0a0"}},
            }
        ],
        "layout": {
            "xaxis": {
                "rangebreaks": [{"bounds": ["sat", "mon"]}],
                "dtick": "M1",
                "rangeslider": {"visible": False},
                "minor": {"dtick": 7 * 86400000},
            }
        },
    },
    "histogram": {
        "data": [{"type": "histogram", "x": [1, 2, 3], "xbins": {"start": 0, "end": 4, "size": 0.5}, "nbinsx": 20}],
        "layout": {"bargap": 0.1},
    },
    "contour": {
        "data": [
            {
                "type": "contour",
                "z": [[1, 2], [3, 4]],
                "contours": {"start": 1, "end": 4, "size": 0.25, "coloring": "lines"},
                "colorbar": {"title": {"text": "z"}, "dtick": 1},
            }
        ],
        "layout": {},
    },
    "flow": {
        "data": [
            {
                "type": "sankey",
                "node": {"label": ["a", "b"], "pad": 10, "line": {"width": 1}},
                "link": {"source": [0], "target": [1], "value": [3]},
            }
        ],
        "layout": {},
    },
    "gauge": {
        "data": [
            {
                "type": "indicator",
                "mode": "gauge+number+delta",
                "value": 4,
                "delta": {"reference": 3},
                "gauge": {"axis": {"range": [0, 10], "dtick": 2}, "steps": [{"range": [0, 5], "color": "#eee"}]},
            }
        ],
        "layout": {},
    },
    "tree": {
        "data": [
            {"type": "treemap", "labels": ["a", "b"], "parents": ["", "a"], "values": [2, 1], "root": {"color": "#eee"}}
        ],
        "layout": {},
    },
    "violin": {
        "data": [{"type": "violin", "y": [1, 2, 3, 9], "box": {"visible": True}, "bandwidth": 0.5, "span": [0, 10]}],
        "layout": {},
    },
    "powers of ten": {
        "data": [{"y": [1, 1e6]}],
        "layout": {"yaxis": {"type": "log", "dtick": 1, "minor": {"dtick": "D1"}, "tickformat": ".3~s"}},
    },
    "years": {
        "data": [{"type": "bar", "x": [2010, 2024], "y": [1, 2], "width": 0.5, "texttemplate": "%{y:,.1f}<br>bn"}],
        "layout": {
            "xaxis": {"dtick": 1, "tickformatstops": [{"dtickrange": [None, "M1"], "value": "%d %b"}]},
            "yaxis": {"range": [0, 10], "dtick": 0.1},
            "yaxis2": {"matches": "y", "dtick": 1, "ticksuffix": " bn"},
        },
    },
    "flow in a circle": {
        "data": [
            {
                "type": "sankey",
                "node": {"label": ["a", "b", "c"]},
                "link": {"source": [0, 1, 2], "target": [1, 2, 0], "value": [3, 2, 1]},
            }
        ],
        "layout": {},
    },
    "typed numbers": {
        "data": [
            {"y": {"dtype": "f8", "bdata": base64.b64encode(array("d", [1, 2]).tobytes()).decode(), "shape": "2"}}
        ],
        "layout": {"coloraxis": {"colorscale": "Viridis", "colorbar": {"len": 0.5}}, "xaxis2": {"overlaying": "x"}},
    },
}


@pytest.mark.parametrize("name", SENSIBLE)
def test_a_sensible_figure_stays_as_it_is(name: str) -> None:
    figure = SENSIBLE[name]
    chart = bounded_chart(figure)
    assert chart.left_out == ()
    assert {"data": chart.data, "layout": chart.layout} == figure
    assert chart.notice == ""


@pytest.mark.parametrize("name", ENDLESS)
def test_endless_work_is_left_out_and_named(name: str) -> None:
    figure = copy.deepcopy(ENDLESS[name])
    chart = bounded_chart(figure)
    assert figure == ENDLESS[name], "the content was changed"
    if name == "outliers in two directions":
        assert chart.data[0]["nbinsx"] <= 100
        return
    assert chart.left_out
    assert chart.notice.startswith("Left out of this chart: ")
    assert bounded_chart({"data": chart.data, "layout": chart.layout}).left_out == ()


def test_members_in_a_circle_have_levels_and_a_shape_without_its_path_is_not_drawn() -> None:
    tree = {"type": "sunburst", "labels": ["a", "b", "c"], "parents": ["b", "a", "c"]}
    assert bounded_chart({"data": [tree]}).left_out == ()
    shapes = [{"type": "path", "path": "M0,0L1,1"}, {"type": "path"}, {"type": "path", "path": "L1,1" * 5000}]
    assert bounded_chart({"data": [{"y": [1]}], "layout": {"shapes": shapes}}).layout["shapes"] == shapes[:1]


def test_of_many_texts_those_are_left_out_that_are_too_many_lines_together() -> None:
    texts = ["word<br>" * 20] * 9_000
    kept = bounded_chart({"data": [{"type": "bar", "y": [1] * 9_000, "text": texts}]}).data[0]["text"]
    assert kept == [*texts[:50], *[None] * 8_950]


def test_one_bad_trace_costs_only_itself() -> None:
    chart = bounded_chart({"data": [{"type": "scattergeo", "lat": [1]}, {"type": "bar", "y": [1]}, "x"]})
    assert chart.data == [{"type": "bar", "y": [1]}]
    assert len(chart.left_out) == 2
    assert "trace 1 (charts of type 'scattergeo' are not drawn)" in chart.notice


def test_what_fetches_from_elsewhere_is_left_out() -> None:
    layout = {
        "images": [{"source": "https://example.com/a.png"}],
        "mapbox": {"style": "x"},
        "geo": {},
        "showlegend": True,
    }
    chart = bounded_chart({"data": [{"y": [1]}], "layout": layout})
    assert chart.layout == {"showlegend": True}
    assert {part.split(" ")[0] for part in chart.left_out} == {"images", "mapbox", "geo"}


def test_points_traces_and_axes_are_counted_over_the_whole_chart() -> None:
    half = MOST_POINTS["scatter"] // 2 + 1
    assert len(bounded_chart({"data": [{"y": [1] * half}, {"y": [1] * half}, {"type": "bar", "y": [1]}]}).data) == 2
    assert len(bounded_chart({"data": [{"y": [1]}] * (MOST_TRACES + 5)}).data) == MOST_TRACES
    many = [{"y": [1], "xaxis": f"x{number}", "yaxis": f"y{number}"} for number in range(2, 40)]
    assert len(bounded_chart({"data": many}).data) == MOST_AXES // 2


def test_a_list_keeps_its_length() -> None:
    chart = bounded_chart({"data": [{"x": [1, float("inf"), 3], "y": [4, 5, 6]}]})
    assert chart.data[0]["x"] == [1, None, 3]
    assert "x of trace 1" in chart.notice


def test_many_notices_are_counted() -> None:
    chart = bounded_chart({"data": [{"y": [1], **{f"key{number}": 1 for number in range(9)}}]})
    assert chart.notice.endswith("; and 3 more.")


@given(
    st.fixed_dictionaries(
        {
            "data": st.lists(
                st.dictionaries(KEYS, JSON, max_size=6).flatmap(
                    lambda trace: st.sampled_from([*TRACE_KEYS, "map"]).map(lambda kind: {**trace, "type": kind})
                ),
                max_size=4,
            ),
            "layout": st.dictionaries(st.sampled_from(["xaxis", "yaxis2", "grid", "shapes", "coloraxis", "x"]), JSON),
        }
    )
)
def test_any_json_is_bounded_once_and_for_all(content: dict[str, Any]) -> None:
    chart = bounded_chart(content)
    json.dumps({"data": chart.data, "layout": chart.layout}, allow_nan=False)
    again = bounded_chart({"data": chart.data, "layout": chart.layout})
    assert again.left_out == ()
    assert (again.data, again.layout) == (chart.data, chart.layout)
