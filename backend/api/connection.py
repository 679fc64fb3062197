"""What a stream needs of the connection under it, and ASGI has no words for all of it."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from starlette.types import Receive, Send

CONNECTION_EXTENSION = "playhead.connection"
"""Key in the scope's extensions under which a server may give the ``StreamConnection`` of a request."""


class StreamConnection(Protocol):
    """The connection of one response that has begun."""

    def takes(self) -> bool:
        """Whether ``write`` may be called now: what is unsent stays within bounds."""
        ...

    def write(self, body: bytes) -> None:
        """Write a piece of the body without waiting. Does nothing once the reader has left."""
        ...

    async def send(self, body: bytes, *, more_body: bool = True) -> None:
        """Write a piece of the body once the reader has taken enough of what came before it."""
        ...

    def unsent(self) -> int:
        """What the reader has still to take: bytes, or, where they cannot be counted, 1 for a write that waits."""
        ...

    def drop(self) -> None:
        """Close at once, with what is still unsent."""
        ...

    def when_lost(self, callback: Callable[[], object] | None) -> None:
        """Call back once the reader has left; None = nobody."""
        ...


class PlainConnection:
    """Implements ``StreamConnection`` over ASGI alone, for a server that is not Playhead's. A reader who stalls is
    noticed later there, and dropped more slowly; a task waits for the reader to leave."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._writing = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: asyncio.Task[None] | None = None

    def takes(self) -> bool:
        """See ``StreamConnection.takes``."""
        return False

    def write(self, body: bytes) -> None:
        """See ``StreamConnection.write``."""
        task = asyncio.ensure_future(self.send(body))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def send(self, body: bytes, *, more_body: bool = True) -> None:
        """See ``StreamConnection.send``."""
        self._writing += 1
        try:
            await self._send({"type": "http.response.body", "body": body, "more_body": more_body})
        finally:
            self._writing -= 1

    def unsent(self) -> int:
        """See ``StreamConnection.unsent``."""
        return self._writing

    def drop(self) -> None:
        """The server closes a connection whose response is not complete."""

    def when_lost(self, callback: Callable[[], object] | None) -> None:
        """See ``StreamConnection.when_lost``."""
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = None if callback is None else asyncio.ensure_future(self._wait(callback))

    async def _wait(self, callback: Callable[[], object]) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        callback()
