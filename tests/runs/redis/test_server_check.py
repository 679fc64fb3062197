"""A Redis that would lose runs by itself is refused at the start."""

from pathlib import Path

import pytest

from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.server_check import ServerRoom, check_server, room_of
from backend.runs.store import StoreError
from tests.redis_server import RedisServer, running_redis

pytestmark = pytest.mark.server


async def test_a_redis_that_evicts_is_refused(tmp_path: Path) -> None:
    with running_redis(tmp_path / "redis", "--maxmemory", "20mb", "--maxmemory-policy", "allkeys-lru") as server:
        redis = RedisConnection(server.url)
        with pytest.raises(StoreError, match="allkeys-lru"):
            await check_server(redis)
        await redis.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
        await check_server(redis)
        room = await room_of(redis)
        assert (room.most, room.is_tight) == (20 * 1024 * 1024, False)
        await redis.close()


async def test_a_redis_without_a_limit_is_never_tight(redis_server: RedisServer) -> None:
    redis = RedisConnection(redis_server.url)
    assert not (await room_of(redis)).is_tight
    await redis.close()


@pytest.mark.parametrize(("used", "tight"), [(79, False), (80, True), (100, True)])
def test_the_last_fifth_is_for_runs_that_have_begun(used: int, tight: bool) -> None:
    assert ServerRoom(used, 100).is_tight == tight


async def test_a_redis_that_is_not_there_is_one_sentence() -> None:
    redis = RedisConnection("redis://127.0.0.1:1/0")
    with pytest.raises(StoreError, match="does not answer"):
        await check_server(redis)
    await redis.close()
