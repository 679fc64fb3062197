"""Clocks that jump, and a day that passes: cases 7 and 22 of docs/scale.md."""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from backend.protocol.events import DoneEvent
from backend.runs.redis.connection import RedisConnection
from tests.conftest import missing
from tests.faults.deployment import answer_of, eventually, warnings_of
from tests.faults.one_of_each import all_complete, deployed, under_way
from tests.redis_server import RedisServer, running_redis

FAKETIME = [
    *Path("/usr/lib").glob("*/faketime/libfaketime.so.1"),
    *Path("/usr/lib").glob("faketime/libfaketime.so.1"),
]
DAY_S = 86_400


class MovedClock:
    """The wall clock of the processes that have its environment; what they measure spans of time with runs on."""

    def __init__(self, file: Path, *, before_allocator: bool = False) -> None:
        if not FAKETIME:
            missing("There is no faketime on this machine: install it (Debian: faketime).")
        self._file = file
        self.set("+0s")
        # Redis' own allocator asks for the time before faketime is ready: that of the C library stands in for it.
        libraries = f"{FAKETIME[0]} libc.so.6" if before_allocator else str(FAKETIME[0])
        self.environment: Mapping[str, str] = {
            "LD_PRELOAD": libraries,
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, offset: str) -> None:
        """How far it is off, such as ``-3600s``."""
        self._file.write_text(f"{offset}\n")


async def seen_by(redis: RedisServer, apart_s: int) -> None:
    """Return when the clock of Redis is so far from this machine's."""
    connection = RedisConnection(redis.url)

    async def moved() -> bool:
        seconds, _ = await connection.command("TIME")
        return abs(int(seconds) - time.time() - apart_s) < 30

    await eventually(moved)
    await connection.close()


@pytest.mark.parametrize("jump", ["+60s", "-3600s"])
async def test_07_the_clock_of_a_worker_jumps(folder: Path, jump: str) -> None:
    clock = MovedClock(folder / "offset")
    with running_redis(folder / "redis") as redis:
        async with deployed(folder, redis, worker_environment=clock.environment) as (deployment, _):
            watchers = await under_way(deployment)
            clock.set(jump)
            await all_complete(deployment, watchers)
            await all_complete(deployment, await under_way(deployment, 1))


async def test_07_the_clock_of_redis_jumps_on_and_back(folder: Path) -> None:
    clock = MovedClock(folder / "offset", before_allocator=True)
    with running_redis(folder / "redis", environment=clock.environment) as redis:
        async with deployed(folder, redis) as (deployment, _):
            for apart_s in (60, -3600):
                watchers = await under_way(deployment)
                clock.set(f"{apart_s:+}s")
                await seen_by(redis, apart_s)
                paused = await deployment.post(f"/v1/runs/{watchers[0].run_id}/pause")
                assert paused.status_code == 200, paused.text
                resumed = await deployment.post(f"/v1/runs/{watchers[0].run_id}/resume")
                assert resumed.status_code == 200, resumed.text
                await all_complete(deployment, watchers)
                await all_complete(deployment, await under_way(deployment, 1))


async def test_22_a_run_waits_a_day_for_a_person(folder: Path) -> None:
    clock = MovedClock(folder / "offset", before_allocator=True)
    with running_redis(folder / "redis", environment=clock.environment) as redis:
        async with deployed(folder, redis, environment=clock.environment) as (deployment, _):
            watcher = await deployment.ask("asks", options={"may_ask": True})
            await watcher.until_asked()
            clock.set(f"+{DAY_S}s")
            await seen_by(redis, DAY_S)
            await deployment.until_ready()
            asked = watcher.view.stream.inputs[0].input_id
            answer = await deployment.post(f"/v1/runs/{watcher.run_id}/inputs/{asked}", action="accept", value="left")
            assert answer.status_code == 200, answer.text
            events = await deployment.sound(watcher)
            assert isinstance(events[-1], DoneEvent)
            assert (events[-1].outcome, warnings_of(events)) == ("completed", [])
            assert answer_of(events) == "left it is."
