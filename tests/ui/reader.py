"""What a person does with either UI, in one vocabulary: the pages differ in widgets, not in words."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlparse

from playwright.async_api import ConsoleMessage, Locator, Page, Request, expect

from backend.present.words import (
    history as words_history,
    pages as words_pages,
    replay as words_replay,
    sharing as words_sharing,
)
from backend.present.words.durations import format_clock
from evals.pages import visitor
from tests.ui.page_conditions import (
    ANSWER_IS,
    BUTTON_IS_THERE,
    PLAYHEAD_IS,
    PLAYHEAD_IS_AT,
    SCROLLED,
)

DEADLINE_MS = visitor.DEADLINE_MS
MOST_TABS = 60

PLACES = {"": "Ask", "replay": "Replay", "compare": "Compare", "history": "History"}
"""The four places by their address."""

READING = "#ph-reading, .st-key-ph-reading"
"""The scrolling place of question and answer, in Gradio or in Streamlit."""

_NO_COMPLAINT = re.compile(
    # Gradio's own script, when a page is left while it streams: nobody is there to see it.
    r"AbortError: signal is aborted|Connection errored out"
    # Streamlit's own script, looking for its server first below the address of the place and then above it.
    r"|/(replay|compare|history)/_stcore/(health|host-config)"
)
"""What is said on the console and means nothing."""


class Reader(visitor.Visitor):
    """A person in front of one page, whose complaints and requests are kept."""

    def __init__(self, page: Page, url: str) -> None:
        super().__init__(page, url)
        self.complaints: list[str] = []
        self.foreign_requests: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        text = f"{message.text} {message.location.get('url', '')}"
        if message.type == "error" and not _NO_COMPLAINT.search(text):
            self.complaints.append(text)

    def _on_request(self, request: Request) -> None:
        host = urlparse(request.url).hostname
        if host not in (None, "127.0.0.1"):
            self.foreign_requests.append(request.url)

    async def open(self, run_id: str | None = None, *, place: str = "") -> None:
        """Open Ask or another place, with a run or without, and wait until it can be used."""
        await self.page.goto(self.url + place + (f"?run={run_id}" if run_id else ""))
        if place:
            await expect(
                self.page.get_by_role("link", name=PLACES[place], exact=True).filter(visible=True)
            ).to_be_visible()
            return
        await expect(self.page.get_by_label("Question").first).to_be_visible(timeout=DEADLINE_MS)
        # The agents come from the backend after the page: with them it is complete.
        if run_id is None:
            await expect(self.page.locator(visitor.FIRST_SCREEN)).to_be_visible(timeout=DEADLINE_MS)

    @asynccontextmanager
    async def sees_button(self, label: str) -> AsyncIterator[None]:
        """What is done inside makes a button show, however soon it is gone again: every frame is looked at."""
        async with asyncio.TaskGroup() as looking:
            looking.create_task(self._see_button(label))
            yield

    async def _see_button(self, label: str) -> None:
        await self.page.wait_for_function(BUTTON_IS_THERE, arg=label, timeout=DEADLINE_MS)

    async def expect_led_to(self, reference: str) -> None:
        """Wait until the address names the element, ``#…``, and that is in view. ``:target`` would not do: the browser
        forgets it where a page draws the element anew."""
        await self.page.wait_for_function("(hash) => location.hash === hash", arg=reference, timeout=DEADLINE_MS)
        await expect(self.page.locator(reference)).to_be_in_viewport()

    async def expect_text(self, text: str) -> None:
        """Wait until the answer holds this."""
        await expect(self.answer.filter(has_text=text).first).to_be_visible(timeout=DEADLINE_MS)

    async def make_link(self, within: Locator | None = None, **choices: str) -> str:
        """Share the run, by the button inside that part of the page, and return the link. ``choices``: what to choose
        in the fields ``role`` and ``expiry``, and ``scope``."""
        buttons = (within or self.page).get_by_role("button", name=words_pages.SHARE, exact=True)
        # By the keyboard: below an answer that grows the button never stands still.
        await buttons.filter(visible=True).first.press("Enter", timeout=DEADLINE_MS)
        dialogue = self.page.get_by_role("dialog", name=words_sharing.TITLE)
        if "scope" in choices:
            await dialogue.get_by_label(choices["scope"]).check()
        for label, name in ((words_sharing.ROLE, "role"), (words_sharing.EXPIRY, "expiry")):
            if name in choices:
                await dialogue.get_by_label(label).select_option(choices[name])
        await dialogue.get_by_role("button", name=words_sharing.MAKE).click()
        link = dialogue.locator("input:read-only:focus")
        await expect(link).to_be_visible(timeout=DEADLINE_MS)
        address = await link.input_value()
        await self.page.keyboard.press("Escape")
        await expect(dialogue).to_have_count(0)
        return address

    @property
    def answer(self) -> Locator:
        """The blocks of the answer."""
        return self.page.locator(".ph-answer")

    async def answer_text(self) -> str:
        """The answer as it reads, white space folded."""
        return " ".join(" ".join(await self.answer.all_inner_texts()).split())

    async def expect_answer(self, text: str) -> None:
        """Wait until the answer reads exactly so, white space folded."""
        await self.page.wait_for_function(ANSWER_IS, arg=text, timeout=DEADLINE_MS)

    @property
    def strip(self) -> Locator:
        """The run strip with the playhead on it."""
        return self.page.get_by_role("slider", name=words_replay.SCRUBBER_LABEL).first

    async def press_strip(self, share: float, part: str = ".ph-strip-names") -> None:
        """Press the strip at this share of its time, beside the first step's name or another part of it."""
        await self.strip.scroll_into_view_if_needed(timeout=DEADLINE_MS)
        across = await self.strip.locator(".ph-strip-overlay").bounding_box()
        beside = await self.strip.locator(part).first.bounding_box()
        assert across is not None
        assert beside is not None
        x = across["x"] + min(across["width"] * share, across["width"] - 1)
        await self.page.mouse.click(x, beside["y"] + 24)

    async def scrub_to(self, at_ms: float) -> None:
        """Move the playhead as near as a pointer can, and wait until the page shows that moment."""
        end_ms = float(await self.strip.get_attribute("aria-valuemax", timeout=DEADLINE_MS) or 0)
        await self.press_strip(at_ms / end_ms)
        # The playhead says whole milliseconds: at the edge of a tenth the page may say either one.
        near = await self.playhead_ms()
        times = {re.escape(f"{format_clock(near + rounded)} of") for rounded in (-0.5, 0.5)}
        clock = self.page.locator(".ph-moment-clock")
        await expect(clock).to_contain_text(re.compile("|".join(times)), timeout=DEADLINE_MS)

    async def expect_moment(self) -> None:
        """Wait until a run is open, at whatever moment."""
        await expect(self.page.locator(".ph-moment")).to_be_visible(timeout=DEADLINE_MS)
        await expect(self.strip).to_be_visible(timeout=DEADLINE_MS)

    async def playhead_ms(self) -> float:
        """Where the playhead stands, in milliseconds."""
        return float(await self.strip.get_attribute("aria-valuenow") or 0)

    async def expect_playhead_at(self, at_ms: float) -> None:
        """Wait until the playhead stands there, to the millisecond."""
        await self.page.wait_for_function(PLAYHEAD_IS_AT, arg=[words_replay.SCRUBBER_LABEL, at_ms])

    async def expect_playhead_after(self, at_ms: float) -> None:
        """Wait until the playhead stands later than that."""
        await self.page.wait_for_function(PLAYHEAD_IS, arg=[words_replay.SCRUBBER_LABEL, at_ms, 1])

    async def expect_playhead_before(self, at_ms: float) -> None:
        """Wait until the playhead stands earlier than that."""
        await self.page.wait_for_function(PLAYHEAD_IS, arg=[words_replay.SCRUBBER_LABEL, at_ms, -1])

    async def leave_fields(self) -> None:
        """Take the focus off whatever has it."""
        await self.page.evaluate("document.activeElement.blur()")

    async def open_tab(self, title: str) -> None:
        """Open a tab of the run's evidence by its title; its count follows that."""
        await self.page.get_by_role("tab", name=re.compile(rf"^{title}\b")).click(timeout=DEADLINE_MS)

    async def choose(self, label: str) -> None:
        """Choose one of several, whatever they are: tabs, radio buttons, or buttons side by side."""
        roles = [self.page.get_by_role(role, name=label, exact=True) for role in ("tab", "radio", "button")]
        await roles[0].or_(roles[1]).or_(roles[2]).filter(visible=True).first.click(timeout=DEADLINE_MS)

    async def search(self, text: str) -> None:
        """Search the history for runs with that in their question."""
        field = self.page.get_by_label(words_history.SEARCH_LABEL).first
        await field.fill(text)
        await field.press("Enter")

    async def select_run(self, question: str) -> None:
        """Choose a run of the list by its question."""
        row = self.page.locator("button, label").filter(has_text=question).filter(visible=True).first
        await row.click(timeout=DEADLINE_MS)

    async def tab_to(self, element: Locator) -> None:
        """Press Tab until the focus is there, as somebody without a mouse does."""
        for _ in range(MOST_TABS):
            if await element.evaluate("(e) => e === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{MOST_TABS} times Tab, and the focus is not on {element}")

    async def ground_of(self, selector: str) -> str:
        """The background colour of the first such element, once nothing moves."""
        found = self.page.locator(selector).first
        await found.evaluate("(e) => Promise.all(e.getAnimations().map((animation) => animation.finished))")
        return str(await found.evaluate("(e) => getComputedStyle(e).backgroundColor"))

    async def scroll_position(self) -> tuple[float, float]:
        """How far the reading place is scrolled, and how far it could be, in pixels."""
        box = self.page.locator(READING).first
        top, most = await box.evaluate("(box) => [box.scrollTop, box.scrollHeight - box.clientHeight]")
        return float(top), float(most)

    async def expect_scrolled(self, beyond: float) -> None:
        """Wait until the reading place is scrolled further than that, in pixels. The page itself looks, at each of its
        frames: a page that is busy with an answer answers questions late."""
        await self.page.wait_for_function(SCROLLED, arg=[READING, "top", beyond], timeout=DEADLINE_MS)

    async def expect_room(self, beyond: float) -> None:
        """Wait until the reading place could be scrolled further than that, in pixels."""
        await self.page.wait_for_function(SCROLLED, arg=[READING, "most", beyond], timeout=DEADLINE_MS)
