"""The report's figures, as plain Plotly dictionaries: timelines, measured against scripted, and citations."""

from collections.abc import Sequence
from html import escape
from typing import Any

from backend.metrics.registry import BY_KEY
from backend.metrics.statistics import nearest_rank
from backend.present.chart_theme import template
from backend.present.metric_text import difference, milliseconds
from backend.present.offline_page.two_themes import Figure
from backend.present.palette import COLOURS, SERIES, Theme
from backend.present.timeline import timeline_figure
from evals.scoring import ScoredRun

COMPARED = ("ttfs_ms", "ttft_ms", "e2e_ms", "longest_gap_ms")
"""The metrics of the figure of differences."""

_SYMBOLS = ("circle", "diamond", "square", "triangle-up")
_ROW_PX = 26


def timeline(run: ScoredRun, theme: Theme) -> Figure:
    """A run as it arrived, over what its script meant to send."""
    plan = run.played.play.plan
    times = {event.seq: at_ms for event, at_ms in zip(run.wire.events, run.wire.times_ms, strict=True)}
    return timeline_figure(run.wire.events, times_ms=times, plan=None if plan is None else plan.events, theme=theme)


def differences(scenarios: dict[str, list[ScoredRun]], theme: Theme) -> Figure:
    """Measured minus scripted, a point for every run: scenarios as rows, metrics as colours and shapes.

    A point far from the others would squeeze them into one column: it stands hollow at the edge, its value
    in its hover.
    """
    traces = []
    names = list(scenarios)
    reach = _reach(scenarios)
    for place, key in enumerate(COMPARED):
        label = BY_KEY[key].label
        rows = [
            (name, run.played.repeat, measured, scripted)
            for name in names
            for run in scenarios[name]
            if run.wire.done and run.truth is not None
            if (measured := run.metrics[key]) is not None and (scripted := run.truth[key]) is not None
        ]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": label,
                "x": [max(-reach, min(reach, round(measured - scripted, 3))) for _, _, measured, scripted in rows],
                "y": [names.index(name) + (place - 1.5) * 0.17 for name, _, _, _ in rows],
                "marker": {
                    "symbol": [
                        _SYMBOLS[place] if abs(measured - scripted) <= reach else f"{_SYMBOLS[place]}-open"
                        for _, _, measured, scripted in rows
                    ],
                    "size": 7,
                    "opacity": 0.85,
                    "color": SERIES[theme][place],
                },
                "hovertext": [
                    f"{escape(name)}, run {repeat}<br>{label}: {milliseconds(measured)}, "
                    f"scripted {milliseconds(scripted)}<br>{difference(measured - scripted, 'ms')}"
                    for name, repeat, measured, scripted in rows
                ],
                "hoverinfo": "text",
            }
        )
    return {"data": traces, "layout": _rows_layout(names, "measured − scripted (ms)", theme)}


def _reach(scenarios: dict[str, list[ScoredRun]]) -> float:
    """How far the axis goes: three times as far as nine of ten differences, at least 20 ms."""
    sizes = [
        abs(measured - scripted)
        for runs in scenarios.values()
        for run in runs
        for key in COMPARED
        if run.truth is not None
        if (measured := run.metrics[key]) is not None and (scripted := run.truth[key]) is not None
    ]
    return max(20.0, 3 * (nearest_rank(sizes, 0.9) or 0.0))


def citation_moments(scenarios: dict[str, list[ScoredRun]], theme: Theme) -> Figure:
    """Each citation of every run: when its source was known against when its marker appeared. On the line
    both came together; below it the marker waited for its source.
    """
    colours = COLOURS[theme]
    points: dict[bool, list[tuple[float, float, str]]] = {False: [], True: []}
    for name, runs in scenarios.items():
        for run in runs:
            for lag in run.citations:
                if lag.marker_ms is None or lag.late is None or lag.lag_ms is None:
                    continue
                said = f"{milliseconds(abs(lag.lag_ms))} {'late' if lag.late else 'early'}"
                text = f"{escape(name)}, run {run.played.repeat}<br>[{lag.number or '–'}] {said}"
                points[lag.late].append((lag.known_ms / 1000, lag.marker_ms / 1000, text))
    everything = [value for rows in points.values() for row in rows for value in row[:2]]
    top = max(everything, default=1.0) * 1.05
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter", "mode": "lines", "x": [0, top], "y": [0, top], "name": "together",
            "line": {"color": colours["line-strong"], "width": 1, "dash": "dot"},
            "hoverinfo": "skip", "showlegend": False,
        }
    ]  # fmt: skip
    for late, name, colour, symbol in (
        (False, "source first", SERIES[theme][2], "circle"),
        (True, "marker first: it waited for its source", colours["bad"], "diamond"),
    ):
        traces.append(
            {
                "type": "scatter", "mode": "markers", "name": name, "hoverinfo": "text",
                "x": [x for x, _, _ in points[late]], "y": [y for _, y, _ in points[late]],
                "hovertext": [text for _, _, text in points[late]],
                "marker": {"symbol": symbol, "size": 8, "color": colour, "opacity": 0.8},
            }
        )  # fmt: skip
    axis = {"ticksuffix": " s", "rangemode": "tozero", "fixedrange": True, "zeroline": False}
    return {
        "data": traces,
        "layout": {
            "template": template(theme),
            "height": 420,
            "margin": {"l": 64, "r": 16, "t": 12, "b": 52},
            "xaxis": {**axis, "range": [0, top], "title": {"text": "source known"}},
            "yaxis": {**axis, "range": [0, top], "title": {"text": "marker on screen"}},
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
            "dragmode": False,
        },
    }


def _rows_layout(names: Sequence[str], title: str, theme: Theme) -> dict[str, Any]:
    colours = COLOURS[theme]
    return {
        "template": template(theme),
        "height": 110 + _ROW_PX * len(names),
        "margin": {"l": 190, "r": 16, "t": 40, "b": 44},
        "xaxis": {
            "title": {"text": title},
            "zeroline": True,
            "zerolinecolor": colours["line-strong"],
            "fixedrange": True,
        },
        "yaxis": {
            "tickvals": list(range(len(names))),
            "ticktext": [escape(name) for name in names],
            "range": [len(names) - 0.4, -0.6],
            "fixedrange": True,
            "zeroline": False,
            "gridcolor": colours["line"],
        },
        "legend": {"orientation": "h", "y": 1.01, "yanchor": "bottom", "x": 0},
        "dragmode": False,
    }
