"""The log in memory: read and folded for those who ask, many followers."""

import asyncio

import pytest

from backend.protocol.cursor import START, Cursor
from backend.protocol.events import KnownEvent
from backend.protocol.view import RunView, fold
from backend.runs.frames import encode_frames
from backend.runs.log import READ_EVENTS, RunLog
from backend.runs.log_follower import follow_log
from tests.fakes import settle
from tests.runs.logs import the_end, words


def added(log: RunLog, events: list[KnownEvent], attempt: int = 1) -> None:
    """Append the events to the log."""
    log.append(events[0].seq, encode_frames(events, attempt), attempt, ended=events[-1].type == "done")


@pytest.mark.parametrize("group", [1, 3, 1000])
async def test_the_view_is_folded_when_somebody_asks_and_only_of_what_is_new(group: int) -> None:
    log = RunLog("Why?")
    events = words(1000)
    for at in range(0, 1000, group):
        added(log, events[at : at + group])
    assert log._folded == 0
    assert await log.view() == fold(RunView.start("Why?"), events)
    added(log, words(2, 1001))
    second = await log.view()
    assert second == fold(RunView.start("Why?"), words(1002))
    assert await log.view() is second, "nothing is new"


async def test_a_log_is_read_and_folded_a_little_at_a_time_by_several_at_once() -> None:
    events = [*words(3000), the_end(3001)]
    log = RunLog("Why?")
    log.extend(encode_frames(events, 1), 1, ended=True)
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count_turns())
    first, second = await asyncio.gather(log.view(), log.view())
    counting.cancel()
    assert first == second == fold(RunView.start("Why?"), events)
    assert turns >= 3000 // READ_EVENTS
    assert await log.events() == events


async def test_attempts_are_told_apart() -> None:
    log = RunLog()
    added(log, words(3))
    added(log, words(2, 4), 2)
    added(log, [the_end(6)], 4)
    assert [log.attempt_of(seq) for seq in range(1, 7)] == [1, 1, 1, 2, 2, 4]
    assert [log.knows(Cursor(attempt, 4)) for attempt in (1, 2, 3, 4)] == [False, True, False, False]


async def test_many_followers_wait_on_one_thing_and_all_wake() -> None:
    log = RunLog()
    seen = [0] * 500

    async def follow(place: int) -> None:
        async for batch in follow_log(log, START):
            seen[place] += len(batch.frames)

    following = [asyncio.create_task(follow(place)) for place in range(500)]
    await settle()
    added(log, words(2))
    await settle()
    assert seen == [2] * 500
    added(log, [the_end(3)])
    await asyncio.gather(*following)
    assert seen == [3] * 500


async def test_nothing_follows_done() -> None:
    log = RunLog()
    added(log, [*words(1), the_end(2)])
    with pytest.raises(ValueError, match="follow done"):
        added(log, words(1, 3))


async def test_the_size_is_that_of_the_frames() -> None:
    log = RunLog()
    added(log, words(10))
    assert log.size == sum(map(len, log.frames))
