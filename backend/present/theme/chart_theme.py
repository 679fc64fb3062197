"""Plotly figures in Playhead's colours, as plain dictionaries, without importing Plotly."""

import re
from html import escape
from textwrap import wrap
from typing import Any, Final

from backend.present.theme.palette import COLOURS, SERIES, Theme
from backend.present.theme.tokens import FONT
from backend.protocol.charts.bounds import BoundedChart

_OTHER_TAG = re.compile(r"<(?!/?(?:b|i|s|u|sub|sup|extra)>|br\s*/?>)", re.IGNORECASE)
_NOT_KEPT: Final = (
    *("paper_bgcolor", "plot_bgcolor", "template", "width", "height", "font", "title", "margin", "hoverlabel"),
)
CHART_HEIGHT_PX: Final = 250
_TITLE_WIDTH: Final = 58
"""Characters of a title's line: as many as fit a panel of 420 px."""


def template(theme: Theme) -> dict[str, Any]:
    """A Plotly template: the defaults for a figure without a look of its own. Backgrounds stay transparent."""
    colours = COLOURS[theme]
    axis = {
        "gridcolor": colours["line"],
        "linecolor": colours["line-strong"],
        "zerolinecolor": colours["line-strong"],
        "tickfont": {"color": colours["muted"], "size": 12},
        "title": {"font": {"color": colours["muted"], "size": 12}},
        "automargin": True,
    }
    layout = {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "color": colours["text"], "size": 13},
        "title": {"font": {"size": 13.5, "weight": 600}, "x": 0, "xanchor": "left", "yanchor": "top"},
        "colorway": list(SERIES[theme]),
        "hoverlabel": {
            "bgcolor": colours["raised"],
            "bordercolor": colours["line"],
            "font": {"color": colours["text"], "family": FONT, "size": 12},
        },
        "legend": {"font": {"color": colours["muted"], "size": 12}, "orientation": "h", "y": -0.2, "x": 0},
        "margin": {"l": 48, "r": 16, "t": 24, "b": 40},
        "xaxis": axis,
        "yaxis": axis,
    }
    return {"layout": layout}


def themed_figure(chart: BoundedChart, title: str, theme: Theme) -> dict[str, Any]:
    """A bounded figure in Playhead's look: its data and layout, without its own backgrounds, size, fonts and template.

    ``chart`` is the figure as ``bounded_chart`` leaves it. The artifact's title replaces the figure's, and labels
    keep only the plain text styles that Plotly knows.
    """
    layout = {name: value for name, value in chart.layout.items() if name not in _NOT_KEPT}
    lines = wrap(title, _TITLE_WIDTH)[:3]
    return {
        "data": _plain(chart.data),
        "layout": {
            **_plain(layout),
            "template": template(theme),
            "title": {"text": "<br>".join(escape(line, quote=False) for line in lines), "yref": "container", "y": 0.97},
            "margin": {"l": 48, "r": 12, "t": 18 + 20 * len(lines), "b": 36},
            "height": CHART_HEIGHT_PX + 20 * len(lines),
            "autosize": True,
        },
    }


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return _OTHER_TAG.sub("&lt;", value) if "<" in value else value
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value
