"""A target under load: the wait for the first token under each load, and from the intended start beside it.

Under an open loop a run has an intended start. If the harness could not start it then, or the target kept it waiting,
the wait from the intended start shows it and the wait from the request does not: the difference between both columns is
what coordinated omission would have hidden.
"""

from collections.abc import Mapping, Sequence

from backend.metrics.statistics import nearest_rank, percentile_interval
from backend.present.offline_page.two_themes import Figure
from backend.present.theme.palette import COLOURS, SERIES, Theme
from backend.present.words.metric_text import interval
from evals.report.cells import Cell, ReportTable, titled, value, values_of, words
from evals.report.figures import every_nth
from evals.report.rows import rows_layout, thousandths
from evals.results.models import RunResult

_MOST_POINTS = 700

Loads = Mapping[str, Sequence[RunResult]]


def by_load(runs: Sequence[RunResult]) -> dict[str, list[RunResult]]:
    """The runs of each load; empty if results name none, or only one closed loop."""
    found: dict[str, list[RunResult]] = {}
    for run in runs:
        if run.load and run.through is None:
            found.setdefault(run.load, []).append(run)
    open_loop = any(run.metrics.get("ttft_intended_ms") is not None for run in runs)
    return found if len(found) > 1 or open_loop else {}


def load_table(loads: Loads) -> ReportTable:
    """A row for each load."""
    rows = []
    for name, runs in loads.items():
        waits, intended = values_of(runs, "ttft_ms"), values_of(runs, "ttft_intended_ms")
        late = [run.intended_ms for run in runs if run.intended_ms is not None]
        rows.append(
            [
                words(name),
                Cell(str(len(runs)), "muted"),
                Cell(
                    str(sum(not run.as_expected for run in runs)), "bad" if any(not r.as_expected for r in runs) else ""
                ),
                value("ttft_ms", nearest_rank(waits, 0.5)),
                value("ttft_ms", nearest_rank(waits, 0.95)),
                Cell(interval(percentile_interval(waits, 0.95), "ms"), "muted"),
                value("ttft_intended_ms", nearest_rank(intended, 0.5)),
                value("ttft_intended_ms", nearest_rank(intended, 0.95)),
                Cell(interval(percentile_interval(intended, 0.95), "ms"), "muted"),
                value("ttft_intended_ms", max(late, default=None)),
            ]
        )
    heads = (
        *("Load", "Runs", "Not as expected", "First token, median", "p95", "95 % interval"),
        *("From the intended start, median", "p95", "95 % interval", "Latest start"),
    )
    return ReportTable("The wait for the first token under each load", titled(heads, 1), rows)


def load_figure(loads: Loads, theme: Theme) -> Figure:
    """Every run as two marks: its wait from the request, and from its intended start."""
    names = list(loads)
    traces = []
    for key, label, symbol, colour, shift in (
        ("ttft_ms", "from the request", "circle", SERIES[theme][0], -0.16),
        ("ttft_intended_ms", "from the intended start", "diamond", COLOURS[theme]["bad"], 0.16),
    ):
        points = [(number, row) for row, runs in enumerate(loads.values()) for number in sorted(values_of(runs, key))]
        kept = every_nth(points, _MOST_POINTS)
        traces.append(
            {
                "type": "scatter", "mode": "markers", "name": label, "hoverinfo": "x+name",
                "x": [thousandths(number) for number, _ in kept], "y": [row + shift for _, row in kept],
                "marker": {"symbol": symbol, "size": 7, "color": colour, "opacity": 0.6},
            }
        )  # fmt: skip
    layout = rows_layout(names, "time to first token (ms)", theme)
    layout["xaxis"] |= {"rangemode": "tozero", "zeroline": False}
    return {"data": traces, "layout": layout}
