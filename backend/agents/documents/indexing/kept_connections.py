"""Connections to an index that are kept open between the many short reads of one question."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_MOST_KEPT = 4

FileState = tuple[int, int, int]


class KeptConnections:
    """Lends connections to one SQLite file; ``opened`` makes a new one.

    A connection is only lent again while the file is the one it was opened on, unchanged: a file that was thrown away,
    or that another process has written to, is opened anew, so that damage is found where it always is.
    """

    def __init__(self, database: Path, opened: Callable[[], sqlite3.Connection]) -> None:
        self._database = database
        self._opened = opened
        self._lock = threading.Lock()
        self._kept: list[tuple[FileState | None, sqlite3.Connection]] = []

    @contextmanager
    def lent(self) -> Iterator[sqlite3.Connection]:
        """A connection for reading. One that met an error is closed."""
        connection = self._taken() or self._opened()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._keep(connection)

    def close(self) -> None:
        """Close the connections that are not lent."""
        with self._lock:
            kept, self._kept = self._kept, []
        for _, connection in kept:
            connection.close()

    def _taken(self) -> sqlite3.Connection | None:
        state = file_state(self._database)
        with self._lock:
            kept, self._kept = self._kept, []
            usable = [connection for opened_on, connection in kept if opened_on == state is not None]
            self._kept = [(state, connection) for connection in usable[1:]]
        for opened_on, connection in kept:
            if opened_on != state or state is None:
                connection.close()
        return usable[0] if usable else None

    def _keep(self, connection: sqlite3.Connection) -> None:
        state = file_state(self._database)
        with self._lock:
            is_kept = len(self._kept) < _MOST_KEPT
            if is_kept:
                self._kept.append((state, connection))
        if not is_kept:
            connection.close()


def file_state(path: Path) -> FileState | None:
    """Number, time of change and size of a file; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
