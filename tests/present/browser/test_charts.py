"""Charts in a real browser: a figure of a few bytes does not hang the page that draws it."""

from pathlib import Path
from typing import Any

import plotly
import pytest
from playwright.async_api import Page

from backend.present.theme.chart_theme import themed_figure
from backend.protocol.charts.bounds import bounded_chart
from tests.protocol.charts.endless import ENDLESS

pytestmark = [pytest.mark.browser, pytest.mark.alone]

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
MANY_TIMES = 60
"""How much longer than a plain chart a bounded one may take. The plainest of the unbounded ones never ends."""


async def draw(page: Page, figure: dict[str, Any]) -> float:
    """Draw a figure as the pages do, and give the milliseconds until it stood."""
    drawn = themed_figure(bounded_chart(figure), "Title", "light")
    return float(
        await page.evaluate(
            """async (figure) => {
                const element = document.createElement('div');
                document.body.replaceChildren(element);
                const begun = performance.now();
                await Plotly.newPlot(element, figure.data, figure.layout, {displayModeBar: false});
                return performance.now() - begun;
            }""",
            drawn,
        )
    )


async def test_no_figure_of_a_few_bytes_hangs_the_page(page: Page) -> None:
    await page.set_content("<!doctype html><title>t</title><body style='width: 600px'></body>")
    await page.add_script_tag(path=PLOTLY)
    plain = {"data": [{"type": "bar", "x": ["a", "b"], "y": [1, 2]}]}
    await draw(page, plain)
    shortest = min([await draw(page, plain) for _ in range(3)])
    took = {name: await draw(page, figure) / shortest for name, figure in ENDLESS.items()}
    assert max(took.values()) <= MANY_TIMES, took
