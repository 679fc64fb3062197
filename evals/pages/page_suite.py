"""Plays a suite through UIs: one page at a time, each UI started, used and stopped before the next one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager

from backend.client import ClientError, RunClient, close_shared_http
from backend.launch.child import ChildFailed
from evals.pages.browser import open_browser
from evals.pages.page_run import PageCapture, play_in_page
from evals.pages.page_scores import score_page
from evals.pages.page_steering import can_steer
from evals.pages.page_target import MODULES, PageError, PageTarget, served
from evals.playing.runner import interleaved, started_now
from evals.playing.target import Play
from evals.playing.watcher import Watcher
from evals.scoring.scored_run import ScoredRun
from evals.suites.suite import Suite
from evals.wire.exchange import Address


def playable(plays: Sequence[Play]) -> list[Play]:
    """The plays that are possible in a page: cuts are not, nor what a person cannot do there, and the page chooses the
    seed."""
    return [play for play in plays if can_steer(play.scenario) and play.scenario.seed == 0]


async def play_through(
    page: PageTarget, suite: Suite, plays: Sequence[Play], address: Address, stop: asyncio.Event, watcher: Watcher
) -> tuple[list[ScoredRun], int]:
    """Every run of the suite through this UI, one after the other, and the number of runs left out by setting ``stop``,
    which ends it after the current run.

    If a UI does not start, or ends, its remaining runs are failed runs; so they are if its first page cannot be used.
    If the suite has warm-up runs, one is played here too: the first loads of a program are not measured.
    """
    asked = playable(plays)
    scheduled = interleaved(asked) if asked else []
    schedule = [*([(0, asked[0])] if asked and suite.warm_up else []), *scheduled]
    watcher.opening(page.interface, [play for _, play in schedule])
    scored: list[ScoredRun] = []
    if stop.is_set() or not asked:
        return scored, len(scheduled)
    try:
        titles = await _titles(address)
        async with _address_of(page, address) as url, open_browser() as browser:
            for place, (repeat, play) in enumerate(schedule):
                if stop.is_set():
                    break
                started = started_now()
                title = titles.get(play.scenario.agent, play.scenario.agent)
                seen = await play_in_page(browser, url, play, title, address, suite.deadline_s)
                watcher.run_ended(play)
                if place == 0 and seen.failure is not None and not seen.run_id:
                    # It would keep every run waiting as long.
                    raise PageError(seen.failure)
                if repeat:
                    scored.append(score_page(play, repeat, started, page.interface, seen))
    except (ChildFailed, ClientError, PageError) as error:
        failed = PageCapture(failure=str(error))
        owed = scheduled[len(scored) :]
        scored += [score_page(play, repeat, started_now(), page.interface, failed) for repeat, play in owed]
    return scored, len(scheduled) - len(scored)


async def _titles(address: Address) -> dict[str, str]:
    try:
        return {offer.agent: offer.title or offer.agent for offer in await RunClient(address.url).agents()}
    finally:
        await close_shared_http()


@asynccontextmanager
async def _address_of(page: PageTarget, address: Address) -> AsyncIterator[str]:
    if page.url is not None:
        yield page.url if page.url.endswith("/") else f"{page.url}/"
        return
    with ExitStack() as stack:
        # Starting and stopping a process takes time, during which a stop of the suite must be noticed.
        yield await asyncio.to_thread(stack.enter_context, served(MODULES[page.interface], address.url))
        await asyncio.to_thread(stack.close)
