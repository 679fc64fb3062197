"""The tails of logs that are not in the journal yet: written there together, before anybody is shown what they end
with, and handed on to the tables."""

import logging
from collections.abc import Callable

from backend.runs.sqlite.backlog import Backlog, Tail
from backend.runs.sqlite.journal import Journal, encode_record
from backend.runs.store import StoreError

logger = logging.getLogger(__name__)


class JournalQueue:
    """Belongs to the event loop."""

    def __init__(self, backlog: Backlog, poke: Callable[[], None], refused: Callable[[], None]) -> None:
        """``poke`` is called when the backlog has something to write, ``refused`` when the disk takes nothing."""
        self.journal: Journal | None = None
        """None while the store is closed."""
        self._backlog = backlog
        self._poke = poke
        self._refused = refused
        self._tails: dict[Tail, None] = {}

    def add(self, tail: Tail) -> None:
        """Events follow that are not in the journal. Raises ``StoreError`` if the store is closed."""
        if self.journal is None:
            raise StoreError("The store is closed.")
        self._tails[tail] = None

    def write(self) -> None:
        """Write everything that waits, in one piece. Where the disk refuses, the runs note the error and end over it,
        as they do where the database refuses."""
        if not self._tails or self.journal is None:
            return
        tails, self._tails = self._tails, {}
        records, deleted = [], self._backlog.deleted
        for tail in tails:
            journaled = tail.journaled
            frames = tail.log.frames[journaled:]
            if frames and tail.number not in deleted:
                records.append(encode_record(tail.number, tail.attempt, journaled + 1, frames))
                tail.journaled = journaled + len(frames)
        # First to the backlog: once the journal is turned, the backlog must have what stands in the other file.
        self._backlog.add(tails)
        try:
            self.journal.add(b"".join(records))
        except OSError as error:
            self._refused()
            logger.warning("Events could not be written to the journal: %s", str(error))
            for tail in tails:
                tail.failure = tail.failure or error
        self._poke()
