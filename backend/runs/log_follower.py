"""Following a log: a place in its list of frames and nothing else, no queue and no copy. A follower waits in a task, or
is called back at the next tick."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from backend.protocol.cursor import Cursor
from backend.runs.log import RunLog
from backend.runs.store import Batch, UnknownCursorError


class LogFollower(AsyncIterator[Batch]):
    """A place in a log that moves on with every batch, until ``done`` or until the run is deleted.

    As an iterator it yields to the loop between batches. The first batch raises what ``open_log`` raises, and
    ``UnknownCursorError`` for a cursor that the log does not know.
    """

    __slots__ = ("_closed", "_cursor", "_held", "_log", "_more", "_open_log", "_place")

    def __init__(self, open_log: Callable[[], Awaitable[tuple[RunLog, object]]], cursor: Cursor) -> None:
        """``open_log`` gives the log, and what has to stay in memory as long as it is followed."""
        self._open_log: Callable[[], Awaitable[tuple[RunLog, object]]] | None = open_log
        self._cursor = cursor
        self._place = 0
        self._log: RunLog | None = None
        self._held: object = None
        self._closed = False
        self._more = False

    async def __anext__(self) -> Batch:
        """The next batch, as soon as there is one."""
        log = self._log or await self._opened()
        if self._more:
            await asyncio.sleep(0)
        while not self._closed:
            batch = log.batch_after(self._place)
            if batch is not None:
                self._place = batch.cursor.seq
                self._more = self._place < len(log.frames)
                return batch
            if log.closed:
                break
            await log.changed()
        await self.aclose()
        raise StopAsyncIteration

    def take(self) -> bytes:
        """The bytes of the next batch, if there is one now. To be called at a tick, which has kept them."""
        log = self._log
        if log is None:
            return b""
        if len(log.frames) - self._place == 1:
            self._place += 1
            return log.frames[-1]
        frames = log.frames_after(self._place)
        self._place += len(frames)
        return frames[0] if len(frames) == 1 else b"".join(frames)

    @property
    def waits(self) -> bool:
        """Whether everything was taken that is there, and more may come."""
        log = self._log
        return log is not None and not log.closed and self._place == len(log.frames)

    @property
    def unread(self) -> int:
        """How many frames there are that were not taken yet."""
        return 0 if self._log is None else len(self._log.frames) - self._place

    def listen(self, callback: Callable[[], object]) -> None:
        """Call back at the tick after each change, once the first batch was taken."""
        if self._log is not None:
            self._log.listen(callback)

    def ignore(self, callback: Callable[[], object]) -> None:
        """Call back no more."""
        if self._log is not None:
            self._log.ignore(callback)

    async def aclose(self) -> None:
        """Follow no more, and let the log go."""
        self._closed = True
        self._log = self._held = self._open_log = None

    async def _opened(self) -> RunLog:
        if self._open_log is None:
            raise StopAsyncIteration
        log, held = await self._open_log()
        if not log.knows(self._cursor):
            raise UnknownCursorError(
                f"The log has no event {self._cursor}: send a snapshot and follow from its cursor."
            )
        if not self._closed:
            self._log, self._held, self._place, self._open_log = log, held, self._cursor.seq, None
        return log


def follow_log(log: RunLog, cursor: Cursor) -> LogFollower:
    """Batches after the cursor until ``done``, or until the run is deleted."""

    async def this_log() -> tuple[RunLog, object]:
        return log, None

    return LogFollower(this_log, cursor)
