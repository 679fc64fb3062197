"""Several people in real browsers, both UIs in one room: who is there, whose view is followed, what a cut leaves."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any, Literal

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from evals.pages.page_target import START_S
from tests.ui.accessibility import findings
from tests.ui.house import House, opened_house
from tests.ui.reader import DEADLINE_MS
from tests.ui.runs import start

pytestmark = [pytest.mark.browser, pytest.mark.server]

PLACE = """
() => {
  const strip = document.querySelector('[role=slider]'), line = strip?.querySelector('.ph-strip-cursor');
  if (!line?.style.left) return null;
  const all = Number(strip.getAttribute('aria-valuemax'));
  return {clock: Date.now(), at: parseFloat(line.style.left) / 100 * all, all};
}
"""
SLOW = 0.5
MOST_DRIFT_MS = 250.0
BETWEEN_LOOKS_MS = 100.0
"""How far the run has played on between two looks at whether two people are together."""
PAINTED_MS = 100.0
"""What a busy machine adds between the place of a playhead and the frame that shows it."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[House]:
    with opened_house(tmp_path_factory.mktemp("house") / "data") as opened:
        yield opened


@pytest.fixture
def run(house: House) -> str:
    """A run that is over, some seconds long."""
    with httpx2.Client(base_url=house.url, timeout=START_S) as client:
        run_id = start(client, "scripted:happy_path", "How concentrated is it?")
        client.get(f"/v1/runs/{run_id}/events")
        return run_id


