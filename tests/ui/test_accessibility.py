"""axe-core finds nothing critical or serious at any place, in either UI, light and dark."""

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.ui.accessibility import findings
from tests.ui.reader import DEADLINE_MS, Reader
from tests.ui.runs import finished

pytestmark = [pytest.mark.browser, pytest.mark.server]


@pytest_asyncio.fixture(loop_scope="session", params=["light", "dark"])
async def viewer(request: pytest.FixtureRequest, reader: Reader) -> Reader:
    """Somebody whose system is light, and somebody whose system is dark."""
    await reader.page.emulate_media(color_scheme=request.param)
    return reader


async def test_ask_with_nothing_and_with_everything(viewer: Reader, backend: httpx2.Client) -> None:
    await viewer.open()
    assert await findings(viewer.page) == []
    await viewer.open(await finished(backend, "scripted:brief"))
    await viewer.expect_status("Completed")
    await viewer.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    for tab in ("Steps", "Results", "Sources"):
        await viewer.open_tab(tab)
        assert await findings(viewer.page) == []
    await viewer.page.locator(".ph-answer a.ph-marker").first.hover()
    await expect(viewer.page.get_by_role("tooltip")).to_be_visible()
    assert await findings(viewer.page) == []


async def test_charts_have_a_text_alternative(reader: Reader, backend: httpx2.Client) -> None:
    await reader.open(await finished(backend, "scripted:brief"))
    await reader.expect_status("Completed")
    await reader.open_tab("Results")
    await expect(reader.page.locator(".js-plotly-plot svg.main-svg").first).to_be_visible()
    data = reader.page.get_by_text("The chart's data as a table")
    await data.click()
    await expect(reader.page.get_by_role("row", name="Length 412").first).to_be_visible()


async def test_replay_with_nothing_and_with_a_run(viewer: Reader, backend: httpx2.Client) -> None:
    await viewer.open(place="replay")
    await expect(viewer.page.locator(".ph-notice")).to_be_visible(timeout=DEADLINE_MS)
    assert await findings(viewer.page) == []
    await viewer.open(await finished(backend, "scripted:brief", speed=2), place="replay")
    await viewer.expect_moment()
    await expect(viewer.strip.locator(".ph-strip-bar").first).to_be_visible(timeout=DEADLINE_MS)
    assert await findings(viewer.page) == []


async def test_compare_with_nothing_and_with_two_runs(viewer: Reader, backend: httpx2.Client) -> None:
    await viewer.open(place="compare")
    await expect(viewer.page.locator(".ph-notice")).to_be_visible(timeout=DEADLINE_MS)
    assert await findings(viewer.page) == []
    first, second = [await finished(backend, "scripted:brief", speed=speed) for speed in (2, 4)]
    await viewer.page.goto(f"{viewer.url}compare?a={first}&b={second}")
    await expect(viewer.page.locator(".ph-first-to-move")).to_be_visible(timeout=DEADLINE_MS)
    await expect(viewer.strip.locator(".ph-strip-bar").first).to_be_visible(timeout=DEADLINE_MS)
    assert await findings(viewer.page) == []


async def test_history_with_a_run_chosen(viewer: Reader, backend: httpx2.Client) -> None:
    await finished(backend, "scripted:brief", "Can this be read?")
    await viewer.open(place="history")
    await viewer.select_run("Can this be read?")
    await expect(viewer.page.get_by_role("link", name="Open in Replay").first).to_be_visible(timeout=DEADLINE_MS)
    assert await findings(viewer.page) == []
