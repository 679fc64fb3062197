"""The desk with a real backend behind it, over real sockets: what its ports promise is what the client does."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from backend.client import RunClient, close_shared_http
from backend.desk.opened_run import OpenedRun, ReplayDesk
from backend.desk.pair_stream import Pace, PairUpdate
from backend.desk.run_comparison import CompareDesk
from backend.desk.run_pair import RunPair
from backend.present.pages.problem import Problem
from backend.present.words import ask as words_ask
from tests.api.backend_server import DEADLINE_S, BackendServer
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server

QUICK = Pace(drawn_every_s=0.01, numbers_every_s=0.05, trials_every_s=0.01)


@pytest.fixture
def told() -> ToldProvider:
    return ToldProvider()


@pytest.fixture
def backend(tmp_path: Path, told: ToldProvider) -> Iterator[BackendServer]:
    with BackendServer(tmp_path, [told]) as server:
        yield server
        told.held.go_on.set()


@pytest.fixture
async def client(backend: BackendServer) -> AsyncIterator[RunClient]:
    yield RunClient(backend.url)
    await close_shared_http()


async def sees(updates: AsyncIterator[PairUpdate], what: Callable[[PairUpdate], bool]) -> PairUpdate:
    """The first update of which that is true."""
    async with asyncio.timeout(DEADLINE_S):
        async for update in updates:
            if what(update):
                return update
    raise AssertionError("It ended without that.")


def answers(update: PairUpdate) -> list[str]:
    return [seen.view.message.answer for seen in update.moment.runs]


async def test_two_agents_race_live_to_the_end_of_the_slower_one(client: RunClient, told: ToldProvider) -> None:
    desk, pair = CompareDesk(client, QUICK), RunPair()
    assert await desk.race(pair, "Who is first?", "told:held", "told:words-20") is None
    async with aclosing(desk.follow(pair)) as updates:
        live = await sees(updates, lambda update: answers(update)[0] == "before " and update.moment.runs[1].view.ended)
        assert live.running
        told.held.go_on.set()
        last = await sees(updates, lambda update: not update.running)
    assert answers(last)[0] == "before after"
    assert [len(run.events) for run in last.compared] == [5, 21]
    assert [run.name for run in last.compared] == ["told:held", "told:words-20"]


async def test_what_still_runs_is_stopped(client: RunClient) -> None:
    desk, pair = CompareDesk(client, QUICK), RunPair()
    assert await desk.race(pair, "Who is first?", "told:held", "told:words-20") is None
    async with aclosing(desk.follow(pair)) as updates:
        await sees(updates, lambda update: all(answers(update)))
        assert await desk.stop(pair) == ()
        last = await sees(updates, lambda update: not update.running)
    assert [seen.view.stream.outcome for seen in last.moment.runs] == ["cancelled", "completed"]


async def test_a_run_that_is_deleted_meanwhile_ends_the_race_as_well(client: RunClient) -> None:
    desk, pair = CompareDesk(client, QUICK), RunPair()
    assert await desk.race(pair, "Who is first?", "told:held", "told:words-20") is None
    async with aclosing(desk.follow(pair)) as updates:
        await sees(updates, lambda update: bool(answers(update)[0]))
        await client.delete_run(pair.side("first").run_id)
        last = await sees(updates, lambda update: not update.running)
    # Deleting cancels first: that end may still be read, or be gone already.
    assert last.problem in (None, Problem("run_not_found"))
    assert answers(last)[1].endswith("word19 ")


async def test_a_share_that_is_withdrawn_meanwhile_is_said_to_be_gone(client: RunClient) -> None:
    started = await client.start_run("Why?", "told:held")
    share = await client.share(started.run_id)
    desk, pair = CompareDesk(client, QUICK), RunPair()
    assert await desk.choose(pair, "first", share.share_id) is None
    assert await desk.choose(pair, "second", started.run_id) is None
    async with aclosing(desk.follow(pair)) as updates:
        await sees(updates, lambda update: all(answers(update)))
        await client.unshare(share.share_id)
        update = await sees(updates, lambda update: update.problem is not None)
    assert update.problem == Problem("run_not_found", words_ask.SHARE_NOT_FOUND)
    assert update.running, "by its own id the run can still be followed"


async def test_a_run_is_replayed_while_it_is_still_running(client: RunClient, told: ToldProvider) -> None:
    started = await client.start_run("Why?", "told:held")
    await asyncio.to_thread(told.held.begun.wait, DEADLINE_S)
    desk, opened = ReplayDesk(client), OpenedRun()
    (offer,) = [offer async for offer in desk.arrive(opened, {"run": started.run_id})]
    assert offer.shown is not None
    assert offer.shown.unfinished
    told.held.go_on.set()
    async with aclosing(client.follow(started.run_id)) as events:
        async for _ in events:
            pass
    assert await desk.refresh(opened) == ""
    shown = opened.shown()
    assert shown is not None
    assert not shown.unfinished
    assert [choice.name for choice in offer.runs] == [started.run_id]
