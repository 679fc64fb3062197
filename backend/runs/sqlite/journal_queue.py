"""The tails of logs that are not in the journal yet: written there together, before anybody is shown what they end
with."""

import logging

from backend.runs.sqlite.backlog import Backlog, Tail
from backend.runs.sqlite.journal import Journal, JournalRecord

logger = logging.getLogger(__name__)


class JournalQueue:
    """Belongs to the event loop."""

    def __init__(self, backlog: Backlog) -> None:
        self.journal: Journal | None = None
        """None while the store is closed."""
        self._backlog = backlog
        self._tails: dict[Tail, None] = {}

    def add(self, tail: Tail) -> None:
        """The tail has events that are not in the journal."""
        self._tails[tail] = None

    def write(self) -> None:
        """Write everything that waits, in one piece. Where the disk refuses, the runs note the error and end over it,
        as they do where the database refuses."""
        if not self._tails or self.journal is None:
            return
        tails, self._tails = self._tails, {}
        records = []
        for tail in tails:
            frames = tail.log.frames[tail.journaled :]
            if frames and not self._backlog.is_deleted(tail):
                records.append(JournalRecord(tail.number, tail.attempt, tail.journaled + 1, frames))
            tail.journaled = len(tail.log.frames)
        try:
            self.journal.add(records)
        except OSError as error:
            logger.warning("Events could not be written to the journal: %s", str(error))
            for tail in tails:
                tail.failure = tail.failure or error
