"""The log of one run in memory: its frames, one wake-up for everybody who follows it, and its folded view.

A follower is a place in the list of frames and nothing else: no queue, no copy. Frames are encoded once,
when they are added. Events are not kept as objects; they are read back from the frames, so that a
later reader gets the same as the watchers."""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncGenerator, Sequence

from backend.protocol.cursor import Cursor
from backend.protocol.events import Event, KnownEvent, parse_event
from backend.protocol.run_view import RunView
from backend.protocol.sse import encode_event
from backend.protocol.view import fold
from backend.runs.store import Batch, UnknownCursorError

BATCH_FRAMES = 256
"""The most frames in one batch."""

BATCH_BYTES = 128 * 1024
"""The most bytes in one batch, unless its first frame alone is larger."""

FOLD_EVENTS = 64
"""How many new events wait to be folded into the view: joined tokens are cheap to fold, and waiting ones cost the
garbage collector time."""

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

    def __init__(self, question: str = "") -> None:
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
        if len(self._unfolded) >= FOLD_EVENTS:
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

    async def follow(self, cursor: Cursor) -> AsyncGenerator[Batch, None]:
        """Batches after the cursor until ``done``, or until the run is deleted. Yields to the loop between
        them.

        Raises ``UnknownCursorError`` for a cursor that the log does not know.
        """
        if not self.knows(cursor):
            raise UnknownCursorError(f"The log has no event {cursor}: send a snapshot and follow from its cursor.")
        place = cursor.seq
        while place < len(self.frames) or not self.closed:
            if place == len(self.frames):
                await self._changed.wait()
                continue
            batch = self._batch(place)
            yield batch
            place = batch.cursor.seq
            if place < len(self.frames):
                await asyncio.sleep(0)

    async def events(self) -> list[Event]:
        """Every event, read from its frame; yields to the loop now and then."""
        found: list[Event] = []
        until = len(self.frames)
        while len(found) < until:
            found += self._parsed(len(found), min(until, len(found) + READ_EVENTS))
            await asyncio.sleep(0)
        return found

    async def view(self) -> RunView:
        """The view after the last event; yields to the loop now and then."""
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
        # Every current waiter continues; a later one waits for the next change.
        self._changed.set()
        self._changed.clear()
