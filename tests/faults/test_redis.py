"""Redis is restarted, frozen, full, cut off, or replaced: cases 1 to 6 of docs/scale.md."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from backend.protocol.events import DoneEvent
from tests.faults.deployment import LEASE_S, answer_of, eventually, warnings_of
from tests.faults.one_of_each import all_complete, all_interrupted, deployed, under_way
from tests.faults.redis_link import RedisLink
from tests.redis_server import RedisServer, running_redis


@pytest.mark.parametrize("aof", [True, False], ids=["with AOF", "without"])
async def test_01_redis_is_killed_and_started_again(folder: Path, aof: bool) -> None:
    with running_redis(folder / "redis", aof=aof) as redis:
        async with deployed(folder, redis) as (deployment, _):
            watchers = await under_way(deployment)
            redis.kill()
            await asyncio.to_thread(redis.start)
            await all_complete(deployment, watchers)
            await deployment.sound(await deployment.ask("thinks"))


async def test_06_redis_stands_still_for_less_and_for_more_than_a_lease(folder: Path) -> None:
    with running_redis(folder / "redis") as redis:
        async with deployed(folder, redis) as (deployment, _):
            watchers = await under_way(deployment)
            redis.freeze()
            await asyncio.sleep(LEASE_S / 2)
            redis.thaw()
            await all_complete(deployment, watchers)
            watchers = await under_way(deployment)
            redis.freeze()
            await asyncio.sleep(3 * LEASE_S)
            redis.thaw()
            for watcher in watchers:
                await deployment.sound(watcher)
            await deployment.sound(await deployment.ask("thinks"))


@pytest.mark.parametrize("how", [RedisLink.cut, RedisLink.swallow], ids=["cut", "swallowed"])
async def test_05_a_worker_is_cut_off_from_redis(folder: Path, how: Callable[[RedisLink], None]) -> None:
    with running_redis(folder / "redis") as redis:
        async with deployed(folder, redis, links=2) as (deployment, [_, link]):
            watchers = await under_way(deployment)
            how(link)
            await asyncio.sleep(LEASE_S / 4)
            link.mend()
            await all_complete(deployment, watchers)
            watchers = await under_way(deployment)
            shown = [watcher.view.message.answer for watcher in watchers]
            how(link)
            await all_interrupted(deployment, watchers, shown)
            link.mend()
            await deployment.sound(await deployment.ask("thinks"))


async def test_04_redis_is_full_in_the_middle_of_runs_and_has_room_again(folder: Path) -> None:
    with running_redis(folder / "redis", "--maxmemory", "100mb", "--maxmemory-policy", "noeviction") as redis:
        async with deployed(folder, redis) as (deployment, _):
            watchers = await under_way(deployment)
            redis.ask(b"CONFIG SET maxmemory 1mb\r\n")
            refused = await deployment.post("/v1/runs", question="Why?", agent="scripted:words")
            assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)
            await asyncio.sleep(2 * LEASE_S)
            redis.ask(b"CONFIG SET maxmemory 100mb\r\n")
            await all_complete(deployment, watchers)


@asynccontextmanager
async def with_replica(folder: Path) -> AsyncIterator[tuple[RedisServer, RedisServer]]:
    """A Redis and its replica."""
    with running_redis(folder / "first") as first, running_redis(folder / "second") as second:
        second.ask(f"REPLICAOF 127.0.0.1 {first.port}\r\n".encode())

        async def follows() -> bool:
            return b"master_link_status:up" in second.ask(b"INFO replication\r\n")

        await eventually(follows)
        yield first, second


@pytest.mark.parametrize("worker_lives", [True, False], ids=["the worker lives", "the worker is lost as well"])
async def test_02_a_failover_loses_the_end_that_readers_saw(folder: Path, worker_lives: bool) -> None:
    async with with_replica(folder) as (first, second), deployed(folder, first, links=2) as (deployment, links):
        watchers = await under_way(deployment)
        second.ask(b"REPLICAOF NO ONE\r\n")
        seen = [watcher.view.stream.token_events for watcher in watchers]
        for watcher, tokens in zip(watchers, seen, strict=True):
            await watcher.until(tokens + 8)
        if not worker_lives:
            deployment.workers.pop(0).kill()
        for link in links:
            link.lead_to(second.port)
        first.kill()
        if worker_lives:
            await all_complete(deployment, watchers)
            return
        for watcher in watchers:
            events = await deployment.sound(watcher)
            assert warnings_of(events) == ["worker_lost"]
            assert isinstance(events[-1], DoneEvent)
            assert events[-1].outcome == "interrupted"


async def test_03_two_redis_believe_to_be_the_one_for_a_while(folder: Path) -> None:
    async with with_replica(folder) as (first, second), deployed(folder, first, links=2) as (deployment, links):
        web_link, worker_link = links
        watchers = await under_way(deployment)
        second.ask(b"REPLICAOF NO ONE\r\n")
        web_link.lead_to(second.port)
        shown = [watcher.view.message.answer for watcher in watchers]
        await asyncio.sleep(5 * LEASE_S)
        for watcher, before in zip(watchers, shown, strict=True):
            events = await deployment.sound(watcher)
            assert warnings_of(events) == ["worker_lost"]
            assert before.startswith(answer_of(events)) or answer_of(events).startswith(before)
        worker_link.lead_to(second.port)
        await deployment.until_ready()
        await deployment.sound(await deployment.ask("thinks"))
        for watcher in watchers:
            assert [type(event) for event in await deployment.events(watcher.run_id)].count(DoneEvent) == 1
