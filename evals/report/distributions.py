"""Distributions of a metric over the runs of each scenario: every run a dot, with median and p95 and their intervals.

A scenario of many runs is drawn as its quantiles instead: a line from p5 to p95, a bar from p25 to p75.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from backend.metrics.registry import BY_KEY
from backend.metrics.statistics import nearest_rank, percentile_interval
from backend.present.offline_page.two_themes import Figure
from backend.present.theme.palette import COLOURS, SERIES, Theme
from backend.present.words.metric_text import formatted, interval
from evals.report.cells import Cell, ReportTable, group_cell, titled, value, values_of, words
from evals.report.rows import rows_layout, thousandths
from evals.results.models import RunResult

SHOWN: Final = ("ttfs_ms", "ttft_ms", "e2e_ms", "longest_gap_ms")
"""The metrics whose distributions the report draws, if runs have them."""

ON_A_PAGE: Final = ("perceived_ttfs_ms", "perceived_ttft_ms", "render_delay_p95_ms")

MOST_DOTS: Final = 200
"""Up to this many runs of a scenario, each one is a dot."""

FEWEST_FOR_P95: Final = 20
"""With fewer runs the nearest rank of p95 is the largest value, and adds nothing."""

Groups = Mapping[str, Sequence[RunResult]]


def shown_metrics(groups: Groups) -> list[str]:
    """The metrics to draw, from those that any run has."""
    return [key for key in (*SHOWN, *ON_A_PAGE) if any(values_of(runs, key) for runs in groups.values())]


def distribution(groups: Groups, key: str, theme: Theme) -> Figure:
    """One metric: a row for each scenario that has it."""
    metric, colours, series = BY_KEY[key], COLOURS[theme], SERIES[theme]
    rows = {name: sorted(found) for name, runs in groups.items() if (found := values_of(runs, key))}
    names = list(rows)
    dots: list[tuple[float, float, str]] = []
    spans: list[tuple[int, float, float, float]] = []
    for row, (name, found) in enumerate(rows.items()):
        if len(found) <= MOST_DOTS:
            dots += [(number, row, f"{escape(name)}: {formatted(number, metric.unit)}") for number in found]
        else:
            p5, p25, p75, p95 = (nearest_rank(found, share) or 0.0 for share in (0.05, 0.25, 0.75, 0.95))
            spans += [(row, p5, p95, 2), (row, p25, p75, 7)]
    traces: list[dict[str, Any]] = [_span(row, low, high, width, series[0]) for row, low, high, width in spans]
    if dots:
        traces.append(
            {
                "type": "scatter", "mode": "markers", "name": "one run", "hoverinfo": "text",
                "x": [thousandths(x) for x, _, _ in dots], "y": [y for _, y, _ in dots],
                "hovertext": [text for _, _, text in dots],
                "marker": {"size": 7, "color": series[0], "opacity": 0.55},
            }
        )  # fmt: skip
    traces.append(_mark(rows, "median", 0.5, "line-ns-open", colours["text"], 0.27, key))
    if any(len(found) >= FEWEST_FOR_P95 for found in rows.values()):
        traces.append(_mark(rows, "p95", 0.95, "diamond-open", series[1], -0.27, key))
    layout = rows_layout(names, "ms", theme)
    layout["xaxis"] |= {"rangemode": "tozero", "zeroline": False}
    return {"data": traces, "layout": layout}


def _span(row: int, low: float, high: float, width: float, colour: str) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "x": [thousandths(low), thousandths(high)], "y": [row, row],
        "line": {"color": colour, "width": width}, "opacity": 0.6, "showlegend": False, "hoverinfo": "skip",
    }  # fmt: skip


def _mark(
    rows: Mapping[str, Sequence[float]], name: str, share: float, symbol: str, colour: str, shift: float, key: str
) -> dict[str, Any]:
    """The percentile of every row, with its interval as an error bar if there are enough runs for one."""
    unit = BY_KEY[key].unit
    points, above, below, texts, places = [], [], [], [], []
    for row, (group, found) in enumerate(rows.items()):
        if share == 0.95 and len(found) < FEWEST_FOR_P95:
            continue
        places.append(row - shift)
        point = nearest_rank(found, share) or 0.0
        bounds = percentile_interval(found, share)
        points.append(thousandths(point))
        above.append(thousandths(bounds[1] - point) if bounds else 0)
        below.append(thousandths(point - bounds[0]) if bounds else 0)
        said = f"95 % interval {interval(bounds, unit)}" if bounds else f"{len(found)} runs are too few for an interval"
        texts.append(f"{escape(group)}<br>{name} {formatted(point, unit)}, {said}")
    return {
        "type": "scatter", "mode": "markers", "name": f"{name}, 95 % interval", "hoverinfo": "text",
        "x": points, "y": places, "hovertext": texts,
        "error_x": {"type": "data", "symmetric": False, "array": above, "arrayminus": below, "color": colour,
                    "thickness": 1.5, "width": 3},
        "marker": {"symbol": symbol, "size": 9, "color": colour, "line": {"width": 2, "color": colour}},
    }  # fmt: skip


def distribution_table(groups: Groups, keys: Sequence[str]) -> ReportTable:
    """The same as numbers."""
    rows = []
    for name, runs in groups.items():
        for key in keys:
            found, unit = values_of(runs, key), BY_KEY[key].unit
            if not found:
                continue
            middle, upper = (percentile_interval(found, share) for share in (0.5, 0.95))
            rows.append(
                [
                    group_cell(name),
                    words(BY_KEY[key].label, href=f"#term-{key}"),
                    Cell(str(len(found)), "muted"),
                    value(key, nearest_rank(found, 0.5)),
                    Cell(interval(middle, unit), "muted"),
                    value(key, nearest_rank(found, 0.95)),
                    Cell(interval(upper, unit), "muted"),
                    value(key, max(found)),
                ]
            )
    heads = ("Runs of", "Metric", "Runs", "Median", "95 % interval", "p95", "95 % interval", "Largest")
    return ReportTable("Distributions; a dash where the runs are too few for an interval", titled(heads, 2), rows)
