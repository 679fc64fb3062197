"""The one thread that writes: whatever waits is committed together.

There are two kinds of work. A job is waited for and starts a commit at once. The backlog is what may be
written a moment later; it is asked for its pieces when a commit is due. If a group cannot be committed,
each part is tried alone, so that one part's failure is not another's."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

logger = logging.getLogger(__name__)

LINGER_S = 0.4
"""How long the backlog gathers before it is committed, unless a job comes first: it is in the journal meanwhile, and a
large group costs less for each event."""

SYNC_S = 0.4
"""How long what is committed may wait to be synchronised with the disk. With ``LINGER_S`` before it, a power cut costs
no more than the last second, if the disk is not slower than the rest of it."""

RETRY_S = 1.0
"""How long to wait before a backlog that the disk refused is tried again."""


class BacklogPart(Protocol):
    """A part of the backlog, as it stood when it was taken."""

    def write(self, connection: sqlite3.Connection) -> None:
        """Write it, inside a transaction; may be called again after a rollback."""
        ...

    def written(self) -> None:
        """It is committed."""
        ...

    def refused(self, error: Exception) -> None:
        """It could not be committed; it comes again with the backlog."""
        ...


class Job:
    """A function of the connection, run inside a transaction, and the future of what it gives.

    It may be run again after a rollback, so it must change nothing but the database; ``committed`` may.
    """

    def __init__(self, run: Callable[[sqlite3.Connection], Any], committed: Callable[[], None] | None) -> None:
        self._run = run
        self._committed = committed
        self._result: Any = None
        self.future: Future[Any] = Future()
        # A waiter that goes away must not undo what it asked for.
        self.future.set_running_or_notify_cancel()

    def write(self, connection: sqlite3.Connection) -> None:
        """Run it."""
        self._result = self._run(connection)

    def written(self) -> None:
        """Give the result."""
        if self._committed is not None:
            self._committed()
        self.future.set_result(self._result)

    def refused(self, error: Exception) -> None:
        """Give the error."""
        self.future.set_exception(error)


class GroupWriter:
    """Owns a connection and the thread that writes with it."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        backlog: Callable[[], Sequence[BacklogPart]],
        sync: Callable[[], None] = lambda: None,
    ) -> None:
        """``backlog`` gives what waits. ``sync`` has what is committed written to the disk; it is called when the whole
        backlog was committed, ``SYNC_S`` seconds apart, and in the end."""
        self._connection = connection
        self._backlog = backlog
        self._sync = sync
        self._unsynced = False
        self._synced_at = -SYNC_S
        self._condition = threading.Condition()
        self._jobs: list[Job] = []
        self._due = False
        self._stopping = False
        self._idle = False
        self._thread = threading.Thread(target=self._work, name="run-log-writer", daemon=True)
        self._thread.start()

    def submit(
        self, run: Callable[[sqlite3.Connection], T], committed: Callable[[], None] | None = None
    ) -> "Future[T]":
        """Have the function run in a transaction now. ``committed`` is called on the writer's thread after
        the commit and before the future is done. The future raises what the function or the commit
        raised."""
        job = Job(run, committed)
        with self._condition:
            if self._stopping:
                raise RuntimeError("The store is closed.")
            self._jobs.append(job)
            self._condition.notify()
        return job.future

    @property
    def waiting(self) -> int:
        """How many functions wait to be run."""
        return len(self._jobs)

    def poke(self) -> None:
        """Have the backlog committed soon."""
        if self._due:
            return
        with self._condition:
            self._due = True
            if self._idle:
                self._condition.notify()

    def stop(self) -> None:
        """Write what waits, then end the thread and close the connection. Blocks until then."""
        with self._condition:
            self._stopping = True
            self._condition.notify()
        self._thread.join()
        self._connection.close()

    def _work(self) -> None:
        refused = False
        while True:
            jobs, stopping = self._next(refused)
            if refused:
                # Jobs are tried without the backlog that was refused: they may fit where it does not.
                self._commit(jobs)
                refused = not self._commit(self._backlog())
            else:
                refused = not self._commit([*self._backlog(), *jobs])
            if not refused:
                self._sync_if_due(at_once=stopping)
            if stopping:
                return

    def _sync_if_due(self, *, at_once: bool) -> None:
        if self._unsynced and (at_once or self._until_sync() <= 0):
            self._sync()
            self._unsynced, self._synced_at = False, time.monotonic()

    def _until_sync(self) -> float:
        return self._synced_at + SYNC_S - time.monotonic()

    def _next(self, refused: bool) -> tuple[list[Job], bool]:
        with self._condition:
            if not refused:
                self._idle = True
                timeout = max(0.0, self._until_sync()) if self._unsynced else None
                self._condition.wait_for(lambda: self._due or self._urgent(), timeout)
                self._idle = False
            if refused or self._due:
                self._condition.wait_for(self._urgent, RETRY_S if refused else LINGER_S)
            jobs, self._jobs = self._jobs, []
            self._due = False
            return jobs, self._stopping

    def _urgent(self) -> bool:
        return bool(self._jobs) or self._stopping

    def _commit(self, parts: Sequence[BacklogPart | Job]) -> bool:
        """Commit the parts together, or each alone. Gives whether the whole backlog among them was taken."""
        if not parts:
            return True
        error = self._attempt(parts)
        if error is None:
            self._unsynced = True
            for part in parts:
                part.written()
            return True
        if len(parts) > 1:
            taken = [self._commit([part]) for part in parts]
            return all(taken)
        parts[0].refused(error)
        return isinstance(parts[0], Job)

    def _attempt(self, parts: Sequence[BacklogPart | Job]) -> Exception | None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for part in parts:
                part.write(self._connection)
            self._connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to who waits for the part
            self._roll_back()
            return error
        return None

    def _roll_back(self) -> None:
        # SQLite has often rolled back by itself when the disk refused.
        if self._connection.in_transaction:
            try:
                self._connection.execute("ROLLBACK")
            except sqlite3.Error:
                logger.exception("A transaction could not be rolled back.")
