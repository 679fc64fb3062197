"""What is in memory and not yet on disk: the tails of logs."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from backend.protocol.events import DoneEvent
from backend.runs.log import RunLog
from backend.runs.sqlite.statements import insert_frames, set_end

logger = logging.getLogger(__name__)


class Tail:
    """Where a run's log stands on disk. ``saved`` belongs to the writer's thread, the rest to the event
    loop."""

    def __init__(self, number: int, log: RunLog, attempt: int) -> None:
        self.number = number
        self.log = log
        self.attempt = attempt
        self.saved = 0
        """How many events are committed."""
        self.journaled = 0
        """How many events are in the journal."""
        self.failure: Exception | None = None
        """Why events could not be committed; stays, since the run ends over it."""
        self.done: DoneEvent | None = None
        """The run's end, where it is part of the tail."""
        self.settled = False
        """Whether nothing is left to write."""

    def write(self, connection: sqlite3.Connection, until: int) -> None:
        """Write the events after the saved ones up to and with ``until``."""
        frames = self.log.frames[self.saved : until]
        insert_frames(connection, self.number, self.attempt, self.saved + 1, frames)


@dataclass(frozen=True, slots=True)
class TailPiece:
    """A tail as it stood when the backlog was taken."""

    backlog: "Backlog"
    tail: Tail
    until: int
    done: DoneEvent | None

    def write(self, connection: sqlite3.Connection) -> None:
        """Write the events, and how the run ended where they reach its end."""
        if self.tail.number in self.backlog.deleted:
            return
        self.tail.write(connection, self.until)
        if self.done is not None:
            set_end(connection, self.tail.number, self.done, self.tail.attempt, self.backlog.now())

    def written(self) -> None:
        """Note how far the log is saved."""
        self.tail.saved = self.until
        self.tail.settled = self.done is not None

    def refused(self, error: Exception) -> None:
        """Keep the tail for later and note why."""
        self.backlog.refusals += 1
        if self.tail.failure is None:
            logger.warning("Events could not be written and are kept in memory: %s", str(error))
        self.tail.failure = error
        self.backlog.add([self.tail])


class Backlog:
    """The tails with something to write."""

    def __init__(self, now: Callable[[], str]) -> None:
        self.now = now
        self._lock = threading.Lock()
        self._tails: dict[Tail, None] = {}
        self.deleted: set[int] = set()
        """The numbers of runs that were deleted: whatever still comes of them is left out."""
        self.refusals = 0
        """How often a tail could not be committed."""

    def add(self, tails: Iterable[Tail]) -> None:
        """These tails have something to write."""
        with self._lock:
            self._tails.update(dict.fromkeys(tails))

    def take(self) -> list[TailPiece]:
        """Every tail as it stands; the backlog is empty then."""
        with self._lock:
            tails, self._tails = self._tails, {}
        # The end is read first: the log was complete before it was set.
        ends = [(tail, tail.done) for tail in tails]
        return [TailPiece(self, tail, len(tail.log.frames), done) for tail, done in ends]

    def forget(self, numbers: Iterable[int]) -> None:
        """These runs were deleted."""
        with self._lock:
            self.deleted.update(numbers)

    def unsaved(self) -> int:
        """How many runs have something that is not written."""
        with self._lock:
            return len(self._tails)
