"""The comparison's figure, as a plain Plotly dictionary: every metric's difference with its interval."""

from collections.abc import Sequence
from html import escape
from typing import Any

from backend.present.offline_page.two_themes import Figure
from backend.present.theme.chart_theme import template
from backend.present.theme.palette import COLOURS, Theme
from evals.comparison.models import Comparison, MetricComparison, Verdict
from evals.comparison.text import described, values_text

_ROW_PX = 24
_ROLES: dict[Verdict, str] = {"worse": "bad", "better": "good", "same": "muted", "inconclusive": "caution"}
_SYMBOLS: dict[Verdict, str] = {"worse": "diamond", "better": "square", "same": "circle", "inconclusive": "circle-open"}
_WORDS: dict[Verdict, str] = {
    "worse": "worse",
    "better": "better",
    "same": "no relevant difference",
    "inconclusive": "inconclusive",
}


def shown(comparison: Comparison) -> list[MetricComparison]:
    """The metrics with an interval and a difference that can be shown as a share."""
    return [one for one in comparison.metrics if one.overall.a and one.overall.interval is not None]


def forest(comparison: Comparison, theme: Theme) -> Figure:
    """One row for each metric: its difference in percent of A, its interval, and the smallest relevant difference."""
    rows = shown(comparison)
    reach = _reach(rows)
    traces = [_trace(rows, verdict, reach, theme) for verdict in _ROLES]
    return {
        "data": [trace for trace in traces if trace["x"]],
        "layout": {
            "template": template(theme),
            "height": 110 + _ROW_PX * len(rows),
            "margin": {"l": 230, "r": 24, "t": 40, "b": 48},
            "shapes": [_band(place, one, reach, theme) for place, one in enumerate(rows)],
            "xaxis": {
                "title": {"text": "B − A, percent of A"}, "ticksuffix": " %", "range": [-reach * 1.08, reach * 1.08],
                "zeroline": True, "zerolinecolor": COLOURS[theme]["line-strong"], "fixedrange": True,
            },
            "yaxis": {
                "tickvals": list(range(len(rows))), "ticktext": [escape(described(one.metric).label) for one in rows],
                "range": [len(rows) - 0.4, -0.6], "fixedrange": True, "zeroline": False, "showgrid": False,
            },
            "legend": {"orientation": "h", "y": 1.01, "yanchor": "bottom", "x": 0},
            "dragmode": False,
        },
    }  # fmt: skip


def _reach(rows: Sequence[MetricComparison]) -> float:
    """The end of the axis: it covers the largest difference and every relevant one, in percent, 10 to 200."""
    sizes = [abs(_percent(one, one.overall.difference)) * 1.3 for one in rows]
    return min(200.0, max([10.0, *sizes]))


def _percent(one: MetricComparison, value: float | None) -> float:
    return 100 * (value or 0.0) / abs(one.overall.a or 1.0)


def _trace(rows: Sequence[MetricComparison], verdict: Verdict, reach: float, theme: Theme) -> dict[str, Any]:
    colour = COLOURS[theme][_ROLES[verdict]]
    found = [(place, one) for place, one in enumerate(rows) if one.verdict == verdict]
    middles = [_percent(one, one.overall.difference) for _, one in found]
    ends = [[_percent(one, end) for end in one.overall.interval or (0.0, 0.0)] for _, one in found]
    inside = [max(-reach, min(reach, middle)) for middle in middles]
    return {
        "type": "scatter", "mode": "markers", "name": _WORDS[verdict], "hoverinfo": "text",
        "x": inside, "y": [place for place, _ in found],
        "marker": {
            "color": colour, "size": 9,
            "symbol": [_symbol(verdict, middle, reach) for middle in middles],
        },
        "error_x": {
            "type": "data", "symmetric": False, "color": colour, "thickness": 2, "width": 4,
            "array": [max(0.0, min(upper, reach) - x) for (_, upper), x in zip(ends, inside, strict=True)],
            "arrayminus": [max(0.0, x - max(lower, -reach)) for (lower, _), x in zip(ends, inside, strict=True)],
        },
        "hovertext": [_hover(one) for _, one in found],
    }  # fmt: skip


def _symbol(verdict: Verdict, middle: float, reach: float) -> str:
    if abs(middle) <= reach:
        return _SYMBOLS[verdict]
    return "triangle-right" if middle > 0 else "triangle-left"


def _hover(one: MetricComparison) -> str:
    a, b, by, ends = values_text(one.overall, described(one.metric).unit)
    return f"{escape(described(one.metric).label)}: {_WORDS[one.verdict]}<br>A {a}, B {b}<br>{by}, 95 % {ends}"


def _band(place: int, one: MetricComparison, reach: float, theme: Theme) -> dict[str, Any]:
    width = min(reach, _percent(one, one.overall.smallest_relevant))
    return {
        "type": "rect", "layer": "below", "x0": -width, "x1": width, "y0": place - 0.38, "y1": place + 0.38,
        "fillcolor": COLOURS[theme]["line"], "opacity": 0.6, "line": {"width": 0},
    }  # fmt: skip
