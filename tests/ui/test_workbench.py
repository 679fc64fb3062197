"""The frame of the pages, in either UI: what is in a narrow window, and what moves while an answer is written."""

from contextlib import suppress
from typing import Any

import httpx2
import pytest
from playwright.async_api import TimeoutError as PlaywrightTimeoutError, expect

from tests.ui.reader import DEADLINE_MS, PLACES, READING, Reader
from tests.ui.runs import finished

pytestmark = [pytest.mark.browser, pytest.mark.server]

SMALLEST_TARGET_PX = 24
SAME_PX = 2
FAR_PX = 100_000
"""More than any answer is long."""

NARROW = """
(() => {
  const seen = (e) => e.checkVisibility({visibilityProperty: true, opacityProperty: true}) && e.getClientRects().length;
  // What is inside a sentence or a picture, or belongs to a larger target around it, is left out.
  const targets = [...document.querySelectorAll('button, select, textarea, summary, nav a, [role=tab]')].filter(seen);
  return {
    wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    small: targets.filter((e) => !e.closest('.ph-answer, [data-testid=stTooltipIcon], .tab-container.visually-hidden'))
      .map((e) => [e.getBoundingClientRect(), e.innerText || e.ariaLabel || e.id])
      .filter(([box]) => box.width > 1 && box.height > 1 && (box.width < SMALLEST || box.height < SMALLEST))
      .map(([box, text]) => `${text}: ${Math.round(box.width)} x ${Math.round(box.height)}`),
    fonts: [...document.querySelectorAll('textarea')].filter(seen).map((e) => parseFloat(getComputedStyle(e).fontSize))
      .filter((size) => size < 16),
  };
})()
""".replace("SMALLEST", str(SMALLEST_TARGET_PX))
"""What is wrong on a narrow page: pixels it is too wide, targets that are too small, and sizes of letters at which a
phone zooms into a field."""

NOTE_QUESTION = """
() => {
  const look = () => {
    const question = document.querySelector('.ph-question');
    if (!question?.checkVisibility()) { requestAnimationFrame(look); return; }
    const box = question.closest('#ph-reading, .st-key-ph-reading');
    window.asked = {below: question.getBoundingClientRect().top - box.getBoundingClientRect().top};
  };
  look();
}
"""
"""Notes how far a question is below the top when it shows: a second later the page follows the answer."""

MOVED = """
() => {
  const box = document.querySelector('#ph-reading, .st-key-ph-reading');
  return [box.scrollTop, document.documentElement.scrollTop, document.body.scrollTop];
}
"""


RESTS = """
async () => {
  const box = document.querySelector('#ph-reading, .st-key-ph-reading');
  for (let frames = 0, top = box.scrollTop; frames < 12; frames++) {
    await new Promise(requestAnimationFrame);
    if (box.scrollTop !== top) { top = box.scrollTop; frames = 0; }
  }
  return box.scrollTop;
}
"""
"""Where the reading place stands once the turn of a wheel is over, which a browser spreads over some frames."""

AT_THE_END = """
() => {
  const box = document.querySelector('#ph-reading, .st-key-ph-reading');
  return box.scrollHeight - box.clientHeight - box.scrollTop < 100;
}
"""


async def test_every_page_can_be_used_at_400_pixels(reader: Reader, backend: httpx2.Client) -> None:
    await reader.page.set_viewport_size({"width": 400, "height": 800})
    # Two, since Compare has a card only where a question was asked twice.
    for _ in range(2):
        await finished(backend, "scripted:brief", "Is this narrow?")
    for place in PLACES:
        await reader.open(place=place)
        await expect(reader.page.locator(".ph-card").filter(has_text="Is this narrow?").first).to_be_attached(
            timeout=DEADLINE_MS
        )
        for title in PLACES.values():
            link = reader.page.get_by_role("link", name=title, exact=True).filter(visible=True)
            await expect(link.first).to_be_in_viewport(ratio=1)
        assert (place, await settled(reader)) == (place, {"wider": 0, "small": [], "fonts": []})


async def settled(reader: Reader) -> dict[str, Any]:
    """What is wrong once the page has been drawn: nothing is, or it stays so for as long as a page may take."""
    with suppress(PlaywrightTimeoutError):
        await reader.page.wait_for_function(
            f"() => Object.values({NARROW}).every((each) => !each || each.length === 0)"
        )
    wrong: dict[str, Any] = await reader.page.evaluate(NARROW)
    return wrong


async def test_a_reader_at_the_end_is_followed_and_nothing_else_moves(reader: Reader) -> None:
    await reader.open()
    await reader.choose_agent("Endless")
    await reader.page.evaluate(NOTE_QUESTION)
    await reader.ask("Tell me everything.")
    latest = reader.page.get_by_role("button", name="Latest")
    noted = await reader.page.wait_for_function("() => window.asked", timeout=DEADLINE_MS)
    assert 0 <= await noted.evaluate("(asked) => asked.below") <= 100, "a new question is at the top"
    await expect(latest).to_be_hidden()
    box = await reader.page.locator(READING).first.bounding_box()
    assert box is not None

    await reader.expect_scrolled(400)
    await reader.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await reader.page.mouse.wheel(0, -300)
    await expect(latest).to_be_visible(timeout=DEADLINE_MS)
    left_at = await reader.page.evaluate(RESTS)
    _, most = await reader.scroll_position()
    await reader.expect_room(most + 200)
    moved = await reader.page.evaluate(MOVED)
    assert abs(moved[0] - left_at) <= SAME_PX
    assert moved[1:] == [0, 0], "the page itself does not scroll"

    await latest.click()
    await expect(latest).to_be_hidden()
    # Between two of the page's frames the answer may be a paragraph longer.
    await reader.page.wait_for_function(AT_THE_END, timeout=DEADLINE_MS)
    top, _ = await reader.scroll_position()
    await reader.expect_scrolled(top + 100)

    await reader.page.mouse.wheel(0, -FAR_PX)
    await expect(latest).to_be_visible(timeout=DEADLINE_MS)
    # A wheel moves by so much from where the place was: what the page had followed in the same frame is left over.
    await reader.page.evaluate(RESTS)
    await reader.page.mouse.wheel(0, -FAR_PX)
    await reader.page.wait_for_function(f"() => ({MOVED})()[0] === 0", timeout=DEADLINE_MS)
    _, most = await reader.scroll_position()
    await reader.expect_room(most + 200)
    assert (await reader.scroll_position())[0] == 0, "the beginning stays as well"
    await reader.press("Stop")
    await reader.expect_status("Stopped")
    await expect(reader.button("Retry")).to_be_visible(timeout=DEADLINE_MS)
    assert (await reader.scroll_position())[0] == 0, "the end of a run moves nothing"
