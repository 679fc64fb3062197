"""Bringing a run's log to one reader, once the response has begun.

One write per batch of frames that were encoded when they were appended, a heartbeat only after silence, and a look at
readers who left (uvicorn's ``send`` says nothing then) or stopped reading. There is no queue and no task per event:
events that come while everything before them was sent are written to the connection by the log's tick. What a reader
costs while nothing happens is this object, its place in the log and one task that sleeps.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractContextManager

from starlette.types import Receive, Scope, Send

from backend.access.callers import caller_now
from backend.api.connection import CONNECTION_EXTENSION, PlainConnection, StreamConnection
from backend.api.open_streams import OpenStreams
from backend.protocol.sse import HEARTBEAT
from backend.runs.log_follower import LogFollower
from backend.runs.store import Batch, StoreUnreachableError

LOOKS = 8
"""How often what is unsent is looked at in the time after which its reader counts as stalled."""

_log = logging.getLogger(__name__)


class StreamDelivery:
    """Sends batches of frames until ``done``, or until the reader is gone, stalls, or the server stops."""

    __slots__ = (
        "__weakref__",
        "_alarm",
        "_batches",
        "_connection",
        "_gone",
        "_heartbeat_s",
        "_last_write",
        "_prefix",
        "_stalled_reader_s",
        "_stopping",
        "_streams",
        "_stuck",
        "_stuck_since",
        "_task",
        "_waiting",
        "_watching",
        "owner",
        "share_id",
    )

    def __init__(
        self,
        batches: AsyncIterator[Batch],
        streams: OpenStreams,
        watching: AbstractContextManager[object],
        *,
        heartbeat_s: float,
        stalled_reader_s: float,
        prefix: bytes = b"",
        share_id: str | None = None,
    ) -> None:
        """``watching`` is held as long as somebody reads. Durations are seconds. ``prefix`` stands before the first
        frame. ``share_id`` is the share through which the reader came, if it was one."""
        self.share_id = share_id
        self.owner = caller_now().owner
        self._batches = batches
        self._streams = streams
        self._watching = watching
        self._prefix = prefix
        self._heartbeat_s = heartbeat_s
        self._stalled_reader_s = stalled_reader_s
        self._last_write = 0.0
        self._stuck: tuple[float, int] = (0.0, 0)
        self._stuck_since = 0.0
        self._gone = False
        self._stopping = False
        self._task: asyncio.Task[object] | None = None
        self._connection: StreamConnection | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._alarm: asyncio.TimerHandle | None = None

    async def carry(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry the stream. Returns when nothing more will be sent; the run is never touched."""
        connection: StreamConnection | None = scope.get("extensions", {}).get(CONNECTION_EXTENSION)
        if connection is None:
            connection = PlainConnection(receive, send)
        self._connection = connection
        self._last_write = time.monotonic()
        connection.when_lost(self._lost)
        self._set_alarm()
        self._streams.add(self)
        try:
            with self._watching:
                complete = await self._send_until_stopped(connection)
                if not complete and not self._gone:
                    await self._leave(connection)
        finally:
            self._streams.discard(self)
            connection.when_lost(None)
            if self._alarm is not None:
                self._alarm.cancel()
            self._connection = self._alarm = None
            await close_batches(self._batches)

    def stop(self) -> None:
        """End the stream where it is; its reader may come back and resume."""
        if self._task is not None and not self._stopping:
            self._stopping = True
            self._task.cancel()

    async def _send_until_stopped(self, connection: StreamConnection) -> bool:
        """Send everything. False if the stream was stopped before."""
        self._task = task = asyncio.current_task()
        try:
            await self._send_all(connection)
        except asyncio.CancelledError:
            # Somebody else may have cancelled the task as well.
            if not self._stopping or task is None or task.uncancel() > 0:
                raise
            return False
        except StoreUnreachableError as error:
            # Its reader comes back, here or at another node.
            _log.info("A stream was left: %s", str(error))
            return False
        finally:
            self._task = None
        return True

    async def _send_all(self, connection: StreamConnection) -> None:
        prefix = self._prefix
        # A send to a reader who left returns without a pause: it is the store that yields between batches, so that
        # others get their turn, and the reader's leaving its chance to be seen.
        async for batch in self._batches:
            body = prefix + b"".join(batch.frames)
            if connection.takes():
                connection.write(body)
            else:
                await connection.send(body)
            prefix = b""
            self._last_write = time.monotonic()
            if isinstance(self._batches, LogFollower) and self._batches.waits and connection.takes():
                del batch, body
                await self._be_written_to(self._batches, connection)
        # The end is a separate write, so that it waits until the reader has taken nearly everything before it.
        await connection.send(b"", more_body=False)

    async def _be_written_to(self, batches: LogFollower, connection: StreamConnection) -> None:
        """Let new events be written from the tick, until there is more than the connection takes, or an end."""
        self._waiting = asyncio.get_running_loop().create_future()
        batches.listen(self._deliver)
        try:
            await self._waiting
        finally:
            self._waiting = None
            batches.ignore(self._deliver)

    def _deliver(self) -> None:
        """Write what is new, at a tick."""
        batches, connection, waiting = self._batches, self._connection, self._waiting
        if connection is None or waiting is None or waiting.done() or not isinstance(batches, LogFollower):
            return
        if connection.takes():
            body = batches.take()
            if body:
                connection.write(body)
                self._last_write = time.monotonic()
        if not batches.waits:
            waiting.set_result(None)

    def _lost(self) -> None:
        self._gone = True
        self.stop()

    def _set_alarm(self) -> None:
        self._alarm = asyncio.get_running_loop().call_later(self._quiet_s(), self._look)

    def _look(self) -> None:
        """Send a heartbeat where one is due, and cut a reader who stalls."""
        connection = self._connection
        if connection is None:
            return
        now, unsent = time.monotonic(), connection.unsent()
        if self._stalled(now, unsent):
            self._gone = True
            connection.drop()
            self.stop()
            return
        if unsent == 0 and now - self._last_write >= self._heartbeat_s:
            connection.write(HEARTBEAT)
            self._last_write = now
        self._set_alarm()

    def _quiet_s(self) -> float:
        """Seconds until there may be something to do beside sending events."""
        look_s = self._stalled_reader_s / LOOKS
        heartbeat_due_s = self._last_write + self._heartbeat_s - time.monotonic()
        # One that is overdue is held back by something unsent, and that takes as long as it takes.
        return min(heartbeat_due_s, look_s) if heartbeat_due_s > 0 else look_s

    def _stalled(self, now: float, unsent: int) -> bool:
        """Whether something has waited to be taken all the time, and the reader has taken nothing of it."""
        if unsent == 0 or (self._last_write, unsent) != self._stuck:
            self._stuck, self._stuck_since = (self._last_write, unsent), now
        return now - self._stuck_since >= self._stalled_reader_s

    async def _leave(self, connection: StreamConnection) -> None:
        """End the response of a reader who is still there, unless that would mean to wait for him."""
        if connection.unsent() == 0:
            await connection.send(b"", more_body=False)
        else:
            connection.drop()


async def close_batches(batches: AsyncIterator[Batch]) -> None:
    """Release the log, if the iterator is reading it."""
    if isinstance(batches, AsyncGenerator | LogFollower):
        await batches.aclose()
