"""What the nodes of a deployment say to each other, over the streams that wake them."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

from backend.runs.redis.connection import RedisConnection, ScriptCall
from backend.runs.redis.keys import Keys

ATTENDING_S: Final = 120
"""How long Redis remembers who attends to a topic, unless it is said again."""

MOST_UNSAID: Final = 10_000
"""How much waits to be said while Redis is away; of more, the oldest is lost."""

_PER_CALL: Final = 200

Take = Callable[[str, str], None]


class NodeExchange:
    """Implements ``Exchange``. ``send`` and ``refresh`` are called again and again by the node's tasks."""

    def __init__(self, redis: RedisConnection, keys: Keys, node: str) -> None:
        self._redis = redis
        self._keys = keys
        self._node = node
        self._attended: dict[str, tuple[Take, Callable[[], None]]] = {}
        self._registered: set[str] = set()
        """The topics of which Redis knows that this node attends to them."""
        self._unsaid: deque[tuple[str, str]] = deque(maxlen=MOST_UNSAID)
        self._news = asyncio.Event()
        self._last_heard = (0, 0)
        self._cut = False

    def attend(self, topic: str, take: Take, missed: Callable[[], None]) -> None:
        """See ``Exchange.attend``."""
        self._attended[topic] = take, missed
        self._news.set()

    def leave(self, topic: str) -> None:
        """See ``Exchange.leave``."""
        self._attended.pop(topic, None)
        self._news.set()

    def say(self, topic: str, text: str) -> None:
        """See ``Exchange.say``. It is said as soon as Redis takes it."""
        self._unsaid.append((topic, text))
        self._news.set()

    def hear(self, entry_id: bytes, fields: Mapping[bytes, bytes]) -> None:
        """Another node said something, in that entry of this node's stream."""
        milliseconds, _, number = entry_id.partition(b"-")
        place = int(milliseconds), int(number)
        topic = fields[b"t"].decode()
        # After a pause the stream is read from its start once more.
        if place > self._last_heard and topic in self._attended:
            self._attended[topic][0](fields[b"from"].decode(), fields[b"b"].decode())
        self._last_heard = max(self._last_heard, place)

    def cut(self) -> None:
        """Redis did not answer: what was said meanwhile may be lost."""
        self._cut = True

    async def send(self) -> None:
        """Wait for something to say, and say it. Raises ``StoreError``; what could not be said is then said later."""
        await self._news.wait()
        while self._registered != self._attended.keys():
            await self._register()
        while self._unsaid:
            said = [self._unsaid[place] for place in range(min(_PER_CALL, len(self._unsaid)))]
            await self._redis.scripts([self._saying(topic, text) for topic, text in said])
            for each in said:
                # The oldest may have been dropped meanwhile.
                if self._unsaid and self._unsaid[0] is each:
                    self._unsaid.popleft()
        if not self._unsaid and self._registered == self._attended.keys():
            self._news.clear()

    async def refresh(self) -> None:
        """Say again what this node attends to, and find out whether something was missed. Raises ``StoreError``."""
        topics = list(self._registered)
        added = await self._redis.commands([("SADD", self._nodes(topic), self._node) for topic in topics])
        await self._redis.commands([("EXPIRE", self._nodes(topic), ATTENDING_S) for topic in topics])
        cut, self._cut = self._cut, False
        for topic, new in zip(topics, added, strict=True):
            if (new or cut) and topic in self._attended:
                self._attended[topic][1]()

    async def close(self) -> None:
        """Say what is left to be said, and leave every topic. Raises ``StoreError``."""
        self._attended.clear()
        self._news.set()
        await self.send()

    async def _register(self) -> None:
        new, old = list(self._attended.keys() - self._registered), list(self._registered - self._attended.keys())
        await self._redis.commands(
            [("SADD", self._nodes(topic), self._node) for topic in new]
            + [("EXPIRE", self._nodes(topic), ATTENDING_S) for topic in new]
            + [("SREM", self._nodes(topic), self._node) for topic in old]
        )
        self._registered = (self._registered | set(new)) - set(old)

    def _nodes(self, topic: str) -> str:
        return self._keys.name("topic", topic)

    def _saying(self, topic: str, text: str) -> ScriptCall:
        return ScriptCall("say", (self._nodes(topic),), (self._keys.prefix, self._node, topic, text))
