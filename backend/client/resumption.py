"""Where a reader stands in a run's stream: what is new, what is missing, when to try again. No I/O, no clock.

The rules, whatever the network does: an event is handed out once and in order; one that was skipped, or
cannot be read, is never jumped over silently but made good by a snapshot; only ``done`` ends a run.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import ValidationError

from backend.protocol.attempts import resumed_after
from backend.protocol.cursor import START, Cursor, CursorError
from backend.protocol.events import DoneEvent, Event, EventError, event_json, parse_event
from backend.protocol.run_view import RunView, SnapshotEvent
from backend.protocol.sse import Decoder, Message, MessageTooLargeError

StreamItem = Event | SnapshotEvent


class Arrival(NamedTuple):
    """An item of the stream, and its JSON exactly as it was sent."""

    item: StreamItem
    data: str


@dataclass(slots=True)
class Backoff:
    """Exponential back-off with full jitter: uniform from 0 to ``base_s * 2^failures``, at most ``cap_s``.

    A time the server asks for (``retry:``, ``Retry-After``) is waited for at least, but never over ``cap_s``.
    """

    base_s: float = 0.1
    cap_s: float = 10.0
    uniform: Callable[[float, float], float] = random.uniform
    failures: int = 0

    def next_s(self, asked_s: float | None = None) -> float:
        """Seconds to wait before the next try; counts a failure."""
        ceiling = min(self.cap_s, self.base_s * 2.0 ** min(self.failures, 30))
        self.failures += 1
        return min(self.cap_s, max(asked_s or 0.0, self.uniform(0.0, ceiling)))

    def reset(self) -> None:
        """Progress was made."""
        self.failures = 0


@dataclass(slots=True)
class Resumption:
    """The state of one reader over all its connections."""

    cursor: Cursor = START
    backoff: Backoff = field(default_factory=Backoff)
    duplicates: int = 0
    """Events that came again and were dropped."""
    finished: bool = False
    """Whether the run's end was handed out, or had been before this reader came."""
    needs_snapshot: bool = False
    """Whether events are missing: fetch a snapshot, give it to ``repair``, then connect again."""
    received: bool = False
    """Whether anything was handed out."""
    _decoder: Decoder = field(default_factory=Decoder)
    _retry_s: float | None = None

    def connected(self) -> None:
        """A new connection is open, at ``cursor``."""
        self._decoder = Decoder()

    def feed(self, data: bytes) -> list[Arrival]:
        """What is new in these bytes of the connection. Stops at ``done`` and where a snapshot is needed."""
        arrivals: list[Arrival] = []
        try:
            messages = self._decoder.feed(data)
        except MessageTooLargeError:
            messages, self.needs_snapshot = [], True
        for message in messages:
            if self.finished or self.needs_snapshot:
                break
            item = self._take(message)
            if item is not None:
                arrivals.append(Arrival(item, message.data))
        if self._decoder.retry is not None:
            self._retry_s = self._decoder.retry / 1000
        if arrivals:
            self.received = True
            self.backoff.reset()
        return arrivals

    def nothing_more(self) -> None:
        """The server says that nothing follows the cursor (204).

        That settles it for a reader who came with the last cursor. One who was handed events and no ``done``
        asks for a snapshot, since a stream without ``done`` is never an end.
        """
        self.needs_snapshot = self.received
        self.finished = not self.received

    def repair(self, view: RunView, cursor: Cursor) -> Arrival | None:
        """The snapshot that stands for what was missing. None if it brought nothing new: then wait."""
        self.needs_snapshot = False
        self.finished = view.ended
        if not view.ended and cursor <= self.cursor:
            return None
        self.cursor = cursor
        self.received = True
        self.backoff.reset()
        snapshot = SnapshotEvent(seq=cursor.seq, at_ms=view.stream.last_at_ms, view=view)
        return Arrival(snapshot, event_json(snapshot))

    def wait_s(self, asked_s: float | None = None) -> float:
        """Seconds to wait before connecting again. ``asked_s`` is what the server asked for, if it did."""
        return self.backoff.next_s(asked_s if asked_s is not None else self._retry_s)

    def _take(self, message: Message) -> StreamItem | None:
        """What this message adds, or None for a duplicate and for what cannot be read."""
        cursor = _cursor(message.id)
        try:
            if message.event == "snapshot":
                return self._take_snapshot(SnapshotEvent.model_validate_json(message.data), cursor)
            hint = None if message.event == "message" else message.event
            return self._take_event(parse_event(message.data, hint), cursor)
        except (EventError, ValidationError):
            self.needs_snapshot = True
            return None

    def _take_event(self, event: Event, cursor: Cursor | None) -> Event | None:
        seq = event.seq or (cursor.seq if cursor else 0)
        attempt = cursor.attempt if cursor else max(1, event.attempt or self.cursor.attempt)
        if attempt > self.cursor.attempt and self.cursor != START:
            # Of a later attempt nothing is a duplicate, and only what continues the log here can be taken.
            after = resumed_after(event)
            if after != self.cursor and (after is not None or seq != self.cursor.seq + 1):
                self.needs_snapshot = True
                return None
        if attempt < self.cursor.attempt or (seq and seq <= self.cursor.seq):
            self.duplicates += 1
            return None
        if seq > self.cursor.seq + 1:
            self.needs_snapshot = True
            return None
        self.cursor = Cursor(attempt, seq or self.cursor.seq)
        self.finished = isinstance(event, DoneEvent)
        return event

    def _take_snapshot(self, snapshot: SnapshotEvent, cursor: Cursor | None) -> SnapshotEvent | None:
        at = cursor if cursor and cursor.seq == snapshot.seq else Cursor(self.cursor.attempt, snapshot.seq)
        if at <= self.cursor:
            self.duplicates += 1
            return None
        self.cursor = at
        self.finished = snapshot.view.ended
        return snapshot


def _cursor(text: str) -> Cursor | None:
    try:
        cursor = Cursor.parse(text)
    except CursorError:
        return None
    return None if cursor == START else cursor
