"""Every answer of a conversation keeps its line and its actions, in either UI."""

import httpx2
import pytest
from playwright.async_api import expect

from backend.present.words import ask as words_ask, people as words_people, run as words
from tests.ui.reader import DEADLINE_MS, Reader

pytestmark = [pytest.mark.browser, pytest.mark.server]


async def test_an_earlier_answer_is_rated_commented_and_shared(reader: Reader, backend: httpx2.Client) -> None:
    await reader.open()
    await reader.choose_agent("Brief")
    await reader.ask("What came first?")
    first = await reader.run_id()
    await reader.expect_status(words.OUTCOME_WORDS["completed"])
    await reader.ask("What came next?")
    turn = reader.page.locator(".ph-turn")
    await expect(turn.locator(".ph-turn-line")).to_contain_text("2 sources", timeout=DEADLINE_MS)
    await reader.expect_status(words.OUTCOME_WORDS["completed"])

    saved = reader.page.get_by_text(words_ask.FEEDBACK_KEPT).first
    await turn.get_by_role("button", name=words_ask.HELPFUL, exact=True).click()
    await expect(saved).to_be_visible(timeout=DEADLINE_MS)
    await turn.get_by_role("button", name=words_ask.COMMENT, exact=True).click()
    card = reader.page.get_by_role("dialog", name=words_people.COMMENTS_ON_RUN)
    await card.get_by_label(words_people.ON_RUN).fill("Well said.")
    await card.get_by_role("button", name=words_people.SEND_COMMENT).click()
    await expect(card.get_by_text("Well said.")).to_be_visible(timeout=DEADLINE_MS)
    await reader.page.keyboard.press("Escape")
    link = await reader.make_link(turn)
    given = backend.get(f"/v1/runs/{first}/feedback").json()["feedback"]
    assert [(item["thumb"], item["comment"]) for item in given] == [("up", ""), (None, "Well said.")]
    await expect(reader.button(words.ASK)).to_have_count(1)
    await reader.page.goto(link)
    await expect(reader.page.get_by_text("What came first?").first).to_be_visible(timeout=DEADLINE_MS)
