"""Compare, in either UI: two runs on one clock."""

import httpx2
import pytest
from playwright.async_api import expect

from backend.present import words, words_compare
from tests.ui.reader import DEADLINE_MS, Reader
from tests.ui.runs import finished

pytestmark = [pytest.mark.browser, pytest.mark.server]


async def test_two_runs_side_by_side(reader: Reader, backend: httpx2.Client) -> None:
    slow = await finished(backend, "scripted:brief", "What is brief?", speed=1)
    fast = await finished(backend, "scripted:brief", "What is brief?", speed=4)
    await reader.page.goto(f"{reader.url}compare?a={slow}&b={fast}")
    table = reader.page.get_by_role("table").filter(has_text=words_compare.DIFFERENCE).first
    await expect(table).to_be_visible(timeout=DEADLINE_MS)
    row = table.get_by_role("row").filter(has_text=words.METRIC_LABELS["ttft_ms"]).first
    await expect(row).to_contain_text("better")
    await expect(reader.page.locator(".ph-first-to-move")).to_be_visible()
    await expect(reader.page.locator(".js-plotly-plot svg.main-svg").first).to_be_visible(timeout=DEADLINE_MS)
    await expect(reader.page.locator(".ph-answer").filter(has_text="Brevity is the shorter")).to_have_count(2)
    # A marker leads to the source of its own run.
    second = reader.page.locator("a.ph-marker").last
    await second.click()
    target = await second.get_attribute("href")
    await expect(reader.page.locator(f"{target}:target")).to_be_in_viewport()


async def test_one_scenario_with_and_without_its_status_events(reader: Reader) -> None:
    await reader.open(place="compare")
    await reader.choose(words_compare.WITH_AND_WITHOUT_STATUS)
    await reader.pick(words_compare.SCENARIO_LABEL, "Brief")
    await reader.press(words_compare.START_RACE)
    await expect(reader.page.locator(".ph-answer").filter(has_text="may read both.")).to_have_count(
        2, timeout=DEADLINE_MS
    )
    await expect(reader.page.locator(".ph-first-to-move")).to_contain_text("first", timeout=DEADLINE_MS)


async def test_nothing_chosen_says_what_to_do(reader: Reader) -> None:
    await reader.open(place="compare")
    await expect(reader.page.locator(".ph-notice")).to_contain_text(
        words.NOTICES["nothing_to_compare"][0], timeout=DEADLINE_MS
    )
