"""The log of one run in memory: its frames, one wake-up for everybody who follows it, and its folded view.

A follower is a place in the list of frames and nothing else: no queue, no copy. It waits in a task, or is called back
at the next tick. Frames are encoded once, when they are added. Events are not kept as objects; they are read back from
the frames, so that a later reader gets the same as the watchers."""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from backend.protocol.cursor import Cursor
from backend.protocol.events import Event, KnownEvent, parse_event
from backend.protocol.run_view import RunView
from backend.protocol.sse import encode_event
from backend.protocol.view import fold
from backend.runs.store import Batch, UnknownCursorError
from backend.runs.tick import Tick

BATCH_FRAMES = 256
"""The most frames in one batch."""

BATCH_BYTES = 128 * 1024
"""The most bytes in one batch, unless its first frame alone is larger."""

FOLD_EVENTS = 64
"""How many new events wait at least to be folded into the view: joined tokens are cheap to fold, and waiting ones cost
the garbage collector time."""

FOLD_SHARE = 16
"""A long log waits for a part of its length: folding copies the whole answer, which would make each event of a long
run cost more than the one before."""

MOST_UNFOLDED = 4096
"""How many events wait at most: folding them takes a few milliseconds."""

READ_EVENTS = 256
"""How many events are read back from their frames between two turns of the event loop."""

_EVENT = b"\nevent: "
_DATA = b"\ndata: "


class RunEndedError(ValueError):
    """Something was to be added to the log of a run that has ended."""

    def __init__(self) -> None:
        super().__init__("The run has ended: nothing can follow done.")


def encode_frames(events: Sequence[KnownEvent], attempt: int) -> list[bytes]:
    """The frames of stamped events. Raises ``ValueError`` if one of them cannot be written as JSON."""
    return [encode_event(event, attempt) for event in events]


def frame_data(frame: bytes) -> bytes:
    """The JSON inside a Playhead frame."""
    return frame[frame.index(_DATA) + len(_DATA) : -2]


def frame_parts(frame: bytes) -> tuple[str, str]:
    """The event type and the JSON inside a Playhead frame."""
    _, _, rest = frame.partition(_EVENT)
    kind, _, data = rest.partition(_DATA)
    return kind.decode("ascii"), data[:-2].decode("ascii")


def frame_of(attempt: int, seq: int, kind: str, data: str) -> bytes:
    """The frame that ``frame_parts`` takes apart, just as ``encode_event`` made it."""
    return f"id: {attempt}-{seq}\nevent: {kind}\ndata: {data}\n\n".encode("ascii")


