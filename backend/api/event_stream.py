"""The response that carries a run's log to one reader.

It is sse-starlette's response with another engine: no queue and no task per event, one write per batch of frames that
were encoded when they were appended, a heartbeat only after silence, and a look at readers who left (uvicorn's ``send``
says nothing then) or stopped reading.

On Playhead's server the response leaves the routes as soon as it is made (``HandOver``), and events that come while
everything before them was sent are written to the connection by the log's tick, without waking a task. On another
server everything goes through ASGI, and an attendant task per connection waits for the reader to leave.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

import anyio
from sse_starlette.sse import EventSourceResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.protocol.sse import HEARTBEAT, retry_prefix
from backend.runs.log import LogFollower
from backend.runs.store import Batch

CONNECTION_EXTENSION = "playhead.connection"
"""Key in the scope's extensions under which a server may give a ``Connection``."""

HAND_OVER_EXTENSION = "playhead.hand-over"
"""Key in the scope's extensions under which a response is left to be carried once the routes have returned."""

RETRY_MS = 1000
"""How long a reader is asked to wait before it reconnects."""

LOOKS = 8
"""How often what is unsent is looked at in the time after which its reader counts as stalled."""


class Connection(Protocol):
    """What ASGI has no words for. Without it a reader who stalls is noticed later, and dropped more slowly."""

    def unsent(self) -> int:
        """How many bytes wait to be taken by the reader."""
        ...

    def drop(self) -> None:
        """Close at once, with what is still unsent."""
        ...

    def takes(self) -> bool:
        """Whether more may be written now: what is unsent stays within bounds."""
        ...

    def write(self, body: bytes) -> None:
        """Write a piece of the body of a response that has begun. Does nothing once the reader has left."""
        ...

    def when_lost(self, callback: Callable[[], object] | None) -> None:
        """Call back once the reader has left; None = nobody."""
        ...


class HandOver:
    """Carries event streams after the routes have returned, so that a stream keeps nothing of them in memory."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; then carry the stream that was left, if one was."""
        left: list[EventStream] = []
        scope.setdefault("extensions", {})[HAND_OVER_EXTENSION] = left
        await self._app(scope, receive, send)
        if left:
            await left.pop().carry(scope, receive, send)


class OpenStreams:
    """The streams under way, so that a server that stops can end them."""

    def __init__(self) -> None:
        self._streams: set[EventStream] = set()
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self._streams)

    def add(self, stream: "EventStream") -> None:
        """Count the stream in."""
        self._streams.add(stream)
        self._tell()

    def discard(self, stream: "EventStream") -> None:
        """Count the stream out."""
        self._streams.discard(stream)
        self._tell()

    async def until(self, count: int) -> None:
        """Return once so many streams are open."""
        while len(self) != count:
            await self._changed.wait()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def stop_shared(self, share_id: str) -> None:
        """End the streams that were opened through a share, which was revoked."""
        for stream in list(self._streams):
            if stream.share_id == share_id:
                stream.stop()

    async def close(self, grace_s: float) -> None:
        """Give the streams ``grace_s`` seconds to reach their end, then end those that are left."""
        try:
            async with asyncio.timeout(grace_s):
                await self.until(0)
        except TimeoutError:
            for stream in list(self._streams):
                stream.stop()


