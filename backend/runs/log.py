"""The log of one run in memory: its frames, and one wake-up for everybody who follows it.

Frames are encoded once, before they are added. Events are not kept as objects: they are read back from the frames, so
that a later reader gets the same as the watchers, and an append costs nothing that only few readers need."""

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Sequence

from backend.protocol.cursor import Cursor
from backend.protocol.events import Event, parse_event
from backend.protocol.run_view import RunView
from backend.protocol.view import fold
from backend.runs.frames import frame_data
from backend.runs.store import Batch
from backend.runs.tick import Tick

BATCH_FRAMES = 256
"""The most frames in one batch."""

BATCH_BYTES = 128 * 1024
"""The most bytes in one batch, unless its first frame alone is larger."""

READ_EVENTS = 256
"""How many events are read back from their frames between two turns of the event loop."""

FOLD_SHARE = 16
"""Events are folded in groups of this part of the log, since folding copies the whole answer."""

MOST_UNFOLDED = 4096
"""The most events in such a group: folding them takes a few milliseconds."""


class RunEndedError(ValueError):
    """Something was to be added to the log of a run that has ended."""

    def __init__(self) -> None:
        super().__init__("The run has ended: nothing can follow done.")


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
        self._waiters = 0
        self._tick = tick or Tick()
        self._listeners: dict[Callable[[], object], None] = {}
        self._view = RunView.start(question)
        self._folded = 0

    def append(self, first_seq: int, frames: Sequence[bytes], attempt: int, *, ended: bool = False) -> None:
        """Add frames of events from ``first_seq`` on, and wake the followers; ``ended`` where the last is ``done``.

        Raises ``ValueError``, adding nothing, if they do not continue the log.
        """
        if self.ended or first_seq != len(self.frames) + 1:
            self.check_next(first_seq)
        if not frames:
            return
        if len(frames) == 1 and not ended and self._attempts and self._attempts[-1] == attempt:
            # Nearly every event: what ``extend`` does.
            self.frames.append(frames[0])
            self.size += len(frames[0])
        else:
            self.extend(frames, attempt, ended=ended)
        if self._listeners:
            self._tick.add(self._listeners)
        else:
            self._tick.plan()
        if self._waiters:
            self._let_waiters_go()

    def extend(self, frames: Sequence[bytes], attempt: int, *, ended: bool) -> None:
        """Add frames to a log that nobody follows yet."""
        if not self._attempts or self._attempts[-1] != attempt:
            self._starts.append(len(self.frames) + 1)
            self._attempts.append(attempt)
        self.frames.extend(frames)
        for frame in frames:
            self.size += len(frame)
        if ended:
            self.ended = self.closed = True

    def close(self) -> None:
        """Let every follower go: the run was deleted."""
        self.closed = True
        if self._listeners:
            self._tick.add(self._listeners)
        self._let_waiters_go()

    def check_next(self, first_seq: int) -> None:
        """Raise ``ValueError`` unless the log continues with that ``seq``: it has not ended."""
        if self.ended:
            raise RunEndedError
        if first_seq != len(self.frames) + 1:
            raise ValueError(f"The event has seq {first_seq}, the log continues with {len(self.frames) + 1}.")

    def attempt_of(self, seq: int) -> int:
        """The attempt that wrote the event."""
        return self._attempts[bisect_right(self._starts, seq) - 1]

    def knows(self, cursor: Cursor) -> bool:
        """Whether the log can be read on after the cursor: it names an event of the log, or the start."""
        if cursor.seq == 0:
            return True
        return cursor.seq <= len(self.frames) and self.attempt_of(cursor.seq) == cursor.attempt

    def batch_after(self, place: int) -> Batch | None:
        """What follows that many frames, or None if there is nothing yet. It is kept when it is given away."""
        frames = self.frames_after(place)
        if not frames:
            return None
        self._tick.keep()
        seq = place + len(frames)
        return Batch(tuple(frames), Cursor(self.attempt_of(seq), seq), self.ended and seq == len(self.frames))

    def frames_after(self, place: int) -> Sequence[bytes]:
        """The frames of the next batch. They may be given away inside a tick, which has kept them, and nowhere else."""
        frames = self.frames[place : place + BATCH_FRAMES]
        if len(frames) > 1:
            size = 0
            for count, frame in enumerate(frames):
                size += len(frame)
                if size > BATCH_BYTES and count > 0:
                    return frames[:count]
        return frames

    def listen(self, callback: Callable[[], object]) -> None:
        """Call back at the tick after each change."""
        self._listeners[callback] = None

    def ignore(self, callback: Callable[[], object]) -> None:
        """Call back no more."""
        self._listeners.pop(callback, None)
        self._tick.discard(callback)

    async def changed(self) -> None:
        """Return at the next change."""
        self._waiters += 1
        try:
            await self._changed.wait()
        finally:
            self._waiters -= 1

    async def events(self) -> list[Event]:
        """Every event, read from its frame; yields to the loop now and then."""
        return await self._read(0, len(self.frames))

    async def view(self) -> RunView:
        """The view after the last event; yields to the loop now and then. What was folded for one reader is kept for
        the next."""
        until = len(self.frames)
        while self._folded < until:
            start = self._folded
            group = min(MOST_UNFOLDED, max(READ_EVENTS, start // FOLD_SHARE))
            events = await self._read(start, min(until, start + group))
            # Another reader may have folded them in the meantime.
            if self._folded == start:
                self._view = fold(self._view, events)
                self._folded += len(events)
        return self._view

    async def _read(self, start: int, stop: int) -> list[Event]:
        self._tick.keep()
        found: list[Event] = []
        for at in range(start, stop, READ_EVENTS):
            found += [parse_event(frame_data(frame)) for frame in self.frames[at : min(stop, at + READ_EVENTS)]]
            await asyncio.sleep(0)
        return found

    def _let_waiters_go(self) -> None:
        """Every current waiter continues; a later one waits for the next change."""
        self._changed.set()
        self._changed.clear()