class Person:
    """Somebody in front of a browser of their own."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def people(self) -> Any:
        return self.page.locator(".ph-people-button")

    async def sees(self, *names: str) -> None:
        """Wait until exactly these people are in the bar, in words."""
        await expect(self.people).to_have_count(1, timeout=DEADLINE_MS)
        await expect(self.people).to_have_attribute("aria-label", in_words(len(names), names), timeout=DEADLINE_MS)

    async def is_offered(self, label: str) -> None:
        await expect(self.pill(label)).to_be_visible(timeout=DEADLINE_MS)

    def pill(self, label: str) -> Any:
        return self.page.locator(".ph-room-pill").get_by_role("button", name=label)

    async def shows_view(self) -> None:
        await self.people.click()
        await self.page.locator(".ph-people-card .ph-button").click()
        await self.page.keyboard.press("Escape")

    async def scrubs(self, share: float) -> None:
        box = await self.page.locator(".ph-strip-overlay").bounding_box()
        assert box is not None
        await self.page.mouse.click(box["x"] + box["width"] * share, box["y"] + box["height"] * 0.9)

    @property
    def comments(self) -> Any:
        return self.page.locator(".ph-strip-comments button")

    @property
    def card(self) -> Any:
        return self.page.locator(".ph-comments-card")

    @property
    def votes(self) -> Any:
        return self.page.locator(".ph-votes")

    async def says(self, text: str, *, about: str, is_open: bool = False) -> None:
        if not is_open:
            await self.comments.click(timeout=DEADLINE_MS)
        await self.card.get_by_label(about).fill(text)
        await self.card.get_by_role("button", name="Send").click()
        await expect(self.card.get_by_text(text)).to_be_visible(timeout=DEADLINE_MS)

    async def place(self) -> dict[str, float]:
        found: dict[str, float] = await self.page.evaluate(PLACE)
        return found

    async def has_played(self, at_ms: float) -> None:
        """Wait until the playhead stands there or later."""
        script = f"(at) => {{ const found = ({PLACE})(); return found && found.at >= at; }}"
        await self.page.wait_for_function(script, arg=at_ms, timeout=DEADLINE_MS)

    async def stands_at(self, at_ms: float) -> None:
        """Wait until the playhead stands there."""
        script = f"(at) => {{ const found = ({PLACE})(); return found && Math.abs(found.at - at) < 60; }}"
        await self.page.wait_for_function(script, arg=at_ms, timeout=DEADLINE_MS)


def in_words(count: int, names: tuple[str, ...]) -> re.Pattern[str]:
    """The words of a bar with these people, in any order."""
    anywhere = "".join(f"(?=.*{name})" for name in names)
    return re.compile(f"^{anywhere}{count} people are here")


Enter = Callable[[str, str, str], Any]


@pytest_asyncio.fixture(loop_scope="session")
async def enter(house: House, browser: Browser) -> AsyncIterator[Enter]:
    """Open a page of a UI as somebody: UI, name, path with its parameters."""
    async with AsyncExitStack() as stack:

        async def enter(ui: str, name: str, path: str) -> Person:
            scheme: Literal["light", "dark"] = "dark" if ui == "streamlit" else "light"
            context = await browser.new_context(
                viewport={"width": 1280, "height": 800}, color_scheme=scheme, bypass_csp=True
            )
            stack.push_async_callback(context.close)
            person = json.dumps(json.dumps({"name": name, "colour": len(name)}))
            await context.add_init_script(
                f"if (!localStorage.getItem('ph-person')) localStorage.setItem('ph-person', {person});"
            )
            page = await context.new_page()
            await page.goto(house.uis[ui] + path)
            return Person(page)

        yield enter


async def test_people_of_both_uis_meet_and_nobody_is_counted_twice_or_left_as_a_ghost(enter: Enter, run: str) -> None:
    ana = await enter("gradio", "Ana", f"replay?run={run}")
    ben = await enter("streamlit", "Ben", f"?run={run}")
    cem = await enter("streamlit", "Cem", f"replay?run={run}")
    for person in (ana, ben, cem):
        await person.sees("Ana", "Ben", "Cem")
    second = await ana.page.context.new_page()
    await second.goto(ana.page.url)
    await Person(second).sees("Ana", "Ben", "Cem")
    field = ben.page.locator("[class*=st-key-ph-question] textarea")
    await expect(field).to_be_enabled(timeout=DEADLINE_MS)
    await field.press_sequentially("Why", delay=30)
    await expect(ana.page.locator(".ph-people-typing")).to_have_text("Ben is typing", timeout=DEADLINE_MS)
    await expect(ana.page.locator(".ph-people-typing")).to_have_text("", timeout=DEADLINE_MS)
    # An unclean end: no script of the page runs any more.
    session = await cem.page.context.new_cdp_session(cem.page)
    with_crash = asyncio.ensure_future(session.send("Page.crash"))
    await ana.sees("Ana", "Ben")
    with_crash.cancel()
    await ben.page.reload()
    await ana.sees("Ana", "Ben")


async def test_an_audience_in_the_other_ui_follows_leaves_and_returns(enter: Enter, house: House, run: str) -> None:
    with httpx2.Client(base_url=house.url) as client:
        share = client.post(f"/v1/runs/{run}/share").json()["share_id"]
    ana = await enter("gradio", "Ana", f"replay?run={run}")
    ben = await enter("streamlit", "Ben", f"replay?share={share}")
    await ana.sees("Ana", "Ben")
    await ana.shows_view()
    await ben.is_offered("Follow")
    await ben.pill("Follow").click()
    await ben.is_offered("Stop following")
    assert await findings(ben.page) == []
    await ana.scrubs(0.4)
    shown = await ana.place()
    await ben.stands_at(shown["at"])

    # Everybody can leave: by a scroll of their own, and comes back only when they say so.
    await ben.page.mouse.move(300, 500)
    await ben.page.mouse.wheel(0, 200)
    await ben.is_offered("Return to Ana")
    await ana.scrubs(0.7)
    later = await ana.place()
    assert later["at"] > shown["at"] + 500
    assert abs((await ben.place())["at"] - shown["at"]) < 60
    await ben.pill("Return to Ana").click()
    await ben.stands_at(later["at"])

    # Playing, at another speed, and somebody who comes late.
    await ana.scrubs(0.0)
    await choose_speed(ana.page, "0.5x")
    await ana.page.get_by_role("button", name="Play", exact=True).click()
    await expect(ben.page.get_by_role("button", name="Pause", exact=True)).to_be_visible(timeout=DEADLINE_MS)
    await are_together(ana, ben)
    await ana.page.get_by_role("button", name="Pause", exact=True).click()
    await expect(ben.page.get_by_role("button", name="Play", exact=True)).to_be_visible(timeout=DEADLINE_MS)
    still = await ana.place()
    cem = await enter("gradio", "Cem", f"?share={share}")
    await cem.is_offered("Follow")
    await cem.pill("Follow").click()
    await cem.page.wait_for_url("**/replay?share=*", timeout=DEADLINE_MS)
    for person in (ben, cem):
        await person.stands_at(still["at"])
    assert run not in cem.page.url


async def test_a_comment_at_a_moment_is_live_in_the_other_ui_with_replies_and_a_link(
    enter: Enter, house: House, run: str
) -> None:
    ana = await enter("gradio", "Ana", f"replay?run={run}&t=1.5")
    ben = await enter("streamlit", "Ben", f"?run={run}")
    with httpx2.Client(base_url=house.url) as client:  # A thumb is no comment.
        client.post(f"/v1/runs/{run}/feedback", json={"thumb": "up"}).raise_for_status()
    await ana.page.set_viewport_size({"width": 1280, "height": 420})
    await ana.says("Which quarter is this?", about="Your comment at 1.5 s")
    await expect(ben.comments).to_have_text("1 comment", timeout=DEADLINE_MS)
    await expect(ben.page.locator(".ph-strip-dot")).to_have_attribute("title", "Ana at 1.5 s: Which quarter is this?")
    await ben.comments.click()
    await ben.card.get_by_role("button", name="Reply").last.click()
    await ben.says("FY2026 Q3.", about="Your reply to Ana", is_open=True)
    await expect(ana.card.locator(".ph-said .ph-said")).to_contain_text("Ben", timeout=DEADLINE_MS)
    box = "document.querySelector('.ph-comments-card').getBoundingClientRect()"
    await ana.page.wait_for_function(f"() => {box}.height > 200 && {box}.bottom <= innerHeight", timeout=DEADLINE_MS)
    for person in (ana, ben):
        assert await findings(person.page) == []
    link = await ben.card.get_by_role("link", name="at 1.5 s").get_attribute("href")
    assert link is not None
    assert link.endswith(f"/replay?run={run}&t=1.5")
    cem = await enter("streamlit", "Cem", "")
    await cem.page.goto(link)
    await cem.stands_at(1500)
    with httpx2.Client(base_url=house.url) as client:
        given = client.get(f"/v1/runs/{run}/feedback").json()["feedback"]
    said = [each for each in given if each.get("comment")]
    assert [(each["by"]["name"], each["at_ms"]) for each in said] == [("Ana", 1500), ("Ben", 1500)]
    assert said[1]["reply_to"] == said[0]["feedback_id"]


async def test_a_room_votes_blindly_and_then_everybody_sees_the_names(enter: Enter, house: House, run: str) -> None:
    with httpx2.Client(base_url=house.url) as client:
        session = client.get(f"/v1/runs/{run}").json()["session_id"]
        asked = {"question": "How concentrated is it?", "agent": "scripted:brief", "session_id": session}
        other = client.post("/v1/runs", json=asked).json()["run_id"]
    path = f"compare?a={run}&b={other}&blind=1"
    ana, ben = await enter("gradio", "Ana", path), await enter("streamlit", "Ben", path)
    for person, vote in ((ana, "A is better"), (ben, "Both the same")):
        await person.votes.get_by_role("button", name=vote).click(timeout=DEADLINE_MS)
    for person in (ana, ben):
        await expect(person.votes).to_contain_text("2 votes", timeout=DEADLINE_MS)
        await expect(person.page.get_by_role("columnheader", name="Answer B")).to_be_visible(timeout=DEADLINE_MS)
        assert await person.page.get_by_text("scripted:brief").filter(visible=True).count() == 0
        assert await findings(person.page) == []
    await ana.votes.get_by_role("button", name="Show the names").click()
    for person in (ana, ben):
        await expect(person.votes).to_contain_text("first answer 1, second answer 0", timeout=DEADLINE_MS)
        column = person.page.get_by_role("columnheader", name="scripted:brief")
        await expect(column).to_be_visible(timeout=DEADLINE_MS)


async def choose_speed(page: Page, speed: str) -> None:
    """In Gradio's list."""
    await page.locator("#ph-speed input").click()
    await page.get_by_role("option", name=speed).click()


