"""What a page says when something went wrong and when the backend is gone, in either UI; all its sentences are tested
with the desk."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from backend.launch.child import ChildProcess
from backend.launch.server import serve_command
from evals.pages.page_target import START_S
from tests.ui.conftest import LoneUi
from tests.ui.reader import DEADLINE_MS, Reader

pytestmark = [pytest.mark.browser, pytest.mark.server]


async def test_an_error_says_what_happened_and_offers_retry(reader: Reader) -> None:
    await reader.open()
    await reader.choose_agent("An error in the middle of the answer")
    await reader.ask("Show me.")
    await reader.expect_status("Failed")
    await expect(reader.page.locator(".ph-notice").first).to_contain_text("The model's provider closed the connection")
    await reader.expect_text("Gaming brought")
    first = await reader.run_id()
    await reader.press("Retry")
    await reader.page.wait_for_url(lambda url: first not in url, timeout=DEADLINE_MS)
    await reader.expect_status("Failed")


async def test_a_limit_says_which_it_was_and_may_be_doubled(reader: Reader) -> None:
    await reader.open()
    await reader.choose_agent("A quiet tool")
    await reader.ask("Show me.")
    await reader.expect_status("Timed out")
    notice = reader.page.locator(".ph-notice").first
    await expect(notice).to_contain_text("The agent sent nothing for 1 s, so the run was ended.")
    await expect(notice).to_contain_text("“Wait longer” asks again with twice that limit.")
    await reader.press("Wait longer")
    await reader.expect_status("Completed")
    await reader.expect_text("It came back after the silence.")
    await expect(reader.button("Wait longer")).to_have_count(0)


async def test_a_backend_that_goes_and_comes_back(browser: Browser, lone_ui: LoneUi, tmp_path: Path) -> None:
    scenarios = Path(__file__).parent / "scenarios"
    command = serve_command(port=lone_ui.backend_port, data_dir=tmp_path / "data", scenarios_dir=scenarios)
    url = f"http://127.0.0.1:{lone_ui.backend_port}"
    context = await browser.new_context(viewport={"width": 1280, "height": 720}, bypass_csp=True)
    reader = Reader(await context.new_page(), lone_ui.url)
    await reader.open()
    await expect(reader.page.locator(".ph-notice")).to_contain_text("The backend is not answering")
    with ChildProcess("The backend", command) as process:
        await asyncio.to_thread(process.wait_until_ready, f"{url}/readyz", START_S)
        # The page picks up by itself: nobody reloads it.
        await expect(reader.page.locator(".ph-notice")).to_have_count(0, timeout=DEADLINE_MS)
        await reader.choose_agent("Endless")
        await reader.ask("Tell me everything.")
        await reader.expect_text("Paragraph 2 is here")
        process.kill()
        process.wait()
    await reader.expect_status("Reconnecting")
    await expect(reader.page.locator(".ph-notice")).to_contain_text("Everything received so far stays on screen")
    await reader.expect_text("Paragraph 2 is here")
    with ChildProcess("The backend", command) as process:
        await asyncio.to_thread(process.wait_until_ready, f"{url}/readyz", START_S)
        await reader.expect_status("Interrupted")
        await reader.expect_text("Paragraph 2 is here")
        await expect(reader.button("Continue")).to_be_visible()
    await context.close()
