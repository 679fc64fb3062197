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
}
"""By the name of what multiplies the work."""