async def are_together(one: Person, other: Person) -> None:
    """Wait until both playheads are within the drift that is allowed, twice in a row."""
    good = 0
    async with asyncio.timeout(DEADLINE_MS / 1000):
        while good < 2:
            mine, theirs = await asyncio.gather(one.place(), other.place())
            moved = (theirs["clock"] - mine["clock"]) * SLOW
            assert mine["at"] < mine["all"], "the run was over before they were together"
            good = good + 1 if abs(theirs["at"] - mine["at"] - moved) <= MOST_DRIFT_MS + PAINTED_MS else 0
            await one.has_played(mine["at"] + BETWEEN_LOOKS_MS)


async def test_a_room_is_there_again_after_a_restart_of_the_server(enter: Enter, house: House, run: str) -> None:
    ana = await enter("gradio", "Ana", f"replay?run={run}")
    ben = await enter("streamlit", "Ben", f"replay?run={run}")
    for person in (ana, ben):
        await person.sees("Ana", "Ben")
    await asyncio.to_thread(house.kill, "backend")
    await asyncio.to_thread(house.restart)
    await expect(ana.people).to_have_count(1, timeout=DEADLINE_MS)
    for person in (ana, ben):
        await person.sees("Ana", "Ben")


async def test_what_one_answers_is_seen_by_all_and_a_ui_that_dies_takes_nobody_else_along(
    enter: Enter, house: House
) -> None:
    with httpx2.Client(base_url=house.url, timeout=START_S) as client:
        asked = {"question": "Pay it?", "agent": "scripted:approval", "options": {"may_ask": True}}
        waiting = client.post("/v1/runs", json=asked).json()["run_id"]
    ana, cem = [await enter("gradio", name, f"?run={waiting}") for name in ("Ana", "Cem")]
    ben = await enter("streamlit", "Ben", f"?run={waiting}")
    for person in (ana, ben, cem):
        await person.sees("Ana", "Ben", "Cem")
    cards = [person.page.locator("form[data-ph-input]") for person in (ana, ben, cem)]
    await cards[1].get_by_role("button", name="Approve").click(timeout=DEADLINE_MS)
    for card in cards:
        await expect(card).to_contain_text("Approved by Ben", timeout=DEADLINE_MS)
    await asyncio.to_thread(house.kill, "streamlit")
    for person in (ana, cem):
        await person.sees("Ana", "Cem")
    await asyncio.to_thread(house.restart, "streamlit")
    for person in (ana, ben, cem):
        await person.sees("Ana", "Ben", "Cem")
    await expect(cards[1]).to_contain_text("Approved by Ben", timeout=DEADLINE_MS)
