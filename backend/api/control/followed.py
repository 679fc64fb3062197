"""One run that a connection follows: where it is, and who waits until it is further."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager

from backend.api.control.replies import run_event, run_over
from backend.api.stream_delivery import close_batches
from backend.protocol.cursor import Cursor
from backend.runs.log_follower import LogFollower
from backend.runs.store import Batch


class FollowedRun:
    """Sends the events of a run, one message each, until its end or until it is stopped.

    Nothing is queued: the log is the queue, and a slow reader is further back in it.
    """

    def __init__(
        self,
        run: str,
        after: Cursor,
        batches: AsyncIterator[Batch],
        watching: AbstractContextManager[object],
        send: Callable[[str], Awaitable[None]],
    ) -> None:
        """``run`` is the run's name on this connection, ``watching`` is held while it is followed."""
        self.run = run
        self._batches = batches
        self._watching = watching
        self._send = send
        self.sent_seq = after.seq
        """The last event that was sent."""
        self._batch_seq = after.seq
        self._over = False
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    @property
    def behind(self) -> int:
        """How many events of the log are not sent yet."""
        unread = self._batches.unread if isinstance(self._batches, LogFollower) else 0
        return unread + self._batch_seq - self.sent_seq

    async def reached(self, seq: int) -> None:
        """Return once the event of that ``seq`` was sent, or nothing more is sent."""
        if not self._over and self.sent_seq < seq:
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.append((seq, waiter))
            await waiter

    async def carry(self) -> None:
        """Send everything."""
        try:
            with self._watching:
                async for batch in self._batches:
                    self._batch_seq = batch.cursor.seq
                    first_seq = batch.cursor.seq - len(batch.frames) + 1
                    for at, frame in enumerate(batch.frames):
                        await self._send(run_event(self.run, frame))
                        self._reach(first_seq + at)
            await self._send(run_over(self.run))
        finally:
            self._over = True
            self._release()
            await close_batches(self._batches)

    def _reach(self, seq: int) -> None:
        self.sent_seq = seq
        if self._waiting:
            self._release()

    def _release(self) -> None:
        """Let those go that wait for what was sent."""
        for seq, waiter in self._waiting:
            if (self._over or seq <= self.sent_seq) and not waiter.done():
                waiter.set_result(None)
        self._waiting = [(seq, waiter) for seq, waiter in self._waiting if not waiter.done()]
