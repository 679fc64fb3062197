"""Several people and several pages, in either UI: who sees which run."""

import asyncio
from contextlib import aclosing

import httpx2
import pytest
from playwright.async_api import Browser, expect

from backend.client.run_client import RunClient
from tests.ui.reader import DEADLINE_MS, Reader
from tests.ui.runs import run, start

pytestmark = [pytest.mark.browser, pytest.mark.server]


async def test_leaving_the_page_cancels_nothing(reader: Reader, backend: httpx2.Client) -> None:
    await reader.open()
    await reader.choose_agent("Endless")
    await reader.ask("Tell me everything.")
    await reader.expect_text("Paragraph 2 is here")
    run_id = await reader.run_id()
    await reader.page.goto("about:blank")
    left_at = run(backend, run_id)["last_seq"]
    async with asyncio.timeout(DEADLINE_MS / 1000), aclosing(RunClient(str(backend.base_url)).follow(run_id)) as events:
        async for event in events:
            if event.seq > left_at + 50:
                break
    assert run(backend, run_id)["outcome"] is None
    backend.post(f"/v1/runs/{run_id}/cancel").raise_for_status()


async def test_two_tabs_follow_one_run(reader: Reader, backend: httpx2.Client) -> None:
    run_id = start(backend, "scripted:steady")
    await reader.open(run_id)
    other = Reader(await reader.page.context.new_page(), reader.url)
    await other.open(run_id)
    for tab in (reader, other):
        await tab.expect_status("Completed")
    assert await reader.answer_text() == await other.answer_text()


async def test_two_people_never_see_each_others_runs(reader: Reader, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 1280, "height": 720})
    other = Reader(await context.new_page(), reader.url)
    await reader.open()
    await other.open()
    await reader.choose_agent("Endless")
    await reader.ask("Tell me everything.")
    await reader.expect_text("Paragraph 2 is here")
    # Nothing of the first one's run is on the second one's page, neither now nor once that one asks as well.
    assert await other.answer_text() == ""
    await other.choose_agent("Happy path")
    await other.ask("Another question.")
    await other.expect_status("Completed")
    assert "Paragraph" not in await other.answer_text()
    assert await other.run_id() != await reader.run_id()
    await expect(reader.page.locator(".ph-question")).to_have_text("Tell me everything.")
    # Only the one who asked can stop it from where they are.
    await expect(other.button("Stop")).to_have_count(0)
    await reader.press("Stop")
    await reader.expect_status("Stopped")
    await other.expect_status("Completed")
    assert other.complaints == []
    await context.close()
