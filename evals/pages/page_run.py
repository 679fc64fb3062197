"""One run asked for in a page: the records of the page and of the wire."""

import asyncio
from dataclasses import dataclass, field

from playwright.async_api import Browser, Error as PlaywrightError, Page

from backend.client import ClientError
from backend.present.words import run as words
from backend.protocol.run_view import RunView
from backend.protocol.view import fold
from evals.pages.control_frames import Steered, read_steering, watch_steering
from evals.pages.frames import PageClock, Shown, read_clock, read_frames, wait_until_shown, watch
from evals.pages.page_steering import steer_page
from evals.pages.render_delay import needs
from evals.pages.visitor import Visitor
from evals.pages.wire_follower import Follower
from evals.playing.target import Play
from evals.wire.arrivals import Arrivals, parse
from evals.wire.exchange import Address, Capture

LAST_WORDS_MS = 15_000
"""How long the page may take to show the end of a run that has ended."""

WIDTH, HEIGHT = 1280, 720


@dataclass(slots=True)
class PageCapture:
    """The records of one run. ``failure`` says in a sentence why the run could not be seen to its end.

    ``capture`` is the stream as the harness followed it itself; ``asked_ns`` the click on Ask, by the harness's clock.
    """

    run_id: str = ""
    capture: Capture = field(default_factory=Capture)
    arrivals: Arrivals = field(default_factory=Arrivals)
    clock: PageClock | None = None
    click_ms: float | None = None
    frames: list[Shown] = field(default_factory=list)
    steered: Steered = field(default_factory=Steered)
    failure: str | None = None


async def play_in_page(
    browser: Browser, url: str, play: Play, title: str, address: Address, deadline_s: float
) -> PageCapture:
    """Ask the question of ``play`` in a fresh window of the UI at ``url``, whose backend is at ``address``."""
    found = PageCapture()
    context = await browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, bypass_csp=True)
    try:
        await _play(await context.new_page(), url, play, title, address, deadline_s, found)
    except (PlaywrightError, AssertionError) as error:
        found.failure = f"The page could not be used: {_first_line(error)}"
    except ClientError as error:
        found.failure = error.sentence
    finally:
        await context.close()
    return found


async def _play(
    page: Page, url: str, play: Play, title: str, address: Address, deadline_s: float, found: PageCapture
) -> None:
    visitor = Visitor(page, url)
    await visitor.open_ask()
    await visitor.choose_agent(title)
    if play.scenario.speed != 1:
        await visitor.choose_speed(play.scenario.speed)
    await watch(page)
    await watch_steering(page)
    clocks = [await read_clock(page)]
    async with Follower(address, play.question, play.scenario.agent, deadline_s) as follower:
        await visitor.ask(play.question)
        steering = asyncio.create_task(steer_page(visitor, play.scenario))
        try:
            capture = await follower.capture()
        finally:
            steering.cancel()
            await asyncio.wait([steering])
    if capture is None:
        found.failure = f"The page started no run within {deadline_s:g} s."
        return
    found.run_id, found.capture, found.arrivals = follower.run_id, capture, parse(capture)
    try:
        await visitor.expect_status(_last_words(found.arrivals), LAST_WORDS_MS)
    except AssertionError:
        found.failure = f"The page had not shown the end of the run {LAST_WORDS_MS / 1000:g} s after it."
    await wait_until_shown(page, [needed[-1][1] if needed else 0 for needed in needs(found.arrivals.events).values()])
    found.click_ms, found.frames = await read_frames(page)
    found.steered = await read_steering(page)
    clocks.append(await read_clock(page))
    found.clock = min(clocks, key=lambda clock: clock.bracket_ms)


def _last_words(arrivals: Arrivals) -> str:
    """The text of the status line at the end of this run."""
    return words.current_activity(fold(RunView.start(), arrivals.events))


def _first_line(error: Exception) -> str:
    """Playwright's message, and the part of the page it waited for."""
    lines = [line.strip(" -") for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    waited = next((line for line in lines[1:] if line.startswith("waiting for ")), None)
    return f"{lines[0].rstrip('.')}, {waited}." if waited else f"{lines[0].rstrip('.')}."
