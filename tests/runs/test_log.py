"""The log in memory: frames taken apart and put together, the view folded as it grows, many followers."""

import asyncio

import pytest
from hypothesis import given, strategies as st

from backend.protocol.cursor import START, Cursor
from backend.protocol.events import KnownEvent, TokenEvent, event_json
from backend.protocol.sse import encode_event
from backend.protocol.view import RunView, fold
from backend.runs.log import FOLD_EVENTS, RunLog, encode_frames, frame_data, frame_of, frame_parts
from tests import strategies
from tests.fakes import settle
from tests.runs.logs import the_end, words


@given(strategies.runs(), st.integers(1, 9))
def test_a_frame_taken_apart_and_put_together_is_the_frame_that_was_sent(
    events: list[KnownEvent], attempt: int
) -> None:
    for event in events:
        frame = encode_event(event, attempt)
        kind, data = frame_parts(frame)
        assert (kind, data, frame_data(frame)) == (event.type, event_json(event), event_json(event).encode())
        assert frame_of(attempt, event.seq, kind, data) == frame


@pytest.mark.parametrize("group", [1, 3, FOLD_EVENTS, FOLD_EVENTS + 1, 1000])
async def test_the_view_grows_with_the_log_and_costs_nothing_to_ask_for(group: int) -> None:
    log = RunLog("Why?")
    events = words(1000)
    for at in range(0, 1000, group):
        log.append(events[at : at + group], 1)
        assert len(log._unfolded) < FOLD_EVENTS
    asked = log.view()
    with pytest.raises(StopIteration) as finished:
        asked.send(None)
    assert finished.value.value == fold(RunView.start("Why?"), events), "without giving up its turn"


async def test_a_loaded_log_is_folded_a_little_at_a_time() -> None:
    events = [*words(1000), the_end(1001)]
    log = RunLog("Why?")
    log.extend(encode_frames(events, 1), 1, ended=True)
    first, second = await asyncio.gather(log.view(), log.view())
    assert first == second == fold(RunView.start("Why?"), events)
    assert await log.events() == events


async def test_attempts_are_told_apart() -> None:
    log = RunLog()
    log.append(words(3), 1)
    log.append(words(2, 4), 2)
    log.append([the_end(6)], 4)
    assert [log.attempt_of(seq) for seq in range(1, 7)] == [1, 1, 1, 2, 2, 4]
    assert [log.knows(Cursor(attempt, 4)) for attempt in (1, 2, 3, 4)] == [False, True, False, False]


async def test_many_followers_wait_on_one_thing_and_all_wake() -> None:
    log = RunLog()
    seen = [0] * 500

    async def follow(place: int) -> None:
        async for batch in log.follow(START):
            seen[place] += len(batch.frames)

    following = [asyncio.create_task(follow(place)) for place in range(500)]
    await settle()
    log.append(words(2), 1)
    await settle()
    assert seen == [2] * 500
    log.append([the_end(3)], 1)
    await asyncio.gather(*following)
    assert seen == [3] * 500


async def test_nothing_follows_done() -> None:
    log = RunLog()
    log.append([*words(1), the_end(2)], 1)
    with pytest.raises(ValueError, match="follow done"):
        log.append([TokenEvent(text="x", seq=3)], 1)


async def test_the_size_is_that_of_the_frames() -> None:
    log = RunLog()
    log.append(words(10), 1)
    assert log.size == sum(map(len, log.frames))
