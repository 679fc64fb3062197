"""What nodes say to each other while Redis comes and goes."""

import asyncio
from typing import Any, cast

import pytest

from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.keys import Keys
from backend.runs.redis.messages import NodeMessages
from backend.runs.store import StoreUnreachableError


class AwayRedis:
    """Takes no command until it has failed so often."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.taken: list[tuple[Any, ...]] = []

    async def command(self, *command: Any) -> None:
        if self.failures:
            self.failures -= 1
            raise StoreUnreachableError("Redis is away.")
        self.taken.append(command)


def _messages(redis: AwayRedis, patience_s: float) -> NodeMessages:
    return NodeMessages(cast(RedisConnection, redis), Keys("test"), "worker", patience_s)


async def test_a_reply_is_sent_once_redis_is_back() -> None:
    redis = AwayRedis(failures=1)
    await _messages(redis, patience_s=60).reply("web", "m1", {"done": True})
    assert [(command[0], command[1], command[-1]) for command in redis.taken] == [
        ("XADD", Keys("test").wake("web"), b'{"done":true}')
    ]


async def test_a_reply_that_nobody_waits_for_any_more_is_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    redis = AwayRedis(failures=1_000)
    async with asyncio.timeout(60):
        await _messages(redis, patience_s=0).reply("web", "m1", {})
    assert redis.taken == []
    assert [record.getMessage() for record in caplog.records] == [
        "A reply to another node was not sent: Redis is away."
    ]
