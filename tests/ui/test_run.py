"""One run in either UI: seen live, stopped, reloaded, failed, scrolled."""

import asyncio
import re
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import expect

from backend.client.run_client import RunClient
from tests.ui.reader import DEADLINE_MS, READING, WATCH_THE_ANSWER, Reader

pytestmark = [pytest.mark.browser, pytest.mark.server]

QUESTION = "Is NVIDIA's customer concentration risk rising?"


def start(backend: httpx2.Client, agent: str, **options: Any) -> str:
    """A run started elsewhere: by a colleague, or in another tab."""
    body = {"question": f"Please play {agent}.", "agent": agent, "options": options}
    run_id: str = backend.post("/v1/runs", json=body).raise_for_status().json()["run_id"]
    return run_id


def run(backend: httpx2.Client, run_id: str) -> dict[str, Any]:
    """What the backend keeps of a run."""
    answer: dict[str, Any] = backend.get(f"/v1/runs/{run_id}").raise_for_status().json()
    return answer


async def ended(backend: httpx2.Client, run_id: str) -> dict[str, Any]:
    """The run once it is over: its stream closes after ``done`` and not before."""
    await asyncio.to_thread(backend.get, f"/v1/runs/{run_id}/events", timeout=DEADLINE_MS / 1000)
    return run(backend, run_id)


async def test_first_screen_explains_itself_and_fits(reader: Reader, picture_folder: Path) -> None:
    await reader.open()
    await expect(reader.page.get_by_text("watch the agent work")).to_be_visible()
    await expect(reader.page.get_by_role("button", name=re.compile(r"\?$"))).to_have_count(3)
    height = await reader.page.evaluate("document.documentElement.scrollHeight")
    assert height <= 720
    await reader.page.screenshot(path=picture_folder / f"first-{reader.url.rsplit(':', 1)[1].strip('/')}.png")


async def test_the_documents_agent_answers_with_evidence(reader: Reader, picture_folder: Path) -> None:
    await reader.open()
    await reader.ask(QUESTION)
    await reader.expect_status("Completed")
    await expect(reader.page.locator(".ph-step--finished")).to_have_count(3)
    await expect(reader.page.locator(".js-plotly-plot svg.main-svg").first).to_be_visible(timeout=DEADLINE_MS)
    await expect(reader.page.locator(".ph-warning").first).to_be_visible()
    sources = reader.page.locator(".ph-source")
    assert await sources.count() >= 3
    assert re.search(r"\d{10}-\d\d-\d{6}", await sources.first.inner_text()), "a source names its accession number"
    assert re.search(r"20\d\d-\d\d-\d\d", await sources.first.inner_text()), "a source names its date"
    assert await sources.first.locator("a[href^='https://']").count() >= 1
    await expect(reader.page.locator(".ph-marker--pending")).to_have_count(0)
    await reader.page.screenshot(path=picture_folder / f"answer-{reader.url.rsplit(':', 1)[1].strip('/')}.png")


async def test_a_marker_leads_to_its_source(reader: Reader, backend: httpx2.Client) -> None:
    run_id = start(backend, "scripted:happy_path", speed=0)
    await ended(backend, run_id)
    await reader.open(run_id)
    await reader.expect_status("Completed")
    marker = reader.page.locator("a.ph-marker").first
    number = await marker.inner_text()
    await marker.click()
    await expect(reader.page.locator(f".ph-source[data-number='{number}']:target")).to_be_in_viewport()
    assert len(reader.page.context.pages) == 1


async def test_a_half_typed_marker_never_shows(reader: Reader) -> None:
    await reader.open()
    await reader.page.evaluate(WATCH_THE_ANSWER)
    await reader.choose_agent("Steady")
    await reader.ask("Show me.")
    await reader.expect_status("Completed")
    seen: list[str] = await reader.page.evaluate("[...window.seen]")
    assert len(seen) > 10, "the answer was seen growing"
    assert [text for text in seen if re.search(r"\[\d*\]?\s*$", text)] == []


