"""When the rounds come in which what runs write is brought to Redis."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

from backend.runs.frames import encode_frames
from backend.runs.log import RunLog
from backend.runs.redis.connection import RedisConnection, ScriptCall
from backend.runs.redis.keys import Keys
from backend.runs.redis.log_writer import FRAMES_PER_CALL, ROUNDS, LogWriter
from backend.runs.redis.owned_run import OwnedRun
from tests.runs.logs import a_record, words
from tests.runs.timed_loop import TimedLoop, due_until


class TakingRedis:
    """A Redis that takes everything at once, and notes when."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.rounds: list[tuple[float, int]] = []
        """When a round came, and how many frames it had."""
        self._loop = loop

    async def scripts(self, calls: Sequence[ScriptCall]) -> list[Any]:
        """Take them."""
        self.rounds.append((self._loop.time(), sum(int(call.values[5]) for call in calls)))
        return [[b"ok"] for _ in calls]


def playing(play: Callable[[TimedLoop, LogWriter, TakingRedis], Awaitable[None]]) -> TakingRedis:
    """What Redis was given while a writer worked on a clock that the test moves."""
    loop = TimedLoop()
    redis = TakingRedis(loop)

    async def begin() -> None:
        writer = LogWriter(cast(RedisConnection, redis), Keys("p"), "node", 10, lambda _: None, loop.time)
        writer.start()
        await play(loop, writer, redis)
        await writer.stop()

    try:
        loop.run_until_complete(begin())
    finally:
        loop.close()
    return redis


def some_runs(count: int) -> list[OwnedRun]:
    """Runs of this node."""
    return [OwnedRun(a_record(), RunLog(), 1, 0.0) for _ in range(count)]


def write(writer: LogWriter, run: OwnedRun, count: int = 1) -> None:
    """Have the run write so many events."""
    run.add(encode_frames(words(count, run.next_seq), 1))
    writer.add(run)


async def write_at(loop: TimedLoop, writer: LogWriter, runs: int, rate: float, seconds: float) -> None:
    """So many runs write in turn, each so many events a second."""
    for run in itertools.islice(itertools.cycle(some_runs(runs)), round(seconds * runs * rate)):
        write(writer, run)
        await due_until(loop, loop.passed_s + 1 / (runs * rate))


def late_rounds(redis: TakingRedis) -> list[tuple[float, int]]:
    """The rounds once the rate is known."""
    return [each for each in redis.rounds if each[0] > 1.0]


def test_the_events_of_few_runs_are_written_one_by_one() -> None:
    redis = playing(lambda loop, writer, _: write_at(loop, writer, runs=3, rate=20, seconds=2))
    assert {frames for _, frames in late_rounds(redis)} == {1}


def test_the_events_of_many_runs_are_written_together() -> None:
    redis = playing(lambda loop, writer, _: write_at(loop, writer, runs=50, rate=20, seconds=2))
    rounds = late_rounds(redis)
    apart = [after - before for (before, _), (after, _) in itertools.pairwise(rounds)]
    assert min(frames for _, frames in rounds) > 15
    assert max(apart) < ROUNDS.longest_s + 0.002


def test_who_waits_for_what_is_written_waits_for_no_distance() -> None:
    async def play(loop: TimedLoop, writer: LogWriter, redis: TakingRedis) -> None:
        await write_at(loop, writer, runs=50, rate=20, seconds=2)
        (run,) = some_runs(1)
        write(writer, run)
        before = loop.time()
        await writer.flush(run)
        assert loop.time() == before
        assert not run.pending

    playing(play)


def test_what_somebody_was_promised_waits_for_no_distance() -> None:
    async def play(loop: TimedLoop, writer: LogWriter, redis: TakingRedis) -> None:
        await write_at(loop, writer, runs=50, rate=20, seconds=2)
        (run,) = some_runs(1)
        write(writer, run)
        writer.hurry()
        await due_until(loop, loop.passed_s)
        assert not run.pending

    playing(play)


def test_a_run_that_writes_more_than_a_call_takes_waits_for_no_distance() -> None:
    async def play(loop: TimedLoop, writer: LogWriter, redis: TakingRedis) -> None:
        (run,) = some_runs(1)
        write(writer, run, 3 * FRAMES_PER_CALL + 1)
        await due_until(loop, loop.passed_s)
        await due_until(loop, loop.passed_s)
        await due_until(loop, loop.passed_s)

    redis = playing(play)
    assert [frames for _, frames in redis.rounds] == [FRAMES_PER_CALL] * 3 + [1]
    assert {at for at, _ in redis.rounds} == {0.0}
