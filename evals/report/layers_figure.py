"""The parts of the wait for the first token, as stacked bars: the agent, the wire, and each UI's page."""

from collections.abc import Sequence
from typing import Any

from backend.present.offline_page.two_themes import Figure
from backend.present.theme.palette import SERIES, Theme
from backend.present.words.metric_text import difference, milliseconds
from evals.report.cells import Cell, ReportTable, titled, words
from evals.report.rows import rows_layout, thousandths
from evals.results.layers import PAGES
from evals.results.models import LayerResult


def layers_figure(layers: Sequence[LayerResult], theme: Theme) -> Figure:
    """A bar for each scenario and page: the parts of the agent, the wire and the page, medians in milliseconds."""
    rows = [(layer, page) for layer in layers for page in layer.pages_ms]
    names = [f"{layer.scenario}, {PAGES[page]}" for layer, page in rows]
    parts = (
        ("agent", [layer.agent_ms for layer, _ in rows]),
        ("wire", [layer.wire_ms for layer, _ in rows]),
        ("page", [layer.pages_ms[page] for layer, page in rows]),
    )
    traces: list[dict[str, Any]] = [
        {
            "type": "bar", "orientation": "h", "name": name, "y": list(range(len(rows))),
            "x": [thousandths(number) for number in values], "hoverinfo": "text",
            "hovertext": [f"{name}: {milliseconds(number)}" for number in values],
            "marker": {"color": SERIES[theme][colour]}, "width": 0.6,
        }
        for (name, values), colour in zip(parts, (0, 6, 1), strict=True)
    ]  # fmt: skip
    layout = rows_layout(names, "from the click to the first painted token (ms)", theme)
    return {"data": traces, "layout": {**layout, "barmode": "relative"}}


def layers_table(layers: Sequence[LayerResult]) -> ReportTable:
    """The same as numbers."""
    pages = [page for page in PAGES if any(page in layer.pages_ms for layer in layers)]
    rows = [
        [
            words(layer.scenario),
            Cell(milliseconds(layer.agent_ms)),
            Cell(difference(layer.wire_ms, "ms")),
            *(Cell(difference(layer.pages_ms.get(page), "ms")) for page in pages),
        ]
        for layer in layers
    ]
    heads = ("Scenario", "Agent", "Wire", *(PAGES[page] for page in pages))
    return ReportTable("Where the wait for the first token goes, medians", titled(heads, 1), rows)
