"""The report's figures of runs, as plain Plotly dictionaries: measured against scripted, and citations."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any, Final, NamedTuple, TypeVar

from backend.metrics.registry import BY_KEY
from backend.metrics.statistics import nearest_rank
from backend.present.offline_page.two_themes import Figure
from backend.present.theme.chart_theme import template
from backend.present.theme.palette import COLOURS, SERIES, Theme
from backend.present.words.metric_text import difference, milliseconds
from evals.report.rows import rows_layout, thousandths
from evals.results.models import RunResult

COMPARED = ("ttfs_ms", "ttft_ms", "e2e_ms", "longest_gap_ms")
"""The metrics of the figure of differences."""

MOST_POINTS: Final = 1500
"""The most points in one figure; of more, every n-th is drawn."""

_Item = TypeVar("_Item")
_SYMBOLS = ("circle", "diamond", "square", "triangle-up")

Groups = Mapping[str, Sequence[RunResult]]


def differences(groups: Groups, theme: Theme) -> Figure:
    """Measured minus scripted, a point for every run: groups as rows, metrics as colours and shapes.

    A point far from the others would squeeze them into one column: it is hollow at the edge, with its value on hover.
    """
    traces = []
    names = list(groups)
    reach = _reach(groups)
    for place, key in enumerate(COMPARED):
        label = BY_KEY[key].label
        rows = every_nth(list(_pairs(groups, key)), MOST_POINTS // len(COMPARED))
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": label,
                "x": [max(-reach, min(reach, thousandths(measured - scripted))) for _, _, measured, scripted in rows],
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
    return {"data": traces, "layout": rows_layout(names, "measured − scripted (ms)", theme)}


def scripted(runs: Sequence[RunResult]) -> bool:
    """True if any of these runs can be drawn as a difference: it ended, and a script predicts its end."""
    return any(run.truth is not None and run.outcome is not None for run in runs)


def _pairs(groups: Groups, key: str) -> Iterator[tuple[str, int, float, float]]:
    """Group, repeat, measured and scripted value of every run that has both and was measured to its end."""
    for name, runs in groups.items():
        for run in runs:
            if run.truth is None or run.outcome is None:
                continue
            measured, scripted = run.metrics.get(key), run.truth.get(key)
            if measured is not None and scripted is not None:
                yield name, run.repeat, measured, scripted


def _reach(groups: Groups) -> float:
    """The end of the axis: three times as far as nine of ten differences, at least 20 ms."""
    sizes = [abs(measured - scripted) for key in COMPARED for _, _, measured, scripted in _pairs(groups, key)]
    return max(20.0, 3 * (nearest_rank(sizes, 0.9) or 0.0))


class _Moments(NamedTuple):
    """The times of one citation's source and of its marker, in seconds, with the text of its point."""

    known_s: float
    marker_s: float
    text: str


def citation_moments(groups: Groups, theme: Theme) -> Figure:
    """Each citation of every run: the time of its source against the time of its marker. On the line both came
    together; below it the marker waited for its source."""
    early = every_nth(list(_moments(groups, late=False)), MOST_POINTS // 2)
    late = every_nth(list(_moments(groups, late=True)), MOST_POINTS // 2)
    top = max((max(one.known_s, one.marker_s) for one in (*early, *late)), default=1.0) * 1.05
    diagonal = {
        "type": "scatter", "mode": "lines", "x": [0, top], "y": [0, top], "name": "together",
        "line": {"color": COLOURS[theme]["line-strong"], "width": 1, "dash": "dot"},
        "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip
    axis = {"ticksuffix": " s", "rangemode": "tozero", "fixedrange": True, "zeroline": False}
    return {
        "data": [
            diagonal,
            _moments_trace(early, "source first", SERIES[theme][2], "circle"),
            _moments_trace(late, "marker first: it waited for its source", COLOURS[theme]["bad"], "diamond"),
        ],
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


def _moments(groups: Groups, *, late: bool) -> Iterator[_Moments]:
    """The citations whose source came after their marker, or those whose source came first."""
    for name, runs in groups.items():
        for run in runs:
            for lag in run.citations:
                if lag.late is not late or lag.marker_ms is None or lag.lag_ms is None:
                    continue
                by = f"{milliseconds(abs(lag.lag_ms))} {'late' if late else 'early'}"
                text = f"{escape(name)}, run {run.repeat}<br>[{lag.number or '–'}] {by}"
                yield _Moments(lag.known_ms / 1000, lag.marker_ms / 1000, text)


def _moments_trace(moments: Sequence[_Moments], name: str, colour: str, symbol: str) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "name": name, "hoverinfo": "text",
        "x": [thousandths(one.known_s) for one in moments], "y": [thousandths(one.marker_s) for one in moments],
        "hovertext": [one.text for one in moments],
        "marker": {"symbol": symbol, "size": 8, "color": colour, "opacity": 0.8},
    }  # fmt: skip


def every_nth(items: Sequence[_Item], most: int) -> list[_Item]:
    """At most ``most`` of the items, evenly spread over their order."""
    step = -(-len(items) // most) if items else 1
    return list(items[::step])
