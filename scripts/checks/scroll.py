"""A minute's answer at 100 events a second: what is followed, and what must not move."""

from playwright.async_api import expect

from scripts.checks.stage import Finding, Stage
from tests.ui.reader import DEADLINE_MS, READING
from tests.ui.test_workbench import MOVED, NOTE_QUESTION

ANSWER_S = 60
AGENT = "A minute"
SCENARIO = """title: A minute
description: Sixty seconds of paragraphs at a hundred token events a second.
question: What takes a minute?
rate: 100
timeline:
  - start: summarizing
  - repeat: 240
    do:
      - say: "Paragraph ${n} is here to be read while more of them keep coming, one after the other, word by word, to the end.\\n\\n"
"""  # noqa: E501


async def check(stage: Stage) -> list[Finding]:
    """Follow, leave at 5 s, stay until the end."""
    async with stage.reader() as reader:
        page = reader.page
        await reader.open()
        await reader.choose_agent(AGENT)
        await page.evaluate(NOTE_QUESTION)
        await reader.ask("Tell me for a minute.")
        noted = await page.wait_for_function("() => window.asked", timeout=DEADLINE_MS)
        below = await noted.evaluate("(asked) => asked.below")
        await reader.expect_scrolled(400)
        top, most = await reader.scroll_position()
        followed = most - top
        box = await page.locator(READING).first.bounding_box()
        if box is None:
            raise ValueError("there is no reading place on the page")
        await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        await page.mouse.wheel(0, -300)
        latest = page.get_by_role("button", name="Latest")
        await expect(latest).to_be_visible(timeout=DEADLINE_MS)
        left_at, _ = await reader.scroll_position()
        await reader.expect_status("Completed", within_ms=3 * ANSWER_S * 1000)
        await page.wait_for_timeout(1000)
        moved = await page.evaluate(MOVED)
        drift = abs(moved[0] - left_at)
        await latest.click()
        await page.wait_for_timeout(500)
        top, most = await reader.scroll_position()
    return [
        Finding("scroll: a new question below the top", f"{below:.0f} px", "within 100 px", 0 <= below <= 100),
        Finding(
            "scroll: a reader at the end is followed", f"{followed:.0f} px from the end", "< 100 px", followed < 100
        ),
        Finding("scroll: who left moves until and after the end", f"{drift:.1f} px", "<= 2 px", drift <= 2),
        Finding("scroll: the page itself moves", f"{max(moved[1:]):.0f} px", "0 px", max(moved[1:]) == 0),
        Finding("scroll: Latest leads to the end", f"{most - top:.0f} px from it", "< 100 px", most - top < 100),
    ]
