"""What the nodes of a deployment say to each other, by topic: who is in a conversation, which share was withdrawn.

News is not kept. A node that was cut off hears that it missed some, and finds out by itself what is so now.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol

Take = Callable[[str, str], None]
"""Called with the node that says something, and what it says."""


class Exchange(Protocol):
    """A node's connection to the others. Nothing here waits or fails."""

    def attend(self, topic: str, take: Take, missed: Callable[[], None]) -> None:
        """From now on call ``take`` with what the other nodes say, each in its order, and ``missed`` whenever some of
        it may have been lost. What this node says next about the topic is said after it can hear the replies."""
        ...

    def leave(self, topic: str) -> None:
        """Hear nothing of the topic any more."""
        ...

    def say(self, topic: str, text: str) -> None:
        """Say something to every other node that attends to the topic."""
        ...


class MemoryHub:
    """What connects the nodes of one process."""

    def __init__(self) -> None:
        self._nodes: list[MemoryExchange] = []
        self._waiting: deque[tuple[MemoryExchange, str, str]] = deque()

    def join(self, node: "MemoryExchange") -> str:
        """One more node, which gets a name."""
        self._nodes.append(node)
        return str(len(self._nodes))

    def carry(self, speaker: "MemoryExchange", topic: str, text: str) -> None:
        """Have everybody but the speaker hear it. A reply is heard after what it replies to, by all."""
        busy = bool(self._waiting)
        self._waiting.append((speaker, topic, text))
        while self._waiting and not busy:
            said = self._waiting[0]
            for node in self._nodes:
                if node is not said[0]:
                    node.hear(*said)
            self._waiting.popleft()


class MemoryExchange:
    """Implements ``Exchange`` within one process, without losses. A server alone is the only node of its hub."""

    def __init__(self, hub: MemoryHub | None = None) -> None:
        self._hub = hub or MemoryHub()
        self._taking: dict[str, Take] = {}
        self.name = self._hub.join(self)

    def attend(self, topic: str, take: Take, missed: Callable[[], None]) -> None:
        """See ``Exchange.attend``."""
        self._taking[topic] = take

    def leave(self, topic: str) -> None:
        """See ``Exchange.leave``."""
        self._taking.pop(topic, None)

    def say(self, topic: str, text: str) -> None:
        """See ``Exchange.say``."""
        self._hub.carry(self, topic, text)

    def hear(self, speaker: "MemoryExchange", topic: str, text: str) -> None:
        """Another node said that."""
        if topic in self._taking:
            self._taking[topic](speaker.name, text)