async def test_stop_cancels_the_run_and_keeps_the_partial_answer(reader: Reader, backend: httpx2.Client) -> None:
    await reader.open()
    await reader.choose_agent("Endless")
    await reader.ask("Tell me everything.")
    await reader.expect_text("Paragraph 2 is here")
    await reader.page.get_by_role("button", name="Stop", exact=True).click()
    await reader.expect_status("Stopped")
    kept = await ended(backend, await reader.run_id())
    assert kept["outcome"] == "cancelled"
    assert kept["view"]["stream"]["partial"] is True
    assert await reader.answer_text() == " ".join(kept["view"]["message"]["answer"].split())
    await expect(reader.page.get_by_role("button", name="Retry", exact=True)).to_be_visible()


async def test_a_reload_in_the_middle_goes_on_without_duplicates(reader: Reader, backend: httpx2.Client) -> None:
    await reader.open()
    await reader.choose_agent("Steady")
    await reader.ask("Tell me everything.")
    await reader.expect_text("Paragraph 2 is here")
    run_id = await reader.run_id()
    await reader.page.reload()
    await reader.expect_status("Completed")
    answer = run(backend, run_id)["view"]["message"]["answer"]
    assert await reader.answer_text() == " ".join(answer.replace(" [1]", " 1").split())


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


async def test_an_error_says_what_happened_and_offers_retry(reader: Reader) -> None:
    await reader.open()
    await reader.choose_agent("An error in the middle of the answer")
    await reader.ask("Show me.")
    await reader.expect_status("Failed")
    await expect(reader.page.locator(".ph-notice").first).to_contain_text("The model's provider closed the connection")
    assert "Gaming brought" in await reader.answer_text()
    await reader.page.get_by_role("button", name="Retry", exact=True).click()
    await expect(reader.page.locator(".ph-status-text")).not_to_have_text("Failed", timeout=DEADLINE_MS)
    await reader.expect_status("Failed")


async def test_a_reader_who_scrolls_up_stays_there(reader: Reader) -> None:
    await reader.open()
    await reader.choose_agent("Endless")
    await reader.ask("Tell me everything.")
    await reader.expect_text("Paragraph 12 is here")
    at, most = await reader.scroll_position()
    assert at > 0, "until then the page follows the answer"
    box = await reader.page.locator(READING).first.bounding_box()
    assert box is not None
    await reader.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    async with asyncio.timeout(DEADLINE_MS / 1000):
        # As a person does: turn the wheel until the beginning is there.
        while (await reader.scroll_position())[0] > 0:
            await reader.page.mouse.wheel(0, -3000)
    await reader.expect_text("Paragraph 24 is here")
    top, grown = await reader.scroll_position()
    assert grown > most
    assert top == 0
    await reader.page.get_by_role("button", name="Stop", exact=True).click()
    await reader.expect_status("Stopped")
    assert (await reader.scroll_position())[0] == 0


async def test_every_script_there_is_arrives_whole(reader: Reader, backend: httpx2.Client) -> None:
    run_id = start(backend, "scripted:unicode", speed=0)
    await ended(backend, run_id)
    await reader.open(run_id)
    await reader.expect_status("Completed")
    shown = await reader.answer_text()
    answer = run(backend, run_id)["view"]["message"]["answer"]
    for word in re.findall(r"[\u0590-\u06ff\u4e00-\u9fff]{2,}", answer):
        assert word in shown


async def test_an_unknown_run_gets_a_designed_page(reader: Reader) -> None:
    await reader.open("run_that-never-was")
    await expect(reader.page.locator(".ph-notice")).to_contain_text("not known", timeout=DEADLINE_MS)


async def test_an_empty_question_is_answered_in_a_sentence(reader: Reader) -> None:
    await reader.open()
    await reader.page.get_by_role("button", name="Ask", exact=True).click()
    await expect(reader.page.locator(".ph-notice")).to_contain_text("Write a question first.", timeout=DEADLINE_MS)
