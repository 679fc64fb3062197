"""axe-core finds nothing critical or serious at any place, in either UI, light and dark."""

import httpx2
import pytest
from playwright.async_api import expect

from tests.ui.accessibility import findings_in_light_and_dark
from tests.ui.reader import DEADLINE_MS, Reader
from tests.ui.runs import finished

CHART = ".js-plotly-plot svg.main-svg"
BARS = ".barlayer .point"
NOTHING_OPEN = ".ph-notice, .ph-cards"
"""What a place shows before a run is opened there: that there is nothing, or runs to open."""

pytestmark = [pytest.mark.browser, pytest.mark.server]


async def test_ask_with_nothing_and_with_everything(reader: Reader, backend: httpx2.Client) -> None:
    await reader.open()
    assert await findings_in_light_and_dark(reader.page) == []
    await reader.open(await finished(backend, "scripted:brief"))
    await reader.expect_status("Completed")
    await reader.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    for tab in ("Steps", "Sources"):
        await reader.open_tab(tab)
        assert await findings_in_light_and_dark(reader.page) == []
    await reader.open_tab("Results")
    await expect(reader.page.locator(CHART).first).to_be_visible()
    assert await findings_in_light_and_dark(reader.page) == []
    # Its charts have a text alternative.
    await reader.page.get_by_text("The chart's data as a table").click()
    await expect(reader.page.get_by_role("row", name="Length 412").first).to_be_visible()
    await reader.page.locator(".ph-answer a.ph-marker").first.hover()
    await expect(reader.page.get_by_role("tooltip")).to_be_visible()
    assert await findings_in_light_and_dark(reader.page) == []


async def test_replay_with_nothing_and_with_a_run(reader: Reader, backend: httpx2.Client) -> None:
    await reader.open(place="replay")
    await expect(reader.page.locator(NOTHING_OPEN).filter(visible=True).first).to_be_visible(timeout=DEADLINE_MS)
    assert await findings_in_light_and_dark(reader.page) == []
    await reader.open(await finished(backend, "scripted:brief", speed=2), place="replay")
    await reader.expect_moment()
    await expect(reader.strip.locator(".ph-strip-bar").first).to_be_visible(timeout=DEADLINE_MS)
    assert await findings_in_light_and_dark(reader.page) == []


async def test_compare_with_nothing_and_with_two_runs(reader: Reader, backend: httpx2.Client) -> None:
    await reader.open(place="compare")
    await expect(reader.page.locator(NOTHING_OPEN).filter(visible=True).first).to_be_visible(timeout=DEADLINE_MS)
    assert await findings_in_light_and_dark(reader.page) == []
    first, second = [await finished(backend, "scripted:brief", speed=speed) for speed in (2, 4)]
    await reader.page.goto(f"{reader.url}compare?a={first}&b={second}")
    await expect(reader.page.locator(".ph-first-to-move")).to_be_visible(timeout=DEADLINE_MS)
    await expect(reader.strip.locator(".ph-strip-bar").first).to_be_visible(timeout=DEADLINE_MS)
    await expect(reader.page.locator(f".js-plotly-plot:has({BARS})")).to_have_count(2)
    assert await findings_in_light_and_dark(reader.page) == []


async def test_history_with_a_run_chosen(reader: Reader, backend: httpx2.Client) -> None:
    await finished(backend, "scripted:brief", "Can this be read?")
    await reader.open(place="history")
    await reader.select_run("Can this be read?")
    await expect(reader.page.get_by_role("link", name="Open in Replay").first).to_be_visible(timeout=DEADLINE_MS)
    assert await findings_in_light_and_dark(reader.page) == []
