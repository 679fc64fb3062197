"""Figures of a few bytes that ask a browser for endless work, each by another key."""

from typing import Any

_DAYS = [f"2024-01-{day:02}" for day in range(1, 29)]

ENDLESS: dict[str, dict[str, Any]] = {
    "contour lines": {
        "data": [
            {
                "type": "contour",
                "z": [[1, 2], [3, 4]],
                "autocontour": False,
                "contours": {"start": 0, "end": 10, "size": 1e-8},
            }
        ]
    },
    "contour lines without an end": {
        "data": [{"type": "contour", "z": [[1, 2], [3, 4]], "autocontour": False, "contours": {"size": 1e-9}}]
    },
    "number of contour lines": {"data": [{"type": "contour", "z": [[1, 2], [3, 4]], "ncontours": 10**9}]},
    "points that make a plane": {
        "data": [{"type": "heatmap", "x": [*range(5000)], "y": [*range(5000)], "z": [*range(5000)]}]
    },
    "dense contour lines": {
        "data": [{"type": "contour", "z": [[(7919 * (x + 131 * y)) % 997 for x in range(120)] for y in range(120)]}]
    },
    "dense contour lines between points": {
        "data": [{"type": "contour", "x": [*range(100)], "y": [*range(100)], "z": [*range(100)], "ncontours": 100}]
    },
    "bins in two directions": {
        "data": [
            {
                "type": "histogram2d",
                "x": [0, 1],
                "y": [0, 1],
                "xbins": {"start": 0, "end": 1, "size": 1e-5},
                "ybins": {"start": 0, "end": 1, "size": 1e-5},
            }
        ]
    },
    "bins": {
        "data": [{"type": "histogram", "x": [0, 1], "autobinx": False, "xbins": {"start": 0, "end": 1e9, "size": 1e-3}}]
    },
    "bins by days": {
        "data": [
            {"type": "histogram", "x": _DAYS, "xbins": {"start": "0001-01-01", "end": "9999-12-31", "size": 60000}}
        ]
    },
    "number of bins": {"data": [{"type": "histogram2d", "x": [0, 1], "y": [0, 1], "nbinsx": 10**5, "nbinsy": 10**5}]},
    "outliers in two directions": {
        "data": [{"type": "histogram2d", "x": [*range(3000), 1e12], "y": [*range(3000), -1e12]}]
    },
    "bandwidth of a violin": {"data": [{"type": "violin", "y": [*range(2000)], "bandwidth": 1e-9}]},
    "span of a violin": {"data": [{"type": "violin", "y": [1, 2, 3], "spanmode": "manual", "span": [-1e12, 1e12]}]},
    "shape of a typed array": {
        "data": [{"type": "heatmap", "z": {"dtype": "f8", "bdata": "AAAAAAAA8D8=", "shape": "100000, 100000"}}]
    },
    "grid": {"data": [{"y": [1]}], "layout": {"grid": {"rows": 10**5, "columns": 10**5}}},
    "ticks": {"data": [{"y": [0, 1e6]}], "layout": {"yaxis": {"dtick": 1e-6}}},
    "ticks without a step": {"data": [{"y": [0, 1e9]}], "layout": {"yaxis": {"tickmode": "linear"}}},
    "ticks of a colour bar without a step": {
        "data": [{"type": "heatmap", "z": [[0, 1e9]], "colorbar": {"tickmode": "linear"}}]
    },
    "ticks of a colour axis": {
        "data": [{"type": "heatmap", "z": [[0, 1e9]], "coloraxis": "coloraxis"}],
        "layout": {"coloraxis": {"colorbar": {"tickmode": "linear", "dtick": 10}}},
    },
    "minor ticks": {"data": [{"y": [0, 1e6]}], "layout": {"yaxis": {"minor": {"dtick": 1e-6, "showgrid": True}}}},
    "gaps of an axis": {
        "data": [{"x": ["0001-01-01", "9999-12-31"], "y": [1, 2]}],
        "layout": {"xaxis": {"rangebreaks": [{"pattern": "hour", "bounds": [1, 2]}]}},
    },
    "values of gaps": {
        "data": [{"x": _DAYS, "y": [1] * 28}],
        "layout": {"xaxis": {"rangebreaks": [{"values": ["2024-01-02"], "dvalue": 1e-6}]}},
    },
    "ticks of a colour bar": {
        "data": [{"type": "heatmap", "z": [[0, 1e9]], "colorbar": {"dtick": 1e-6, "tickmode": "linear"}}]
    },
    "ticks of a gauge": {
        "data": [
            {"type": "indicator", "mode": "gauge", "value": 5, "gauge": {"axis": {"range": [0, 1e9], "dtick": 1e-3}}}
        ]
    },
    "markers": {"data": [{"mode": "markers", "y": [1] * 150_000}]},
    "ticks at digits of many powers of ten": {
        "data": [{"y": [1e-300, 1e300]}],
        "layout": {"yaxis": {"type": "log", "dtick": "D1"}},
    },
    "ticks of an axis that follows another one": {
        "data": [{"y": [1, 2]}, {"y": [1, 1e9], "yaxis": "y2"}],
        "layout": {"yaxis": {"dtick": 0.01}, "yaxis2": {"matches": "y"}},
    },
    "ticks of an axis as long as another one": {
        "data": [{"x": [0, 1e6], "y": [1, 2]}],
        "layout": {"yaxis": {"scaleanchor": "x", "dtick": 0.01}},
    },
    "ticks from zero on": {
        "data": [{"y": [1e9, 1e9 + 1]}],
        "layout": {"yaxis": {"rangemode": "tozero", "dtick": 0.01}},
    },
    "ticks of a range that is not used": {
        "data": [{"y": [0, 1e9]}],
        "layout": {"yaxis": {"range": [0, 1], "autorange": True, "dtick": 0.01}},
    },
    "ticks up to the ends of error bars": {
        "data": [{"y": [1, 2], "error_y": {"type": "data", "array": [1e9, 1]}}],
        "layout": {"yaxis": {"dtick": 0.1}},
    },
    "ticks up to a shape": {
        "data": [{"y": [1, 2]}],
        "layout": {"yaxis": {"dtick": 0.1}, "shapes": [{"type": "line", "x0": 0, "x1": 1, "y0": 0, "y1": 1e9}]},
    },
    "ticks beside wide bars": {
        "data": [{"type": "bar", "x": [1, 2], "y": [1, 2], "width": 1e9}],
        "layout": {"xaxis": {"dtick": 0.1}},
    },
    "ticks of stacked bars": {
        "data": [{"type": "bar", "y": [1e3]} for _ in range(90)],
        "layout": {"barmode": "stack", "yaxis": {"dtick": 10}},
    },
    "ticks of counted points": {
        "data": [{"type": "histogram", "x": [1] * 90_000}, {"y": [0, 1]}],
        "layout": {"yaxis": {"dtick": 0.1}},
    },
    "ticks of shares": {
        "data": [{"type": "bar", "y": [1e-9, 2e-9]}],
        "layout": {"barnorm": "percent", "yaxis": {"dtick": 1e-9}},
    },
    "ticks between points without places": {
        "data": [{"x": [0, 1], "y": [1, 2]}, {"type": "heatmap", "z": [[1] * 100_000]}],
        "layout": {"xaxis": {"dtick": 1}},
    },
    "listed ticks": {"data": [{"y": [1]}], "layout": {"xaxis": {"tickvals": [at / 1000 for at in range(1000)]}}},
    "bins that histograms share": {
        "data": [
            {"type": "histogram", "x": [0, 1], "xbins": {"start": 0, "end": 1, "size": 0.001}},
            {"type": "histogram", "x": [0, 1e9]},
        ],
        "layout": {"barmode": "stack"},
    },
    "a bin for each word": {"data": [{"type": "histogram", "x": [f"word{at}" for at in range(50_000)]}]},
    "a violin for each word": {
        "data": [{"type": "violin", "x": [f"word{at}" for at in range(5_000)], "y": [*range(5_000)]}]
    },
    "links in circles": {
        "data": [
            {
                "type": "sankey",
                "node": {"label": [str(at) for at in range(300)]},
                "link": {
                    "source": [*range(300)] * 3,
                    "target": [(at + far) % 300 for far in (1, 7, 13) for at in range(300)],
                    "value": [1] * 900,
                },
            }
        ]
    },
    "a link to a far node": {
        "data": [
            {
                "type": "sankey",
                "node": {"label": ["a", "b"]},
                "link": {"source": [0], "target": [100_000_000], "value": [1]},
            }
        ]
    },
    "levels of a tree": {
        "data": [
            {
                "type": "treemap",
                "labels": [f"level {at}" for at in range(1_000)],
                "parents": ["", *(f"level {at}" for at in range(999))],
            }
        ]
    },
    "steps of a gauge": {
        "data": [{"type": "indicator", "mode": "gauge", "value": 5, "gauge": {"steps": [{"range": [0, 1]}] * 100_000}}]
    },
    "hours left out of twenty years": {
        "data": [{"x": ["2004-01-01", "2023-12-31"], "y": [1, 2]}],
        "layout": {"xaxis": {"rangebreaks": [{"pattern": "hour", "bounds": [1, 2]}] * 4}},
    },
    "the width of numbers": {"data": [{"y": [1, 2]}], "layout": {"yaxis": {"tickformat": "0999999999d"}}},
    "the width of numbers in a template": {"data": [{"y": [1, 2], "mode": "text", "texttemplate": "%{y:0999999999d}"}]},
    "a long format of dates": {
        "data": [{"x": _DAYS, "y": [1] * 28}],
        "layout": {"xaxis": {"tickformat": "%B" * 9_000}},
    },
    "stacked areas": {
        "data": [
            {"x": [at * 100 + area for at in range(200)], "y": [1] * 200, "stackgroup": "a"} for area in range(100)
        ]
    },
    "lines of names": {"data": [{"y": [1, 2], "name": "name<br>" * 3_000}] * 100},
    "lines of all labels": {
        "data": [{"type": "bar", "y": [1] * 2_000, "text": ["word<br>" * 20] * 2_000}],
    },
    "text beside each number": {"data": [{"y": [1, 2]}], "layout": {"yaxis": {"ticksuffix": "unit " * 1_000}}},
}
"""By the name of what multiplies the work."""
