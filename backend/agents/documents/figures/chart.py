"""A reading as a Plotly figure in plain JSON: bars over time, lines where there are many points."""

from calendar import monthrange
from collections.abc import Sequence
from typing import Any

from backend.agents.documents.figures.measure_series import ReadMeasure
from backend.agents.documents.figures.numbers import Unit, written
from backend.agents.documents.figures.series import Series

MOST_BARS, MOST_BARS_ABREAST = 24, 3
MOST_SERIES = 8
_TICKS = 16


def chart_of(reading: ReadMeasure) -> dict[str, Any]:
    """The figure of a measure; ranks are stacked."""
    return chart_of_series(reading.measure.label, reading.series, stacked=reading.measure.kind == "ranks")


def chart_of_series(label: str, every: Sequence[Series], *, stacked: bool = False) -> dict[str, Any]:
    """The figure ``{"data": […], "layout": {…}}``: one trace per series, all in the unit of the first's newest point.

    The axis is one of time, so that a period without a value leaves a gap.
    """
    unit = every[0].newest.unit
    periods = {point.order: point.tick for series in every for point in series.points}
    ordered = sorted(periods)
    shown = every if stacked else every[:MOST_SERIES]
    as_bars = len(ordered) <= MOST_BARS and (stacked or len(shown) <= MOST_BARS_ABREAST)
    named = len(shown) > 1
    traces = [
        _trace(series, unit, as_bars=as_bars, stacked=stacked, label=_trace_label(series), named=named)
        for series in shown
    ]
    step = max(1, -(-len(ordered) // _TICKS))
    ticks = ordered[::-1][::step][::-1]
    return {
        "data": traces,
        "layout": {
            "title": {"text": _plain(f"{label}{f', {unit.label}' if unit.label else ''}")},
            "barmode": "stack" if stacked else "group",
            "showlegend": named,
            "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"} if len(shown) <= 5 else {},
            "xaxis": {
                "type": "date",
                "tickangle": -45,
                "automargin": True,
                "tickvals": [_day(order) for order in ticks],
                "ticktext": [_plain(periods[order]) for order in ticks],
            },
            "yaxis": {
                "title": {"text": _plain(unit.label)},
                "rangemode": "tozero",
                # The unit has its own scale: an axis in thousands of millions would be misread.
                "exponentformat": "none",
                "separatethousands": True,
            },
        },
    }


def _trace(series: Series, unit: Unit, *, as_bars: bool, stacked: bool, label: str, named: bool) -> dict[str, Any]:
    values = [point.value * point.unit.scale / unit.scale for point in series.points]
    trace: dict[str, Any] = {
        "type": "bar" if as_bars else "scatter",
        "name": _plain(label),
        "x": [_day(point.order) for point in series.points],
        "y": values,
        "hovertext": [_plain(f"{point.period}: {point.text}") for point in series.points],
        "hoverinfo": "text+name" if named else "text",
    }
    if as_bars:
        trace["text"] = [written(value) for value in values]
        trace["textposition"] = "inside" if stacked else "outside"
        trace["textangle"] = 0
        trace["cliponaxis"] = False
    else:
        trace["mode"] = "lines+markers"
    return trace


def _trace_label(series: Series) -> str:
    return f"{series.label} ({series.definition})" if series.definition else series.label


def _day(order: str) -> str:
    """A sort key as a date: it may lack the day, or have one that its month does not."""
    year, month, day = (int(part) for part in (*order.split("-"), "31")[:3])
    return f"{year:04}-{month:02}-{min(day, monthrange(year, month)[1]):02}"


def _plain(text: str) -> str:
    """Text without signs that Plotly would read as markup."""
    return text.replace("<", "‹").replace(">", "›")
