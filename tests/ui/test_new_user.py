"""What somebody does who has read nothing, by what is written on the page alone; asking an example is in test_ask."""

import re

import httpx2
import pytest
from playwright.async_api import expect

from tests.ui.reader import DEADLINE_MS, Reader
from tests.ui.runs import finished

pytestmark = [pytest.mark.browser, pytest.mark.server]


async def test_scrub_to_the_first_citation(reader: Reader, backend: httpx2.Client) -> None:
    page = reader.page
    question = "Where is the first citation?"
    await finished(backend, "scripted:brief", question, speed=1)
    await page.goto(reader.url)
    await page.get_by_role("link", name="Replay", exact=True).filter(visible=True).click(timeout=DEADLINE_MS)
    await page.get_by_role("combobox", name=re.compile("Run to replay")).first.click(timeout=DEADLINE_MS)
    await page.get_by_role("option", name=re.compile(re.escape(question))).first.click()
    await page.get_by_role("slider", name="Moment of the run").focus(timeout=DEADLINE_MS)
    for _ in range(120):
        if await page.get_by_text("It has ninety-six pages.").filter(visible=True).count():
            break
        await page.keyboard.press("ArrowRight")
        await expect(page.get_by_text(re.compile(r"(Event \d+ of|No event yet)")).first).to_be_visible()
    await expect(page.get_by_text("It has ninety-six pages.").filter(visible=True).first).to_be_visible(
        timeout=DEADLINE_MS
    )


async def test_compare_two_runs(reader: Reader, backend: httpx2.Client) -> None:
    page = reader.page
    for question, speed in (("Which one is slow?", 1), ("Which one is fast?", 8)):
        await finished(backend, "scripted:brief", question, speed=speed)
    await page.goto(reader.url)
    await page.get_by_role("link", name="Compare", exact=True).filter(visible=True).click(timeout=DEADLINE_MS)
    for label, question in (("First run", "Which one is slow?"), ("Second run", "Which one is fast?")):
        await page.get_by_role("combobox", name=re.compile(label)).first.click(timeout=DEADLINE_MS)
        await page.get_by_role("option", name=re.compile(re.escape(question))).first.click()
    table = page.get_by_role("table").filter(has_text="Difference").first
    await expect(table).to_contain_text("better", timeout=DEADLINE_MS)
