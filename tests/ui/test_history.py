"""History, in either UI: runs found again, kept, shared, and taken away."""

import uuid
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import expect

from backend.present.words import history as words_history, pages as words_pages
from tests.ui.reader import DEADLINE_MS, Reader
from tests.ui.runs import finished

pytestmark = [pytest.mark.browser, pytest.mark.server]


def own_words() -> str:
    """A question that no other test asked."""
    return f"What is {uuid.uuid4().hex[:12]}?"


async def test_a_run_is_found_saved_and_opened_in_replay(
    reader: Reader, backend: httpx2.Client, tmp_path: Path
) -> None:
    wanted, other = own_words(), own_words()
    run_id = await finished(backend, "scripted:brief", wanted)
    await finished(backend, "scripted:brief", other)
    await reader.open(place="history")
    await expect(reader.page.get_by_text(other).filter(visible=True).first).to_be_visible(timeout=DEADLINE_MS)
    await reader.search("nothing-has-this-in-it")
    await expect(reader.page.locator(".ph-notice")).to_be_visible(timeout=DEADLINE_MS)
    await reader.search(wanted)
    await expect(reader.page.get_by_text(wanted).filter(visible=True).first).to_be_visible(timeout=DEADLINE_MS)
    await expect(reader.page.get_by_text(other).filter(visible=True)).to_have_count(0)
    await reader.select_run(wanted)
    async with reader.page.expect_download(timeout=DEADLINE_MS) as waiting:
        await reader.press(words_pages.SAVE_RECORDING)
    saved = tmp_path / "run.jsonl"
    await (await waiting.value).save_as(saved)
    assert saved.read_bytes() == backend.get(f"/v1/runs/{run_id}/recording").content
    await reader.page.get_by_role("link", name=words_pages.OPEN_IN_REPLAY).filter(visible=True).first.click()
    await reader.page.wait_for_url(f"**/replay?run={run_id}*", timeout=DEADLINE_MS)
    await reader.expect_moment()


async def test_a_run_chosen_in_a_narrow_window_shows_its_actions_over_the_list(
    reader: Reader, backend: httpx2.Client
) -> None:
    for _ in range(8):
        await finished(backend, "scripted:brief", own_words())
    wanted = own_words()
    await finished(backend, "scripted:brief", wanted)
    await reader.page.set_viewport_size({"width": 400, "height": 800})
    await reader.open(place="history")
    await reader.select_run(wanted)
    for name in (words_pages.SHARE, words_history.DELETE_RUN):
        await expect(reader.button(name)).to_be_in_viewport(ratio=1, timeout=DEADLINE_MS)


async def test_a_run_is_deleted_once_that_is_confirmed(reader: Reader, backend: httpx2.Client) -> None:
    wanted = own_words()
    run_id = await finished(backend, "scripted:brief", wanted)
    await reader.open(place="history")
    await reader.search(wanted)
    await reader.select_run(wanted)
    await reader.press(words_history.DELETE_RUN)
    await reader.press(words_history.KEEP)
    await expect(reader.button(words_history.DELETE)).to_be_hidden(timeout=DEADLINE_MS)
    assert backend.get(f"/v1/runs/{run_id}").status_code == 200
    await reader.press(words_history.DELETE_RUN)
    await reader.press(words_history.DELETE)
    await expect(reader.page.locator(".ph-notice")).to_be_visible(timeout=DEADLINE_MS)
    assert backend.get(f"/v1/runs/{run_id}").status_code == 404
