"""The actions of a person on the Ask page of either UI, by the words on it: the pages differ in widgets, not in
words."""

import re
from urllib.parse import parse_qs, urlparse

from playwright.async_api import Locator, Page, TimeoutError as PlaywrightTimeoutError, expect

from backend.present.words import ask as words_ask, run as words

DEADLINE_MS = 30_000
LIST_MS = 5_000
MOST_TRIALS = 6
"""How long an open list is watched, and how often it is opened."""


FIRST_SCREEN = "#ph-welcome, .st-key-ph-welcome"
"""The part of the Ask page that is there before the first question."""


class Visitor:
    """A person in front of one page, whose address is ``url``."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    async def open_ask(self) -> None:
        """Open the Ask page without a run, and wait until it can be used: the agents come after the page."""
        await self.page.goto(self.url)
        await expect(self.page.get_by_label(words.QUESTION_LABEL).first).to_be_visible(timeout=DEADLINE_MS)
        await expect(self.page.locator(FIRST_SCREEN)).to_be_visible(timeout=DEADLINE_MS)

    async def choose_agent(self, title: str) -> None:
        """Choose an agent by its title. A list that was opened before the agents had come is closed and opened
        again."""
        box = self.page.get_by_role("combobox", name=re.compile(words.AGENT_LABEL)).first
        for _ in range(MOST_TRIALS):
            await box.click()
            # A long list is drawn in part: typing brings the one that is meant into view.
            await box.fill(title)
            try:
                await self.page.get_by_role("option", name=title, exact=True).first.click(timeout=LIST_MS)
            except PlaywrightTimeoutError:
                await self.page.keyboard.press("Escape")
                # A list that opens when its field gets the focus does not open again while it has it.
                await box.blur()
            else:
                return
        raise AssertionError(f"There is no agent {title} in the list.")

    async def choose_speed(self, speed: float) -> None:
        """Choose the speed of a script, among the options."""
        # The button's name continues with the sign that shows whether they are open.
        options = self.page.get_by_role("button", name=re.compile(f"^{words_ask.OPTIONS}")).filter(visible=True).first
        await options.click(timeout=DEADLINE_MS)
        await self.pick(words_ask.SPEED_LABEL, words_ask.speed_word(speed))
        await options.click(timeout=DEADLINE_MS)

    async def ask(self, question: str) -> None:
        """Write the question and press Ask."""
        field = self.page.get_by_label(words.QUESTION_LABEL).first
        await field.fill(question)
        await field.blur()
        await self.press(words.ASK)

    def button(self, label: str) -> Locator:
        """The visible button with exactly this text."""
        return self.page.get_by_role("button", name=label, exact=True).filter(visible=True)

    async def press(self, label: str) -> None:
        """Press it, once it is enabled."""
        await self.button(label).first.click(timeout=DEADLINE_MS)

    async def pick(self, label: str, option: str) -> None:
        """Choose an option of the list with that label."""
        box = self.page.get_by_role("combobox", name=re.compile(label)).filter(visible=True).first
        await box.click()
        if await box.is_editable():
            # A long list is drawn in part: typing brings the one that is meant into view.
            await box.fill(option)
        await self.page.get_by_role("option", name=option, exact=True).first.click()

    async def expect_status(self, text: str, within_ms: float = DEADLINE_MS) -> None:
        """Wait until the status line shows this."""
        await expect(self.page.locator(".ph-status-text")).to_have_text(text, timeout=within_ms)

    async def run_id(self) -> str:
        """The run in the page's address."""
        await self.page.wait_for_url(re.compile(r"[?&]run=run_"), timeout=DEADLINE_MS)
        return parse_qs(urlparse(self.page.url).query)["run"][0]
