"""Everything by keyboard alone, in either UI."""

import httpx2
import pytest
from playwright.async_api import expect

from backend.present.words import pages as words_pages, run as words
from tests.ui.reader import DEADLINE_MS, Reader
from tests.ui.runs import ended, finished

pytestmark = [pytest.mark.browser, pytest.mark.server]


async def test_enter_asks_escape_stops_and_what_is_typed_meanwhile_stays(
    reader: Reader, backend: httpx2.Client
) -> None:
    await reader.open()
    await reader.choose_agent("Endless")
    field = reader.page.get_by_label(words.QUESTION_LABEL).filter(visible=True).first
    await field.focus()
    await reader.page.keyboard.type("Tell me everything.")
    await reader.page.keyboard.press("Enter")
    await reader.expect_text("Paragraph 2 is here")
    await expect(reader.button(words.STOP)).to_be_visible()
    await field.focus()
    await reader.page.keyboard.type("What next?")
    await reader.page.keyboard.press("Enter")
    await reader.leave_fields()
    await reader.page.keyboard.press("Escape")
    await reader.expect_status("Stopped")
    await expect(reader.button(words.ASK)).to_be_visible(timeout=DEADLINE_MS)
    await expect(field).to_have_value("What next?")
    await expect(reader.page.locator(".ph-question")).to_have_text("Tell me everything.")
    assert (await ended(backend, await reader.run_id()))["outcome"] == "cancelled"


async def test_what_is_typed_on_at_once_is_a_question_of_its_own(reader: Reader, backend: httpx2.Client) -> None:
    await reader.open()
    await reader.choose_agent("Endless")
    field = reader.page.get_by_label(words.QUESTION_LABEL).filter(visible=True).first
    await field.focus()
    await reader.page.keyboard.type("Tell me everything.")
    await reader.page.keyboard.press("Enter")
    await reader.page.keyboard.type("What next?")
    await expect(field).to_have_value("What next?")
    await reader.expect_text("Paragraph 2 is here")
    await reader.leave_fields()
    await reader.page.keyboard.press("Escape")
    await reader.expect_status("Stopped")
    await expect(field).to_have_value("What next?")
    await expect(reader.page.locator(".ph-question")).to_have_text("Tell me everything.")
    assert (await ended(backend, await reader.run_id()))["question"] == "Tell me everything."


async def test_markers_logs_and_replay_open_without_a_mouse(reader: Reader, backend: httpx2.Client) -> None:
    run_id = await finished(backend, "scripted:brief")
    await reader.open(run_id)
    await reader.expect_status("Completed")
    marker = reader.page.locator("a.ph-marker").first
    await reader.tab_to(marker)
    await expect(reader.page.get_by_role("tooltip")).to_contain_text("It has ninety-six pages.")
    await reader.page.keyboard.press("Escape")
    await expect(reader.page.get_by_role("tooltip")).to_be_hidden()
    await reader.page.keyboard.press("Enter")
    await reader.expect_led_to("#ph-source-1")
    await reader.page.get_by_role("tab", name="Sources").focus()
    await reader.page.keyboard.press("Home")
    await expect(reader.page.get_by_role("tab", name="Steps")).to_be_focused()
    log = reader.page.locator("details.ph-tool").filter(has_text="Result").first
    await expect(log.locator("summary")).to_be_visible()
    await log.locator("summary").focus()
    await reader.page.keyboard.press("Enter")
    await expect(log.locator("pre").last).to_contain_text("96")
    await expect(log.locator("pre").last).to_be_visible()
    await reader.page.get_by_role("link", name=words_pages.OPEN_IN_REPLAY).filter(visible=True).first.focus()
    await reader.page.keyboard.press("Enter")
    await reader.page.wait_for_url(f"**/replay?run={run_id}*", timeout=DEADLINE_MS)
    await reader.expect_moment()


async def test_what_happens_is_read_out(reader: Reader) -> None:
    await reader.open()
    await reader.page.evaluate(
        "window.said = []; new MutationObserver(() => {"
        "  const text = document.querySelector('#ph-live-region')?.textContent;"
        "  if (text && text !== window.said.at(-1)) window.said.push(text);"
        "}).observe(document.body, {childList: true, subtree: true, characterData: true})"
    )
    await reader.choose_agent("Endless")
    await reader.ask("Tell me everything.")
    # The activity lasts until it is stopped, so that a slow page has its time to say it.
    await reader.page.wait_for_function("() => window.said.includes('Writing the answer.')")
    await reader.expect_text("Paragraph 2 is here")
    await reader.press("Stop")
    await reader.page.wait_for_function("() => window.said.at(-1)?.startsWith('Stopped')")
    await reader.choose_agent("Brief")
    await reader.ask("What is brief?")
    await reader.expect_status("Completed")
    await reader.page.wait_for_function("() => window.said.at(-1)?.startsWith('Completed')")
    said = await reader.page.evaluate("window.said.slice(window.said.findIndex((text) => text.startsWith('Stopped')))")
    assert len(await reader.page.evaluate("window.said")) - len(said) <= 4, "the answer's words are not read out"
    assert len(said) <= 9, "an activity is read out when it changes"
