"""Commands to Redis: many at once, and from tasks that are cancelled."""

import asyncio

import pytest

from backend.runs.redis.connection import RedisConnection
from tests.redis_server import RedisServer

pytestmark = pytest.mark.server

AT_ONCE = 200
"""More than there are connections."""


async def test_more_commands_than_connections_wait_for_one_another(redis_server: RedisServer) -> None:
    redis = RedisConnection(redis_server.url)
    assert await asyncio.gather(*(redis.command("ECHO", at) for at in range(AT_ONCE))) == [
        str(at).encode() for at in range(AT_ONCE)
    ]
    await redis.close()


async def test_a_task_that_is_cancelled_while_redis_answers_ends(redis_server: RedisServer) -> None:
    redis = RedisConnection(redis_server.url)

    async def ask_forever() -> None:
        while True:
            await redis.command("PING")
            await redis.commands([("PING",), ("PING",)])
            await redis.script("renew", ["h", "nodes", "cmd", "running", "gone"], ("run", "node", 1))

    for turns in range(300):
        task = asyncio.create_task(ask_forever())
        for _ in range(20 + turns):
            await asyncio.sleep(0)
        task.cancel()
        done, _ = await asyncio.wait({task}, timeout=5.0)
        assert done, f"cancelled after {turns} turns of the event loop"
    await redis.close()
