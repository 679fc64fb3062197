"""What a new user sets out to do, by what is written on the pages alone: seconds and clicks until it is done.

The script knows the way, so its clicks are the fewest that the pages allow; a person's wrong ones come on top. Each
task begins on the first screen of a fresh browser, in a wide and in a narrow window.
"""

import re
import time
from collections.abc import Awaitable, Callable

from playwright.async_api import Locator, ViewportSize, expect

from backend.present.words import history as words_history, pages as words_pages, replay as words_replay, run as words
from scripts.checks.stage import Finding, Stage
from tests.ui.reader import DEADLINE_MS, Reader
from tests.ui.runs import finished

WIDE = ViewportSize(width=1280, height=720)
NARROW = ViewportSize(width=400, height=800)
LONGEST_S = 30
PAST = "What did we ask yesterday?"


class Attempt:
    """One person at one task."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.page = reader.page
        self.clicks = 0

    async def click(self, element: Locator) -> None:
        """Press it, once it is there."""
        await element.filter(visible=True).first.click(timeout=DEADLINE_MS)
        self.clicks += 1

    async def card(self, title: str) -> None:
        """Press a card of the first screen."""
        await self.click(self.page.get_by_role("button", name=re.compile(re.escape(title))))

    async def see(self, element: Locator) -> None:
        """It shows."""
        await expect(element.filter(visible=True).first).to_be_visible(timeout=DEADLINE_MS)

    async def to_page(self, title: str) -> None:
        """Press the link of a page."""
        await self.click(self.page.get_by_role("link", name=title, exact=True))


async def ask(attempt: Attempt) -> None:
    """Ask an example and see its answer with a source."""
    await attempt.card(words.EXAMPLE_QUESTIONS[0])
    await attempt.see(attempt.page.locator(".ph-answer .ph-marker"))


async def stop(attempt: Attempt) -> None:
    """Begin the long answer and stop it."""
    await attempt.card("A long answer")
    await attempt.see(attempt.page.locator(".ph-answer"))
    await attempt.click(attempt.page.get_by_role("button", name=words.STOP, exact=True))
    await attempt.reader.expect_status(words.OUTCOME_WORDS["cancelled"])


async def find_the_late_citation(attempt: Attempt) -> None:
    """Have a citation come late and open its source."""
    await attempt.card("A late citation")
    await attempt.reader.expect_status(words.OUTCOME_WORDS["completed"])
    await attempt.click(attempt.page.locator(".ph-answer .ph-marker[data-number='2']"))
    await attempt.see(attempt.page.locator("#ph-source-2"))


async def scrub_to_the_first_token(attempt: Attempt) -> None:
    """From an ended run into Replay, and to the moment of its first token."""
    await attempt.card("A late citation")
    await attempt.reader.expect_status(words.OUTCOME_WORDS["completed"])
    await attempt.click(attempt.page.get_by_text(words_pages.OPEN_IN_REPLAY, exact=True))
    strip = attempt.page.get_by_role("slider", name=words_replay.SCRUBBER_LABEL).first
    await strip.focus(timeout=DEADLINE_MS)
    for _ in range(10):
        if "first token" in (await strip.get_attribute("aria-valuetext") or ""):
            return
        before = await strip.get_attribute("aria-valuetext") or ""
        await attempt.page.keyboard.press("ArrowRight")
        attempt.clicks += 1
        await expect(strip).not_to_have_attribute("aria-valuetext", before, timeout=DEADLINE_MS)
    raise AssertionError("ten steps, and the first token is not reached")


async def compare_two(attempt: Attempt) -> None:
    """Compare two runs that the page suggests."""
    await attempt.to_page("Compare")
    await attempt.click(attempt.page.locator("button.ph-card"))
    await attempt.see(attempt.page.get_by_role("table").filter(has_text="Difference"))


async def find_a_past_run(attempt: Attempt) -> None:
    """Find an earlier run by a word of its question, and open it."""
    await attempt.to_page("History")
    field = attempt.page.get_by_label(words_history.SEARCH_LABEL).first
    await field.fill("yesterday", timeout=DEADLINE_MS)
    await field.press("Enter")
    await attempt.click(attempt.page.locator("button, label").filter(has_text=PAST))
    await attempt.see(attempt.page.get_by_text(words_pages.OPEN_IN_REPLAY, exact=True))


TASKS: dict[str, Callable[[Attempt], Awaitable[None]]] = {
    "ask": ask,
    "stop": stop,
    "find the late citation": find_the_late_citation,
    "scrub to the first token": scrub_to_the_first_token,
    "compare two runs": compare_two,
    "find an earlier run": find_a_past_run,
}


async def check(stage: Stage) -> list[Finding]:
    """Every task in both windows."""
    async with stage.backend() as backend:
        await finished(backend, "scripted:happy_path", PAST)
        await finished(backend, "scripted:late_citation", PAST)
    findings = []
    for window in (WIDE, NARROW):
        for name, task in TASKS.items():
            async with stage.reader(window) as reader:
                attempt = Attempt(reader)
                await reader.page.goto(stage.url)
                await expect(reader.page.get_by_label(words.QUESTION_LABEL).first).to_be_visible(timeout=DEADLINE_MS)
                began = time.monotonic()
                about, goal = f"task at {window['width']} px: {name}", f"<= {LONGEST_S} s"
                try:
                    await task(attempt)
                except AssertionError as error:
                    findings.append(Finding(about, " ".join(str(error).split())[:200], goal, met=False))
                    continue
                took_s = time.monotonic() - began
                clicks = "1 click" if attempt.clicks == 1 else f"{attempt.clicks} clicks"
                findings.append(Finding(about, f"{took_s:.1f} s, {clicks}", goal, took_s <= LONGEST_S))
    return findings
