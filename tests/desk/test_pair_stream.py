"""Two runs followed to the end of the longer one: what comes live, what is fetched anew, and what ends it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

import pytest

from backend.client.errors import ProblemError
from backend.desk.pair_stream import Pace, PairStream, PairUpdate
from backend.desk.run_comparison import CompareDesk
from backend.desk.run_pair import RunPair
from backend.present.pages.problem import Problem
from tests.desk.fake_backend import FakeBackend, over, said, step

RARELY = 3600.0


@pytest.fixture
def backend() -> FakeBackend:
    """One with two runs that have just begun."""
    backend = FakeBackend()
    backend.keep("run_1", step(), agent="scripted:a")
    backend.keep("run_2", step(), agent="scripted:b")
    return backend


async def opened(backend: FakeBackend, first: str = "run_1", second: str = "run_2") -> RunPair:
    pair = RunPair()
    for which, run_id in (("first", first), ("second", second)):
        assert await CompareDesk(backend).choose(pair, which, run_id) is None  # type: ignore[arg-type]
    return pair


@asynccontextmanager
async def followed(backend: FakeBackend, pair: RunPair, *, numbers_every_s: float = RARELY) -> AsyncIterator["Watcher"]:
    pace = Pace(drawn_every_s=0.001, numbers_every_s=numbers_every_s, trials_every_s=0.001)
    async with aclosing(PairStream(backend, pair, pace).updates()) as updates:
        yield Watcher(updates)


class Watcher:
    def __init__(self, updates: AsyncIterator[PairUpdate]) -> None:
        self._updates = updates

    async def sees(self, what: Callable[[PairUpdate], bool]) -> PairUpdate:
        """The first update of which that is true."""
        async with asyncio.timeout(30):
            async for update in self._updates:
                if what(update):
                    return update
        raise AssertionError("It ended without that.")

    async def rest(self) -> list[PairUpdate]:
        async with asyncio.timeout(30):
            return [update async for update in self._updates]


def answers(update: PairUpdate) -> tuple[str, ...]:
    return tuple(seen.view.message.answer for seen in update.moment.runs)


async def test_two_runs_that_are_over_come_once_and_whole(backend: FakeBackend) -> None:
    for name in ("run_1", "run_2"):
        await backend.kept[name].add(said(400, f"By {name}."), over(1000))
    pair = await opened(backend)
    async with followed(backend, pair) as watcher:
        (update,) = await watcher.rest()
    assert answers(update) == ("By run_1.", "By run_2.")
    assert (update.running, update.problem, update.moment.playing) == (False, None, False)
    assert [run.name for run in update.compared] == ["scripted:a", "scripted:b"]
    assert "0:01.0 of 0:01.0" in update.moment.text
    assert "frames of run_1" not in backend.asked


async def test_both_come_live_to_the_end_of_the_longer_one(backend: FakeBackend) -> None:
    pair = await opened(backend)
    async with followed(backend, pair) as watcher:
        first = await watcher.sees(lambda update: update.running)
        assert [seen.still for seen in first.moment.runs] == [False, False]
        await backend.kept["run_1"].add(said(300, "One."))
        await backend.kept["run_2"].add(said(500, "Two."))
        live = await watcher.sees(lambda update: answers(update) == ("One.", "Two."))
        assert (live.moment.text, [seen.elapsed_ms for seen in live.moment.runs]) == ("", [300, 500])
        await backend.kept["run_1"].add(over(600))
        one_over = await watcher.sees(lambda update: update.moment.runs[0].view.ended)
        assert one_over.running
        await backend.kept["run_2"].add(said(2000, " And more."), over(3000))
        last = (await watcher.rest())[-1]
    assert answers(last) == ("One.", "Two. And more.")
    assert (last.running, pair.running, pair.position_ms()) == (False, False, 3000)
    assert [seen.still for seen in last.moment.runs] == [True, True]
    assert len(last.compared[1].events) == 4


async def test_a_run_that_ended_is_in_the_numbers_at_once(backend: FakeBackend) -> None:
    pair = await opened(backend)
    async with followed(backend, pair) as watcher:
        await backend.kept["run_1"].add(said(300, "One."), over(600))
        update = await watcher.sees(lambda update: len(update.compared[0].events) == 3)
    assert update.running


async def test_numbers_are_fetched_anew_while_both_run(backend: FakeBackend) -> None:
    pair = await opened(backend)
    async with followed(backend, pair, numbers_every_s=0.001) as watcher:
        first = await watcher.sees(lambda update: True)
        await backend.kept["run_2"].add(said(500, "Two."))
        update = await watcher.sees(lambda update: len(update.compared[1].events) == 2)
    assert update.compared is not first.compared
    assert update.moment.strip is not None
    assert [json.loads(run["model"])["end"] for run in update.moment.strip["runs"]] == [0, 500]


async def test_numbers_stay_the_very_same_until_there_are_others(backend: FakeBackend) -> None:
    pair = await opened(backend)
    async with followed(backend, pair, numbers_every_s=0.001) as watcher:
        updates = [await watcher.sees(lambda update: True) for _ in range(20)]
    assert len({id(update.compared) for update in updates}) == 1
    assert backend.asked.count("recording of run_1") > 2


async def test_a_frame_before_the_first_event_does_not_hide_what_is_known(backend: FakeBackend) -> None:
    await backend.kept["run_1"].add(said(300, "Known."))
    pair = await opened(backend)
    async with followed(backend, pair) as watcher:
        await backend.kept["run_2"].add(over(500))
        await backend.kept["run_1"].add(over(600))
        seen = await watcher.rest()
    assert {answers(update)[0] for update in seen} == {"Known."}


async def test_once_the_tab_compares_another_pair_the_old_stream_ends_and_changes_nothing(
    backend: FakeBackend,
) -> None:
    pair = await opened(backend)
    backend.keep("run_3", said(10, "Three."), over(20))
    async with followed(backend, pair) as watcher:
        await watcher.sees(lambda update: update.running)
        await CompareDesk(backend).choose(pair, "first", "run_3")
        await backend.kept["run_1"].add(said(300, "One."), over(600))
        assert await watcher.rest() == []
    assert pair.side("first").run_id == "run_3"
    async with followed(backend, pair) as watcher:
        assert answers(await watcher.sees(lambda update: True)) == ("Three.", "")


async def test_a_run_deleted_meanwhile_stays_as_it_was_seen_and_the_other_one_goes_on(backend: FakeBackend) -> None:
    pair = await opened(backend)
    async with followed(backend, pair) as watcher:
        await watcher.sees(lambda update: update.running)
        await backend.kept["run_1"].lose(ProblemError(404, "unknown-run", "It is gone."))
        update = await watcher.sees(lambda update: update.problem is not None)
        assert (update.running, update.problem) == (True, Problem("run_not_found"))
        await backend.kept["run_2"].add(said(100, "Two."), over(200))
        last = (await watcher.rest())[-1]
    assert (last.running, last.problem, answers(last)) == (False, Problem("run_not_found"), ("", "Two."))
    async with followed(backend, pair) as watcher:
        (again,) = await watcher.rest()
    assert again.problem == Problem("run_not_found"), "drawn anew, the page says so again"


async def test_a_run_deleted_at_its_end_is_lost_as_well(backend: FakeBackend) -> None:
    pair = await opened(backend)
    backend.kept["run_2"].events.append(over(100)[1].model_copy(update={"seq": 2, "at_ms": 100}))
    async with followed(backend, pair) as watcher:
        await watcher.sees(lambda update: update.running)
        await backend.kept["run_1"].add(over(600))
        await backend.kept["run_1"].lose(ProblemError(404, "unknown-run", "It is gone."))
        last = (await watcher.rest())[-1]
    assert (last.running, last.problem) == (False, Problem("run_not_found"))


async def test_a_stream_that_ends_without_an_end_is_not_waited_for(backend: FakeBackend) -> None:
    pair = await opened(backend)
    async with followed(backend, pair) as watcher:
        await backend.kept["run_2"].add(over(500))
        await backend.kept["run_1"].add(said(300, "Half a"))
        await backend.kept["run_1"].cut_off()
        last = (await watcher.rest())[-1]
    assert (last.running, last.problem, answers(last)) == (False, Problem("interrupted"), ("Half a", ""))


async def test_while_the_backend_is_away_it_says_so_and_goes_on_by_itself(backend: FakeBackend) -> None:
    pair = await opened(backend)
    backend.away_for = 3
    async with followed(backend, pair) as watcher:
        away = await watcher.sees(lambda update: update.problem is not None)
        assert (away.problem, away.running) == (Problem("backend_down", "Nobody answers."), True)
        await watcher.sees(lambda update: update.problem is None)
        for name in ("run_1", "run_2"):
            await backend.kept[name].add(said(300, "Here."), over(600))
        last = (await watcher.rest())[-1]
    assert (answers(last), last.problem) == (("Here.", "Here."), None)


async def test_whoever_leaves_follows_no_more(backend: FakeBackend) -> None:
    pair = await opened(backend)
    before = asyncio.all_tasks()
    async with followed(backend, pair) as watcher:
        await backend.kept["run_1"].add(said(300, "One."))
        await watcher.sees(lambda update: answers(update)[0] == "One.")
        assert asyncio.all_tasks() > before
    assert asyncio.all_tasks() == before