class EventStream(EventSourceResponse):
    """Sends batches of frames until ``done``, or until the reader is gone, stalls, or the server stops."""

    def __init__(
        self,
        batches: AsyncIterator[Batch],
        streams: OpenStreams,
        watching: AbstractContextManager[object],
        *,
        heartbeat_s: float,
        stalled_reader_s: float,
        headers: Mapping[str, str] | None = None,
        share_id: str | None = None,
        retry_ms: int | None = RETRY_MS,
    ) -> None:
        """``watching`` is held as long as somebody reads. Durations are seconds. ``share_id`` is the share through
        which the reader came, if it was one. ``retry_ms`` is None in a dialect whose readers do not come back by
        themselves."""
        super().__init__(batches, headers=headers, ping=0, sep="\n")
        self.share_id = share_id
        self._batches = batches
        self._streams = streams
        self._watching = watching
        self._prefix = retry_prefix(retry_ms) if retry_ms is not None else b""
        self._heartbeat_s = heartbeat_s
        self._stalled_reader_s = stalled_reader_s
        self._scope = anyio.CancelScope()
        self._writing = False
        self._last_write = 0.0
        self._stuck: tuple[float, int] = (0.0, 0)
        self._stuck_since = 0.0
        self._connection: Connection | None = None
        self._gone = False
        self._waiting: asyncio.Future[None] | None = None
        self._alarm: asyncio.TimerHandle | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Leave the stream to be carried outside the routes, where there is somebody to do that, or carry it."""
        left = scope.get("extensions", {}).get(HAND_OVER_EXTENSION)
        if left is not None:
            left.append(self)
        else:
            await self.carry(scope, receive, send)

    async def carry(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry the stream. Returns when nothing more will be sent; the run is never touched."""
        self._connection = scope.get("extensions", {}).get(CONNECTION_EXTENSION)
        attendant = None
        if self._connection is None:
            attendant = asyncio.create_task(self._attend(receive, send))
        else:
            self._connection.when_lost(self._lost)
        self._streams.add(self)
        try:
            with self._watching:
                complete = False
                with self._scope:
                    complete = await self._send_all(send)
                if not complete and not self._gone:
                    await self._leave(send)
        finally:
            self._streams.discard(self)
            if self._connection is not None:
                self._connection.when_lost(None)
            if self._alarm is not None:
                self._alarm.cancel()
            if attendant is not None:
                attendant.cancel()
                await asyncio.wait([attendant])
            await close_batches(self._batches)

    def stop(self) -> None:
        """End the stream where it is; its reader may come back and resume."""
        self._scope.cancel()

    async def _send_all(self, send: Send) -> bool:
        """Send everything. True if the response is complete."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        self._last_write = time.monotonic()
        if self._connection is not None:
            self._set_alarm()
        prefix = self._prefix
        # A send to a reader who left returns without a pause: it is the store that yields between batches, so that
        # others get their turn, and the reader's leaving its chance to be seen.
        async for batch in self._batches:
            await self._write(send, prefix + b"".join(batch.frames))
            prefix = b""
            if self._connection is not None and isinstance(self._batches, LogFollower) and self._batches.waits:
                await self._be_written_to(self._batches, self._connection)
        # The end is a separate write, so that it waits until the reader has taken nearly everything before it.
        await self._write(send, b"", more_body=False)
        return True

    async def _be_written_to(self, batches: LogFollower, connection: Connection) -> None:
        """Let new events be written from the tick, until there is more than the connection takes, or an end."""
        self._waiting = waiting = asyncio.get_running_loop().create_future()

        def deliver() -> None:
            batch = batches.take() if connection.takes() and not waiting.done() else None
            if batch is not None:
                connection.write(b"".join(batch.frames))
                self._last_write = time.monotonic()
            if not batches.waits and not waiting.done():
                waiting.set_result(None)

        batches.listen(deliver)
        try:
            await waiting
        finally:
            self._waiting = None
            batches.ignore(deliver)

    async def _write(self, send: Send, body: bytes, *, more_body: bool = True) -> None:
        if more_body and self._connection is not None and self._connection.takes():
            self._connection.write(body)
            self._last_write = time.monotonic()
            return
        self._writing = True
        await send({"type": "http.response.body", "body": body, "more_body": more_body})
        self._last_write, self._writing = time.monotonic(), False

    def _lost(self) -> None:
        self._gone = True
        self._scope.cancel()

    def _set_alarm(self) -> None:
        self._alarm = asyncio.get_running_loop().call_later(self._quiet_s(), self._look)

    def _look(self) -> None:
        """Send a heartbeat where one is due, and cut a reader who stalls."""
        if self._stalled():
            self._gone = True
            self._drop()
            self._scope.cancel()
            return
        if self._silent() and self._connection is not None:
            self._connection.write(HEARTBEAT)
            self._last_write = time.monotonic()
        self._set_alarm()

    async def _attend(self, receive: Receive, send: Send) -> None:
        """Wait for the reader to leave; beside that, send heartbeats and cut a reader who stalls."""
        try:
            while True:
                try:
                    async with asyncio.timeout(self._quiet_s()):
                        message = await receive()
                except TimeoutError:
                    if self._stalled():
                        self._gone = True
                        return
                    if self._silent():
                        await self._write(send, HEARTBEAT)
                else:
                    if message["type"] == "http.disconnect":
                        self._gone = True
                        return
        finally:
            self._scope.cancel()

    def _quiet_s(self) -> float:
        """Seconds until there may be something to do beside sending events."""
        look_s = self._stalled_reader_s / LOOKS
        heartbeat_due_s = self._last_write + self._heartbeat_s - time.monotonic()
        # One that is overdue is held back by something unsent, and that takes as long as it takes.
        return min(heartbeat_due_s, look_s) if heartbeat_due_s > 0 else look_s

    def _unsent(self) -> int:
        """What the reader has still to take: bytes, or, where they cannot be counted, 1 for a write that waits."""
        return self._connection.unsent() if self._connection is not None else int(self._writing)

    def _stalled(self) -> bool:
        """Whether something has waited to be taken all the time, and the reader has taken nothing of it."""
        now, unsent = time.monotonic(), self._unsent()
        if unsent == 0 or (self._last_write, unsent) != self._stuck:
            self._stuck, self._stuck_since = (self._last_write, unsent), now
        return now - self._stuck_since >= self._stalled_reader_s

    def _silent(self) -> bool:
        quiet = not self._writing and self._unsent() == 0
        return quiet and time.monotonic() - self._last_write >= self._heartbeat_s

    async def _leave(self, send: Send) -> None:
        """End the response of a reader who is still there, unless that would mean to wait for him."""
        if self._unsent() == 0:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.drop()


async def close_batches(batches: AsyncIterator[Batch]) -> None:
    """Release the log, if the iterator is reading it."""
    if isinstance(batches, AsyncGenerator | LogFollower):
        await batches.aclose()
