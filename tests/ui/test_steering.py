"""A person steers a run on the page, in either UI: paused and resumed, by keyboard too, and stopped while paused."""

import asyncio

import httpx2
import pytest
from playwright.async_api import expect

from tests.ui.reader import DEADLINE_MS, Reader
from tests.ui.runs import DEADLINE_S, run, start

pytestmark = [pytest.mark.browser, pytest.mark.server]


ELAPSED_IS_THAT_OF_THE_STRIP = """
() => {
  const counted = document.querySelector('.ph-metrics .ph-ticking'), drawn = document.querySelector('.ph-strip-head');
  if (!counted || !drawn) return false;
  const seconds = Number(getComputedStyle(counted).getPropertyValue('--ph-seconds'));
  const strip = Number(/([\\d.]+) s$/.exec(drawn.textContent.trim())?.[1]);
  return strip > 6 && (Math.abs(seconds + 0.5 - strip) < 1.2 || `${seconds} and ${strip}`);
}
"""
"""What both clocks of a page show, once the run has been watched for a while."""


async def activity(backend: httpx2.Client, run_id: str) -> str:
    """What the run does, as the backend has it."""
    found: str = (await asyncio.to_thread(run, backend, run_id))["view"]["stream"]["activity"]
    return found


async def test_a_run_is_paused_resumed_and_stopped_while_it_is_paused(reader: Reader, backend: httpx2.Client) -> None:
    run_id = start(backend, "scripted:patient")
    await reader.open(run_id)
    clocks = await reader.page.wait_for_function(ELAPSED_IS_THAT_OF_THE_STRIP, timeout=DEADLINE_MS)
    assert await clocks.json_value() is True
    await reader.press("Pause")
    await reader.expect_status("Paused")
    assert await activity(backend, run_id) == "paused"
    await expect(reader.button("Pause")).to_have_count(0)
    answer = " ".join(run(backend, run_id)["view"]["message"]["answer"].split())
    await reader.expect_answer(answer)
    await reader.page.reload()
    # Without a mouse, and from a page that finds the run paused.
    await expect(reader.button("Resume")).to_be_visible(timeout=DEADLINE_MS)
    await reader.expect_answer(answer)
    await reader.tab_to(reader.button("Resume"))
    await reader.page.keyboard.press("Enter")
    await reader.expect_status("Writing the answer")
    await expect(reader.button("Pause")).to_be_visible(timeout=DEADLINE_MS)
    await reader.press("Pause")
    await reader.expect_status("Paused")
    await reader.press("Stop")
    await reader.expect_status("Stopped", within_ms=DEADLINE_S * 1000)
    ended = run(backend, run_id)["view"]["stream"]
    assert (ended["outcome"], ended["paused_ms"] > 0) == ("cancelled", True)
    await expect(reader.button("Resume")).to_have_count(0)


async def write(reader: Reader, text: str) -> None:
    """Write in the question's field while a run works."""
    await reader.page.get_by_label("Question").first.fill(text)


async def test_what_is_written_meanwhile_is_asked_after_the_run_and_the_page_follows_it(
    reader: Reader, backend: httpx2.Client
) -> None:
    run_id = start(backend, "scripted:patient", "First?")
    await reader.open(run_id)
    await reader.expect_text("w1")
    await expect(reader.button("After this")).to_have_count(0)
    await write(reader, "Second?")
    await expect(reader.button("After this")).to_be_visible(timeout=DEADLINE_MS)
    await expect(reader.button("Now")).to_have_count(0)
    # Enter leads to the choice, and the next one sends; neither presses Stop.
    await reader.page.get_by_label("Question").first.press("Enter")
    await expect(reader.button("After this")).to_be_focused()
    await reader.page.keyboard.press("Enter")
    messages = reader.page.locator(".ph-sent-message")
    await expect(messages).to_contain_text("it is asked when this run ends", timeout=DEADLINE_MS)
    await expect(reader.page.get_by_label("Question").first).to_have_value("")
    await write(reader, "Third?")
    await reader.press("After this")
    await expect(messages).to_have_count(2, timeout=DEADLINE_MS)
    await messages.filter(has_text="Third?").get_by_role("button", name="Withdraw").click()
    await expect(messages.filter(has_text="Third?")).to_contain_text("Withdrawn", timeout=DEADLINE_MS)
    await reader.press("Stop")
    await expect(reader.page.locator("#ph-asked, .st-key-ph-turn").first).to_contain_text(
        "Second?", timeout=DEADLINE_MS
    )
    await reader.page.wait_for_url(lambda url: run_id not in url, timeout=DEADLINE_MS)
    await expect(reader.page.locator(".ph-turns")).to_contain_text("First?")
    await reader.expect_status("Writing the answer")
    await reader.press("Stop")
    await reader.expect_status("Stopped")
    session = backend.get(f"/v1/sessions/{run(backend, run_id)['session_id']}").json()
    assert [one["question"] for one in session["runs"]] == ["First?", "Second?"]


async def test_a_message_is_read_at_a_step_and_one_that_is_not_read_comes_back(
    reader: Reader, backend: httpx2.Client
) -> None:
    run_id = start(backend, "scripted:listening")
    await reader.open(run_id)
    await expect(reader.page.locator(".ph-step").first).to_be_visible(timeout=DEADLINE_MS)
    await write(reader, "Only 2024.")
    await reader.press("Now")
    await expect(reader.page.locator(".ph-sent-message")).to_contain_text(
        "The agent read it at “Part", timeout=DEADLINE_MS
    )
    await reader.expect_text("I heard: Only 2024.")
    await reader.press("Stop")
    await reader.expect_status("Stopped")
    run_id = start(backend, "scripted:absent")
    await reader.open(run_id)
    await reader.expect_text("w1")
    await write(reader, "Only 2025.")
    await reader.press("Now")
    message, field = reader.page.locator(".ph-sent-message"), reader.page.get_by_label("Question").first
    await expect(message).to_contain_text("before its next step", timeout=DEADLINE_MS)
    await expect(field).to_have_value("")
    await write(reader, "And this.")
    await reader.press("Stop")
    await expect(message).to_contain_text("Returned to your field", timeout=DEADLINE_MS)
    await expect(field).to_have_value("Only 2025.\nAnd this.")
