"""Ask, in either UI: one run seen live, with its evidence."""

import re
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import expect

from tests.ui.reader import DEADLINE_MS, Reader
from tests.ui.runs import ended, finished, run

pytestmark = [pytest.mark.browser, pytest.mark.server]


async def test_it_can_be_used_at_400_pixels(reader: Reader, ui_name: str, picture_folder: Path) -> None:
    await reader.page.set_viewport_size({"width": 400, "height": 800})
    await reader.open()
    await reader.choose_agent("Brief")
    await reader.ask("Does it fit?")
    await reader.expect_status("Completed")
    assert await reader.page.evaluate("document.documentElement.scrollWidth") <= 400
    marker = reader.page.locator("a.ph-marker").first
    await marker.click()
    await reader.expect_led_to(str(await marker.get_attribute("href")))
    await reader.page.screenshot(path=picture_folder / f"narrow-{ui_name}.png")


async def test_the_first_screen_explains_itself_and_its_example_is_answered_with_evidence(
    reader: Reader, ui_name: str, picture_folder: Path
) -> None:
    await reader.open()
    await expect(reader.page.get_by_text("watch the agent work")).to_be_visible()
    await expect(reader.page.get_by_role("button", name=re.compile(r"\?$"))).to_have_count(3)
    assert await reader.page.evaluate("document.documentElement.scrollHeight") <= 720
    await reader.page.screenshot(path=picture_folder / f"first-{ui_name}.png")
    await reader.page.get_by_role("button", name=re.compile("customer concentration")).first.click(timeout=DEADLINE_MS)
    await reader.expect_status("Completed")
    await expect(reader.page.get_by_role("combobox", name="Agent").first).to_have_value("Documents (extractive)")
    await expect(reader.page.get_by_role("tab", name="Sources")).to_have_attribute("aria-selected", "true")
    await expect(reader.page.locator(".ph-step--finished")).to_have_count(3)
    await expect(reader.page.locator(".ph-warning").first).to_be_visible()
    sources = reader.page.locator(".ph-source")
    await expect(sources.nth(2)).to_be_attached()
    assert re.search(r"\d{10}-\d\d-\d{6}", await sources.first.inner_text()), "a source names its accession number"
    assert re.search(r"20\d\d-\d\d-\d\d", await sources.first.inner_text()), "a source names its date"
    assert await sources.first.locator("a[href^='https://']").count() >= 1
    await expect(reader.page.locator(".ph-marker--pending")).to_have_count(0)
    await reader.open_tab("Results")
    await expect(reader.page.locator(".js-plotly-plot svg.main-svg").first).to_be_visible(timeout=DEADLINE_MS)
    await reader.page.screenshot(path=picture_folder / f"answer-{ui_name}.png")


async def test_markers_and_sources_lead_to_one_another(reader: Reader, backend: httpx2.Client) -> None:
    await reader.open(await finished(backend, "scripted:happy_path"))
    await reader.expect_status("Completed")
    pages = reader.page.context.pages
    marker = reader.page.locator("a.ph-marker").first
    number = await marker.inner_text()
    source = reader.page.locator(f".ph-source[data-number='{number}']").first
    await marker.hover()
    await expect(reader.page.get_by_role("tooltip")).to_contain_text(
        await source.locator(".ph-source-title").inner_text()
    )
    await marker.click()
    await reader.expect_led_to(f"#{await source.get_attribute('id')}")
    await expect(reader.page.get_by_role("tooltip")).to_be_hidden()
    assert reader.page.context.pages == pages

    other = reader.page.locator(".ph-source").nth(1)
    quiet = await reader.ground_of(f"a.ph-marker >> text='{await other.get_attribute('data-number')}'")
    await other.locator(".ph-source-number").click()
    await reader.page.mouse.move(0, 0)
    lit = await reader.ground_of(f"a.ph-marker >> text='{await other.get_attribute('data-number')}'")
    assert lit != quiet


async def test_stop_cancels_the_run_and_keeps_the_partial_answer_after_a_reload_too(
    reader: Reader, backend: httpx2.Client
) -> None:
    await reader.open()
    await reader.choose_agent("Endless")
    await reader.ask("Tell me everything.")
    await reader.expect_text("Paragraph 2 is here")
    await reader.press("Stop")
    await reader.expect_status("Stopped")
    kept = await ended(backend, await reader.run_id())
    assert kept["outcome"] == "cancelled"
    assert kept["view"]["stream"]["partial"] is True
    for _ in range(2):
        await reader.expect_status("Stopped")
        await reader.expect_answer(" ".join(kept["view"]["message"]["answer"].split()))
        await expect(reader.page.locator(".ph-question")).to_have_text("Tell me everything.")
        await expect(reader.button("Retry")).to_be_visible()
        await reader.page.reload()


async def test_a_reload_in_the_middle_goes_on_without_duplicates(reader: Reader, backend: httpx2.Client) -> None:
    await reader.open()
    await reader.choose_agent("Steady")
    await reader.ask("Tell me everything.")
    await reader.expect_text("Paragraph 2 is here")
    run_id = await reader.run_id()
    await reader.page.reload()
    await reader.expect_status("Completed")
    answer = run(backend, run_id)["view"]["message"]["answer"]
    await reader.expect_answer(" ".join(answer.replace(" [1]", " 1").split()))