class RunLog:
    """Frames by ``seq`` from 1, without gap. Belongs to one event loop."""

    def __init__(self, question: str = "", tick: Tick | None = None) -> None:
        """``tick`` is what followers are called back by; without one, in the same turn of the loop."""
        self.frames: list[bytes] = []
        """Only ever grows; the frame of ``seq`` n stands at n - 1."""
        self.size = 0
        """Bytes of all frames."""
        self.ended = False
        self.closed = False
        """Whether nothing can come any more: the run has ended, or was deleted."""
        self._starts: list[int] = []
        self._attempts: list[int] = []
        self._changed = asyncio.Event()
        self._tick = tick or Tick()
        self._listeners: dict[Callable[[], object], None] = {}
        self._view = RunView.start(question)
        self._folded = 0
        self._unfolded: list[KnownEvent] = []

    def append(self, events: Sequence[KnownEvent], attempt: int, frames: Sequence[bytes] | None = None) -> None:
        """Add stamped events, encoded here unless their frames are given, and wake the followers.

        Raises ``ValueError``, adding nothing, if they do not continue the log or cannot be encoded.
        """
        if not events:
            return
        self.check_next(events)
        frames = encode_frames(events, attempt) if frames is None else frames
        self.extend(frames, attempt, ended=events[-1].type == "done", wake=False)
        self._unfolded.extend(events)
        if len(self._unfolded) >= min(MOST_UNFOLDED, max(FOLD_EVENTS, len(self.frames) // FOLD_SHARE)):
            self._fold_new()
        self._wake()

    def extend(self, frames: Sequence[bytes], attempt: int, *, ended: bool, wake: bool = True) -> None:
        """Add frames that were encoded before."""
        if frames and (not self._attempts or self._attempts[-1] != attempt):
            self._starts.append(len(self.frames) + 1)
            self._attempts.append(attempt)
        self.frames.extend(frames)
        self.size += sum(map(len, frames))
        self.ended = self.closed = ended
        if wake:
            self._wake()

    def close(self) -> None:
        """Let every follower go: the run was deleted."""
        self.closed = True
        self._wake()

    def check_next(self, events: Sequence[KnownEvent]) -> None:
        """Raise ``ValueError`` unless the events' ``seq`` continue the log, which has not ended."""
        if self.ended:
            raise RunEndedError
        for expected, event in enumerate(events, start=len(self.frames) + 1):
            if event.seq != expected:
                raise ValueError(f"The event has seq {event.seq}, the log continues with {expected}.")

    def attempt_of(self, seq: int) -> int:
        """The attempt that wrote the event."""
        return self._attempts[bisect_right(self._starts, seq) - 1]

    def knows(self, cursor: Cursor) -> bool:
        """Whether the log can be read on after the cursor: it names an event of the log, or the start."""
        if cursor.seq == 0:
            return True
        return cursor.seq <= len(self.frames) and self.attempt_of(cursor.seq) == cursor.attempt

    def follow(self, cursor: Cursor) -> "LogFollower":
        """Batches after the cursor until ``done``, or until the run is deleted."""

        async def this_log() -> tuple[RunLog, object]:
            return self, None

        return LogFollower(this_log, cursor)

    def batch_after(self, place: int) -> Batch | None:
        """What follows that many frames, or None if there is nothing yet. It is kept when it is given away."""
        if place == len(self.frames):
            return None
        self._tick.keep()
        return self._batch(place)

    def listen(self, callback: Callable[[], object]) -> None:
        """Call back at the tick after each change."""
        self._listeners[callback] = None

    def ignore(self, callback: Callable[[], object]) -> None:
        """Call back no more."""
        self._listeners.pop(callback, None)
        self._tick.discard(callback)

    async def changed(self) -> None:
        """Return at the next change."""
        await self._changed.wait()

    async def events(self) -> list[Event]:
        """Every event, read from its frame; yields to the loop now and then."""
        self._tick.keep()
        found: list[Event] = []
        until = len(self.frames)
        while len(found) < until:
            found += self._parsed(len(found), min(until, len(found) + READ_EVENTS))
            await asyncio.sleep(0)
        return found

    async def view(self) -> RunView:
        """The view after the last event; yields to the loop now and then."""
        self._tick.keep()
        while not self._unfolded and self._folded < len(self.frames):
            until = min(len(self.frames), self._folded + READ_EVENTS)
            self._view = fold(self._view, self._parsed(self._folded, until))
            self._folded = until
            await asyncio.sleep(0)
        self._fold_new()
        return self._view

    def _fold_new(self) -> None:
        self._view = fold(self._view, self._unfolded)
        self._unfolded = []
        self._folded = len(self.frames)

    def _parsed(self, start: int, stop: int) -> list[Event]:
        return [parse_event(frame_data(frame)) for frame in self.frames[start:stop]]

    def _batch(self, place: int) -> Batch:
        frames = self.frames[place : place + BATCH_FRAMES]
        size = 0
        for count, frame in enumerate(frames):
            size += len(frame)
            if size > BATCH_BYTES and count > 0:
                frames = frames[:count]
                break
        seq = place + len(frames)
        ended = self.ended and seq == len(self.frames)
        return Batch(tuple(frames), Cursor(self.attempt_of(seq), seq), ended)

    def _wake(self) -> None:
        for callback in self._listeners:
            self._tick.add(callback)
        # Every current waiter continues; a later one waits for the next change.
        self._changed.set()
        self._changed.clear()


class LogFollower(AsyncIterator[Batch]):
    """A place in a log that moves on with every batch, until ``done`` or until the run is deleted.

    As an iterator it yields to the loop between batches. The first batch raises what ``open_log`` raises, and
    ``UnknownCursorError`` for a cursor that the log does not know.
    """

    def __init__(self, open_log: Callable[[], Awaitable[tuple[RunLog, object]]], cursor: Cursor) -> None:
        """``open_log`` gives the log, and what has to stay in memory as long as it is followed."""
        self._open_log = open_log
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
            batch = self.take()
            if batch is not None:
                return batch
            if log.closed:
                break
            await log.changed()
        await self.aclose()
        raise StopAsyncIteration

    def take(self) -> Batch | None:
        """The next batch if there is one now."""
        if self._log is None or self._closed:
            return None
        batch = self._log.batch_after(self._place)
        if batch is not None:
            self._place = batch.cursor.seq
        self._more = self._place < len(self._log.frames)
        return batch

    @property
    def waits(self) -> bool:
        """Whether everything was taken that is there, and more may come."""
        log = self._log
        return log is not None and not self._closed and not log.closed and self._place == len(log.frames)

    def listen(self, callback: Callable[[], object]) -> None:
        """Call back after changes, once the first batch was taken."""
        if self._log is not None:
            self._log.listen(callback)

    def ignore(self, callback: Callable[[], object]) -> None:
        """Call back no more."""
        if self._log is not None:
            self._log.ignore(callback)

    async def aclose(self) -> None:
        """Follow no more, and let the log go."""
        self._closed = True
        self._log = self._held = None

    async def _opened(self) -> RunLog:
        if self._closed:
            raise StopAsyncIteration
        log, self._held = await self._open_log()
        if not log.knows(self._cursor):
            raise UnknownCursorError(
                f"The log has no event {self._cursor}: send a snapshot and follow from its cursor."
            )
        self._log, self._place = log, self._cursor.seq
        return log
