"""The common layout of figures with a row for each scenario."""

from collections.abc import Sequence
from html import escape
from typing import Any

from backend.present.theme.chart_theme import template
from backend.present.theme.palette import COLOURS, Theme
from backend.present.words.run import shortened

_ROW_PX = 26
_NARROW_ROW_PX = 22
_MANY_ROWS = 8
_LONGEST_NAME = 34


def rows_layout(names: Sequence[str], title: str, theme: Theme) -> dict[str, Any]:
    """The layout: the first name on top, ``title`` below the axis."""
    colours = COLOURS[theme]
    return {
        "template": template(theme),
        "height": 110 + (_ROW_PX if len(names) <= _MANY_ROWS else _NARROW_ROW_PX) * len(names),
        "margin": {"l": 190, "r": 16, "t": 40, "b": 44},
        "xaxis": {
            "title": {"text": title},
            "zeroline": True,
            "zerolinecolor": colours["line-strong"],
            "fixedrange": True,
        },
        "yaxis": {
            "tickvals": list(range(len(names))),
            "ticktext": [escape(shortened(name, _LONGEST_NAME)) for name in names],
            "range": [len(names) - 0.4, -0.6],
            "fixedrange": True,
            "zeroline": False,
            "gridcolor": colours["line"],
        },
        "legend": {"orientation": "h", "y": 1.01, "yanchor": "bottom", "x": 0},
        "dragmode": False,
    }


def thousandths(value: float) -> float:
    """Rounded to a thousandth, which is exact enough for a figure: a page of many points stays small."""
    return round(value, 3)
