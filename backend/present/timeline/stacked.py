"""Two timelines as one figure: each keeps its rows, both share the clock."""

from dataclasses import replace
from html import escape
from typing import Any, Final

from backend.present.theme.palette import COLOURS, Theme
from backend.present.timeline.figure import Measures

_TITLE_PX: Final = 34
"""The space above each timeline for its name and, below that, for its notes on silence and its end."""
_BETWEEN_PX: Final = 8
_AXES: Final = {"y": "y4", "y2": "y5", "y3": "y6"}
"""A timeline's axes, and those of the lower timeline."""


_HEIGHT_PX: Final = 484
"""The space in a window of 1280 x 720 for both, below the bars above them."""
_LOWEST_ROW_PX: Final = 17
"""A step's label and its bar; more steps than fit at this height make the figure higher."""
_HIGHEST_ROW_PX: Final = 30


def measures_of_two(rows: int) -> Measures:
    """The heights of the parts of either timeline, so that both fit a window; ``rows`` counts the steps of both."""
    close = Measures(density=40, lane=15, gap=6, top=4, bottom=28)
    without_steps = 2 * (close.plot(0) + _TITLE_PX) + _BETWEEN_PX + close.top + close.bottom
    row = (_HEIGHT_PX - without_steps) / max(rows, 2)
    return replace(close, step_row=min(max(row, _LOWEST_ROW_PX), _HIGHEST_ROW_PX))


def stacked(upper: tuple[str, dict[str, Any]], lower: tuple[str, dict[str, Any]], theme: Theme) -> dict[str, Any]:
    """The two named figures of ``timeline.timeline_figure``, one above the other.

    Points keep their ``customdata``; ``meta`` of every trace is 0 for the upper and 1 for the lower run.
    """
    (upper_name, above), (lower_name, below) = upper, lower
    margin = above["layout"]["margin"]
    heights = [_plot_px(above), _plot_px(below)]
    total = sum(heights) + 2 * _TITLE_PX + _BETWEEN_PX
    lower_part = (0.0, heights[1] / total)
    upper_part = ((heights[1] + _TITLE_PX + _BETWEEN_PX) / total, (total - _TITLE_PX) / total)
    range_end = max(figure["layout"]["xaxis"]["range"][1] for figure in (above, below))
    layout = {
        **above["layout"],
        "height": total + margin["t"] + margin["b"],
        "xaxis": {**above["layout"]["xaxis"], "range": [0, range_end]},
        **{_layout_name(axis): _squeezed(above, axis, upper_part) for axis in _AXES},
        **{_layout_name(new): _squeezed(below, old, lower_part) for old, new in _AXES.items()},
        "shapes": [*_placed(above, "shapes", upper_part), *_placed(below, "shapes", lower_part)],
        "annotations": [
            *_placed(above, "annotations", upper_part),
            *_placed(below, "annotations", lower_part),
            _name(upper_name, upper_part[1], theme),
            _name(lower_name, lower_part[1], theme),
        ],
    }
    data = [{**trace, "meta": 0} for trace in above["data"]]
    data += [{**trace, "yaxis": _AXES[trace.get("yaxis", "y")], "meta": 1} for trace in below["data"]]
    return {"data": data, "layout": layout}


def _plot_px(figure: dict[str, Any]) -> float:
    layout = figure["layout"]
    return float(layout["height"] - layout["margin"]["t"] - layout["margin"]["b"])


def _layout_name(axis: str) -> str:
    return f"yaxis{axis[1:]}"


def _squeezed(figure: dict[str, Any], axis: str, part: tuple[float, float]) -> dict[str, Any]:
    described = figure["layout"][_layout_name(axis)]
    return {**described, "domain": [_within(value, part) for value in described["domain"]]}


def _placed(figure: dict[str, Any], kind: str, part: tuple[float, float]) -> list[dict[str, Any]]:
    """Shapes and notes are positioned by the height of the paper, which now has two parts."""
    return [
        {**item, **{name: _within(item[name], part) for name in ("y", "y0", "y1") if name in item}}
        if item.get("yref") == "paper"
        else item
        for item in figure["layout"].get(kind, [])
    ]


def _within(value: float, part: tuple[float, float]) -> float:
    return part[0] + value * (part[1] - part[0])


def _name(name: str, top: float, theme: Theme) -> dict[str, Any]:
    return {
        "xref": "paper", "yref": "paper", "x": 0, "y": top, "xanchor": "left", "yanchor": "bottom", "showarrow": False,
        "xshift": -60, "yshift": 17, "text": f"<b>{escape(name)}</b>",
        "font": {"size": 13, "color": COLOURS[theme]["text"]},
    }  # fmt: skip
