"""What nodes say to each other: the same for the exchange in memory and for the one over Redis."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from backend.api.exchange import Exchange, MemoryExchange, MemoryHub
from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.keys import Keys
from backend.runs.redis.node import RedisNode
from backend.runs.redis.store import RedisStore
from tests.api.backend_server import DEADLINE_S
from tests.redis_server import RedisServer, running_redis

pytestmark = pytest.mark.server

_deployments = itertools.count()

Join = Callable[[], Awaitable[Exchange]]


@dataclass
class Listener:
    """Hears a topic at a node."""

    exchange: Exchange
    topic: str = "room:1"
    heard: list[str] = field(default_factory=list)
    missed: int = 0
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def attend(self) -> "Listener":
        self.exchange.attend(self.topic, self._take, self._miss)
        return self

    def _take(self, node: str, text: str) -> None:
        self.heard.append(text)
        self._wake()

    def _miss(self) -> None:
        self.missed += 1
        self._wake()

    def _wake(self) -> None:
        async def notify() -> None:
            async with self.news:
                self.news.notify_all()

        self._task = asyncio.ensure_future(notify())

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S), self.news:
            await self.news.wait_for(true)


async def redis_node(url: str, keys: Keys, stack: AsyncExitStack) -> RedisNode:
    redis = RedisConnection(url)
    store = RedisStore(redis, keys)
    await store.open()
    stack.push_async_callback(store.close)
    node = RedisNode(store, redis, keys, lease_s=2.0)
    await node.start()
    stack.push_async_callback(node.stop)
    return node


@pytest.fixture(params=["memory", "redis"])
async def join(request: pytest.FixtureRequest) -> AsyncIterator[Join]:
    """Adds a node to one deployment."""
    hub, keys = MemoryHub(), Keys(f"exchange-{next(_deployments)}")
    async with AsyncExitStack() as stack:

        async def add() -> Exchange:
            if request.param == "memory":
                return MemoryExchange(hub)
            server: RedisServer = request.getfixturevalue("redis_server")
            return (await redis_node(server.url, keys, stack)).exchange

        yield add


async def test_others_who_attend_hear_everything_in_its_order_and_the_speaker_nothing(join: Join) -> None:
    ana, ben, cem = [Listener(await join()).attend() for _ in range(3)]
    elsewhere = Listener(ben.exchange, "room:2").attend()
    # Whoever is heard attends already.
    for each in (ben, cem):
        each.exchange.say("room:1", "here")
    await ana.until(lambda: len(ana.heard) == 2)
    for n in range(300):
        ana.exchange.say("room:1", str(n))
    expected = [str(n) for n in range(300)]
    await ben.until(lambda: ben.heard[-1:] == ["299"])
    await cem.until(lambda: cem.heard[-1:] == ["299"])
    assert [text for text in ben.heard if text != "here"] == expected
    assert [text for text in cem.heard if text != "here"] == expected
    assert ana.heard == ["here", "here"]
    assert elsewhere.heard == []


async def test_an_answer_is_heard_by_who_asked_and_nothing_after_leaving(join: Join) -> None:
    ana, ben = Listener(await join()).attend(), await join()

    def answer(node: str, text: str) -> None:
        if text == "ask":
            ben.say("room:1", "answer")

    ben.attend("room:1", answer, lambda: None)
    other = Listener(ben, "room:2").attend()
    ben.say("room:1", "here")
    await ana.until(lambda: ana.heard == ["here"])
    ana.exchange.say("room:1", "ask")
    await ana.until(lambda: ana.heard == ["here", "answer"])
    ana.exchange.leave("room:1")
    ana.exchange.say("room:2", "gone")
    await other.until(lambda: other.heard == ["gone"])
    ben.say("room:1", "anybody?")
    ana.topic = "room:2"
    ana.attend()
    ana.exchange.say("room:2", "back")
    await other.until(lambda: other.heard == ["gone", "back"])
    # Who begins to listen at another machine hears what is said a moment later.
    async with asyncio.timeout(DEADLINE_S):
        while len(ana.heard) == len(["here", "answer"]):
            ben.say("room:2", "welcome")
            await asyncio.sleep(0.01)
    assert ana.heard[:3] == ["here", "answer", "welcome"]


async def test_a_node_that_redis_was_away_for_hears_that_it_missed_something(tmp_path: Path) -> None:
    with running_redis(tmp_path / "redis") as server:
        async with AsyncExitStack() as stack:
            keys = Keys("cut")
            ana = Listener((await redis_node(server.url, keys, stack)).exchange).attend()
            ben = (await redis_node(server.url, keys, stack)).exchange
            ben.attend("room:1", lambda node, text: None, lambda: None)
            ana.exchange.say("room:1", "here")
            ben.say("room:1", "before")
            await ana.until(lambda: ana.heard == ["before"])
            server.kill()
            server.start()
            await ana.until(lambda: ana.missed > 0)
            ben.say("room:1", "after")
            await ana.until(lambda: ana.heard[-1] == "after")
            assert ana.heard.count("before") == 1
