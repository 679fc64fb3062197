"""How long Chromium takes for the largest charts that are drawn: ``python -m benchmarks.charts``.

Each type of trace is drawn with as many points as ``backend.protocol.charts.bounds`` allows, beside a plain chart
of two bars in the same page. Prints milliseconds and the ratio to the plain chart. About a minute.
"""

import asyncio
import random
import sys
from pathlib import Path
from typing import Any

import plotly
from playwright.async_api import Page, async_playwright

from backend.present.theme.chart_theme import themed_figure
from backend.protocol.charts.bounds import MOST_GRID, MOST_MARKS, MOST_POINTS, MOST_TRACES, bounded_chart
from backend.protocol.charts.steps import MOST_BINS, MOST_BINS_A_SIDE, MOST_CONTOUR_LINES
from evals.pages.browser import CHROMIUM_FLAGS, find_chromium

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
_DRAW = """async (figure) => {
    const element = document.createElement('div');
    document.body.replaceChildren(element);
    const begun = performance.now();
    await Plotly.newPlot(element, figure.data, figure.layout, {displayModeBar: false});
    return performance.now() - begun;
}"""

_draw = random.Random(20261130)  # noqa: S311


def _numbers(kind: str) -> list[float]:
    return [_draw.random() * 100 for _ in range(MOST_POINTS[kind])]


def _square(kind: str) -> list[list[float]]:
    side = int(MOST_POINTS[kind] ** 0.5)
    return [[_draw.random() for _ in range(side)] for _ in range(side)]


def largest() -> dict[str, dict[str, Any]]:
    """By name, the figure of each kind that asks for the most that is drawn."""
    prices = {key: _numbers("candlestick") for key in ("open", "high", "low", "close")}
    members = [f"member {number}" for number in range(MOST_POINTS["treemap"])]
    slices = MOST_POINTS["pie"]
    ends = [[_draw.randrange(300) for _ in range(MOST_POINTS["sankey"])] for _ in range(2)]
    tree = {"labels": members, "parents": [""] * len(members), "values": _numbers("treemap")}
    traces: dict[str, dict[str, Any]] = {
        "bar": {"y": _numbers("bar")},
        "box": {"y": _numbers("box"), "boxpoints": "all"},
        "candlestick": prices,
        "contour": {"z": _square("contour"), "ncontours": MOST_CONTOUR_LINES},
        "heatmap": {"z": _square("heatmap")},
        "histogram": {"x": _numbers("histogram"), "nbinsx": MOST_BINS},
        "histogram2d": {
            **{letter: _numbers("histogram2d") for letter in "xy"},
            **{f"nbins{letter}": MOST_BINS_A_SIDE for letter in "xy"},
        },
        "pie": {"labels": members[:slices], "values": _numbers("pie")},
        "sankey": {
            "node": {"label": members[:300]},
            "link": {"source": ends[0], "target": ends[1], "value": _numbers("sankey")},
        },
        "scatter": {"mode": "markers", "y": _numbers("scatter")},
        "scattergl": {"mode": "markers", "y": _numbers("scattergl")},
        "sunburst": tree,
        "treemap": tree,
        "violin": {"y": _numbers("violin"), "points": "all", "bandwidth": 0.5},
        "waterfall": {"y": _numbers("waterfall")},
    }
    figures: dict[str, dict[str, Any]] = {kind: {"data": [{"type": kind, **trace}]} for kind, trace in traces.items()}
    figures["traces"] = {"data": [{"y": [1, 2]}] * MOST_TRACES}
    figures["axes"] = {
        "data": [{"y": [1, 2], "xaxis": f"x{at}", "yaxis": f"y{at}"} for at in range(2, MOST_GRID + 2)],
        "layout": {"grid": {"rows": 4, "columns": 3}},
    }
    figures["marks"] = {
        "data": [{"y": [1, 2]}],
        "layout": {"annotations": [{"x": at / MOST_MARKS, "y": 1, "text": "a"} for at in range(MOST_MARKS)]},
    }
    return figures


async def _time(page: Page, figure: dict[str, Any]) -> float:
    return float(await page.evaluate(_DRAW, themed_figure(bounded_chart(figure), "Title", "light")))


async def measure() -> None:
    """Draw each figure once, after a plain one, and print what it took."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=list(CHROMIUM_FLAGS))
        page = await browser.new_page()
        await page.set_content("<!doctype html><title>Charts</title><body style='width: 600px'></body>")
        await page.add_script_tag(path=PLOTLY)
        plain = {"data": [{"type": "bar", "y": [1, 2]}]}
        await _time(page, plain)
        base = min([await _time(page, plain) for _ in range(5)])
        sys.stdout.write(f"{'chart':<14}{'ms':>8}{'ratio':>8}\n{'plain':<14}{base:>8.0f}{1:>8}\n")
        for name, figure in largest().items():
            took = await _time(page, figure)
            sys.stdout.write(f"{name:<14}{took:>8.0f}{took / base:>8.0f}\n")
            sys.stdout.flush()
        await browser.close()


if __name__ == "__main__":
    asyncio.run(measure())
