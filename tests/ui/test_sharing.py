"""Several people and several pages, in either UI: who sees which run."""

import asyncio
import re
from contextlib import aclosing

import httpx2
import pytest
from playwright.async_api import Browser, Route, expect

from backend.client.run_client import RunClient
from backend.present.words import (
    ask as words_ask,
    history as words_history,
    pages as words_pages,
    people as words_people,
    run as words,
)
from tests.ui.reader import DEADLINE_MS, Reader
from tests.ui.runs import run, start

pytestmark = [pytest.mark.browser, pytest.mark.server]

FIELD_HOLDS_NO_MORE = """
(text) => ![...document.querySelectorAll('textarea')].some((field) => field.checkVisibility() && field.value === text)
"""


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
            if event.seq > left_at + 20:
                break
    assert run(backend, run_id)["outcome"] is None
    backend.post(f"/v1/runs/{run_id}/cancel").raise_for_status()


async def test_many_tabs_of_one_browser_follow_a_run_and_each_can_stop_it(
    reader: Reader, backend: httpx2.Client, ui_name: str
) -> None:
    # More than the six HTTP connections that a browser opens to one server. Streamlit's pages need none: WebSockets
    # are not counted among them.
    more = 6 if ui_name == "ui_gradio" else 1
    run_id = start(backend, "scripted:patient")
    tabs = [reader, *[Reader(await reader.page.context.new_page(), reader.url) for _ in range(more)]]
    for tab in tabs:
        await tab.open(run_id)
        await tab.expect_text("w1 ")
        await expect(tab.button("Stop")).to_be_visible(timeout=DEADLINE_MS)
    assert run(backend, run_id)["outcome"] is None
    await tabs[-1].press("Stop")
    for tab in tabs:
        await tab.page.bring_to_front()
        await tab.expect_status("Stopped")
        await expect(tab.button("Retry")).to_be_visible(timeout=DEADLINE_MS)
        assert tab.complaints == []


@pytest.mark.parametrize("ui_name", ["ui_gradio"], indirect=True)
async def test_stop_comes_with_the_first_text_and_not_by_a_later_request(
    reader: Reader, backend: httpx2.Client
) -> None:
    run_id = start(backend, "scripted:patient")
    # A page that opens asks for its run and, at the same time, for the latest runs of its first screen.
    opening, answered = iter(range(2)), asyncio.Event()

    async def answer_the_opening(route: Route) -> None:
        if next(opening, None) is None:
            await answered.wait()
        await route.continue_()

    await reader.page.route("**/queue/join*", answer_the_opening)
    await reader.open(run_id)
    await reader.expect_text("w1 ")
    await expect(reader.button("Stop")).to_be_visible(timeout=DEADLINE_MS)
    await expect(reader.button("Ask")).to_be_hidden()
    answered.set()
    await reader.press("Stop")
    await reader.expect_status("Stopped")
    await expect(reader.button("Ask")).to_be_visible(timeout=DEADLINE_MS)


async def test_two_people_never_see_each_others_runs(reader: Reader, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 1280, "height": 720}, bypass_csp=True)
    other = Reader(await context.new_page(), reader.url)
    await reader.open()
    await other.open()
    await reader.choose_agent("Endless")
    await reader.ask("Tell me everything.")
    await reader.expect_text("Paragraph 2 is here")
    # Nothing of the first one's run is on the second one's page, neither now nor once that one asks as well.
    assert await other.answer_text() == ""
    await other.choose_agent("Brief")
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


async def test_a_shared_run_is_followed_live_and_can_only_be_read(
    reader: Reader, browser: Browser, backend: httpx2.Client
) -> None:
    await reader.open()
    await reader.choose_agent("Endless")
    await reader.ask("Tell me everything.")
    await reader.expect_text("Paragraph 2 is here")
    link = await reader.make_link()
    assert re.search(r"[?&]share=share_", link)
    run_id = await reader.run_id()

    context = await browser.new_context(viewport={"width": 1280, "height": 720}, bypass_csp=True)
    guest = Reader(await context.new_page(), reader.url)
    await guest.page.goto(link)
    await guest.expect_text("Paragraph 2 is here")
    await expect(guest.page.get_by_text(words_ask.SHARED_TITLE).first).to_be_visible()
    await expect(guest.page.get_by_text(words_ask.SHARED_RIGHTS["view"]).first).to_be_visible()
    for label in (words.ASK, words.STOP, words.RETRY, words_ask.HELPFUL, words_ask.COMMENT, words_pages.SHARE):
        await expect(guest.button(label)).to_have_count(0)
    await expect(guest.page.get_by_label("Question").filter(visible=True)).to_have_count(0)
    assert run_id not in await guest.page.content(), "a link for reading does not tell the run's own id"
    later = await guest.page.locator(".ph-answer").count()
    await expect(guest.page.locator(".ph-answer").nth(later + 3)).to_be_attached(timeout=DEADLINE_MS)

    # Escape is for whoever may stop it.
    await guest.page.keyboard.press("Escape")
    later = await guest.page.locator(".ph-answer").count()
    await expect(guest.page.locator(".ph-answer").nth(later + 1)).to_be_attached(timeout=DEADLINE_MS)
    backend.post(f"/v1/runs/{run_id}/cancel").raise_for_status()
    await reader.expect_status("Stopped")
    await guest.expect_status("Stopped")
    await expect(guest.page.get_by_role("link", name=words_pages.OPEN_IN_REPLAY).first).to_be_visible()
    assert guest.complaints == []
    await context.close()


async def test_feedback_is_kept_with_the_run_and_listed_the_newest_first(
    reader: Reader, backend: httpx2.Client
) -> None:
    await reader.open()
    await reader.choose_agent("Brief")
    await reader.ask("What is brief?")
    await reader.expect_status("Completed")
    run_id = await reader.run_id()
    await reader.press(words_ask.HELPFUL)
    await expect(reader.page.get_by_text(words_ask.FEEDBACK_KEPT).first).to_be_visible(timeout=DEADLINE_MS)
    await reader.press(words_ask.COMMENT)
    card = reader.page.get_by_role("dialog", name=words_people.COMMENTS_ON_RUN)
    await card.get_by_label(words_people.ON_RUN).fill("=Good")
    await card.get_by_role("button", name=words_people.SEND_COMMENT).click()
    # A comment stays in its field until it is kept.
    await reader.page.wait_for_function(FIELD_HOLDS_NO_MORE, arg="=Good", timeout=DEADLINE_MS)
    given = backend.get(f"/v1/runs/{run_id}/feedback").json()["feedback"]
    assert {(item["thumb"], item["comment"]) for item in given} == {("up", ""), (None, "=Good")}
    assert all(item["by"]["name"].startswith("Guest ") for item in given)
    await reader.open(place="history")
    await reader.choose(words_history.FEEDBACK_TAB)
    newest = reader.page.locator(".ph-remark").filter(visible=True).first
    await expect(newest).to_contain_text("=Good", timeout=DEADLINE_MS)
