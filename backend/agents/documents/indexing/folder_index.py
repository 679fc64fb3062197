"""The index of one folder: an SQLite file that is brought up to date file by file, each in one transaction.

It is a cache: whatever is in it can be made again from the folder. Two processes may bring the same index up to date at
the same time; each file is then stored once.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.agents.documents.indexing.folder import FolderContent, FoundFile, SkippedFile, list_folder
from backend.agents.documents.indexing.kept_connections import FileState, KeptConnections, file_state
from backend.agents.documents.indexing.reader_pool import (
    FileEnded,
    ReaderPool,
    read_here,
    shared_out,
)
from backend.agents.documents.indexing.readiness import FolderReadiness
from backend.agents.documents.indexing.schema import connect, unusable
from backend.agents.documents.indexing.storage import ARCHIVE, forget, store, touched, transaction
from backend.agents.documents.readers import READER_VERSION

Progress = Callable[[int, int, str], None]
"""Called with (files done, files to read, name of the file that is read now)."""

_HEARTBEAT_S = 0.5
"""How often progress is reported while nothing comes."""


class StoppedError(Exception):
    """The work was asked to stop; what was stored until then stays."""

    def __init__(self) -> None:
        super().__init__("Reading the changed documents was stopped.")


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """What one refresh did. ``skipped`` names every file passed over, also those known from earlier."""

    documents: int
    passages: int
    read: int
    unchanged: int
    removed: int
    skipped: tuple[SkippedFile, ...]
    unread: tuple[str, ...]
    """Files of kinds that are not read, by name."""
    seconds: float


class FolderIndex:
    """Keeps the index of ``folder`` in the file ``database``. Methods block; call them from a thread."""

    def __init__(self, folder: Path, database: Path, excluded: tuple[Path, ...] = ()) -> None:
        self.folder = folder
        self.database = database
        self._excluded = excluded
        self._writing = threading.Lock()
        self._kept = KeptConnections(database, lambda: connect(database, READER_VERSION))
        self._found = 0
        self._unfinished: dict[str, None] = {}
        self._known_at: tuple[object, Mapping[str, tuple[int, int]]] | None = None

    @property
    def readiness(self) -> FolderReadiness:
        """What of the folder is still to be read by the refresh that is at work, if any."""
        return FolderReadiness(self._found, tuple(self._unfinished))

    def refresh(self, progress: Progress | None = None, stop: threading.Event | None = None) -> RefreshReport:
        """Read what is new or changed, forget what is gone.

        A file is taken as unchanged if size and time of change are, and as unchanged in content if its hash is.
        Raises ``FolderError`` (``folder``), ``IndexUnusableError`` (the index cannot be written) or ``StoppedError``.
        """
        started = time.monotonic()
        with self._writing, self.opened() as connection:
            # What is known is read before the folder is listed: a file that another process adds meanwhile is
            # then in neither, and so is never taken for a removed one.
            known = _known(connection)
            content = list_folder(self.folder, self._excluded)
            removed = known.keys() - {file.name for file in content.files}
            for name in sorted(removed):
                with transaction(connection):
                    forget(connection, name)
            changed = [file for file in content.files if known.get(file.name, ())[:2] != (file.size, file.changed_ns)]
            self._found, self._unfinished = len(content.files), dict.fromkeys(file.name for file in changed)
            with transaction(connection):
                connection.execute("DELETE FROM unread")
                connection.executemany("INSERT INTO unread (name) VALUES (?)", ((name,) for name in content.unread))
            vanished = self._read_all(connection, changed, progress, stop)
            self._unfinished = {}
            return _report(connection, content, vanished, len(changed), len(removed), time.monotonic() - started)

    def is_current(self) -> bool:
        """Whether nothing has changed since the last refresh: compares sizes and times, reads no file."""
        content = list_folder(self.folder, self._excluded)
        return {file.name: (file.size, file.changed_ns) for file in content.files} == self._known_now()

    def _known_now(self) -> Mapping[str, tuple[int, int]]:
        """Sizes and times of change of the files in the index, read again only after the index has changed."""
        state = self.state()
        if state is None or self._known_at is None or self._known_at[0] != state:
            with self.reading() as connection:
                # The state is taken first: what another process writes meanwhile is then read the next time.
                state = self.state()
                self._known_at = state, _known(connection)
        return self._known_at[1]

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for a short read; it is kept for the next one, as opening one takes longer than most reads."""
        try:
            with self._kept.lent() as connection:
                yield connection
        except sqlite3.Error as error:
            raise unusable(self.database, error) from error

    def state(self) -> tuple[FileState, FileState | None] | None:
        """What changes whenever the index does: the states of its file and of the log that is written ahead of it."""
        file = file_state(self.database)
        return None if file is None else (file, file_state(Path(f"{self.database}-wal")))

    def close(self) -> None:
        """Close the connections that are kept for reading."""
        self._kept.close()

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """A connection to the index, made anew if it is damaged or of another version."""
        connection = connect(self.database, READER_VERSION)
        try:
            yield connection
        except sqlite3.Error as error:
            raise unusable(self.database, error) from error
        finally:
            connection.close()

    def _read_all(
        self,
        connection: sqlite3.Connection,
        files: list[FoundFile],
        progress: Progress | None,
        stop: threading.Event | None,
    ) -> list[SkippedFile]:
        """Short texts are read here, everything else by other processes meanwhile; each is stored as it comes."""
        intake = _Intake(connection, len(files), progress or _silent, stop or threading.Event())
        digests = _digests(connection)
        folder = self.folder.expanduser()
        here, elsewhere = shared_out(files)
        with ReaderPool(folder, elsewhere, digests).running() as pool:
            for file in here:
                intake.begins(file.name)
                self._take(intake, read_here(folder, file, digests.get(file.name, "")))
                while (ended := pool.ended(0)) is not None:
                    self._take(intake, ended)
            while intake.done < len(files):
                intake.begins(pool.at_work or elsewhere[0].name)
                ended = pool.ended(_HEARTBEAT_S)
                if ended is not None:
                    self._take(intake, ended)
        if files:
            intake.begins("")
        return intake.vanished

    def _take(self, intake: "_Intake", ended: FileEnded) -> None:
        intake.take(ended)
        self._unfinished.pop(ended.file.name, None)


class _Intake:
    """Stores what readers send, and says how far it has come."""

    def __init__(self, connection: sqlite3.Connection, total: int, progress: Progress, stop: threading.Event) -> None:
        self.done = 0
        self.vanished: list[SkippedFile] = []
        self._connection, self._total, self._progress, self._stop = connection, total, progress, stop

    def begins(self, name: str) -> None:
        """A file is read now, or still is: the work makes progress. Raises ``StoppedError``."""
        if self._stop.is_set():
            raise StoppedError
        self._progress(self.done, self._total, name)

    def take(self, ended: FileEnded) -> None:
        """Store a file, or note why it could not be opened."""
        self.done += 1
        connection, name = self._connection, ended.file.name
        if isinstance(ended.read, str):
            with transaction(connection):
                forget(connection, name)
            self.vanished.append(SkippedFile(name, ended.read))
            return
        read = ended.read
        file = FoundFile(name, read.size, read.changed_ns)
        with transaction(connection):
            if not touched(connection, file, read.digest) and read.content is not None:
                forget(connection, name)
                store(connection, file, read.digest, read.content, read.description)


def _silent(done: int, total: int, what: str) -> None:
    """Nobody waits."""


def _digests(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(connection.execute("SELECT name, digest FROM documents"))


def _known(connection: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    rows = connection.execute("SELECT name, size, changed_ns FROM documents WHERE container = ''")
    return {name: (size, changed_ns) for name, size, changed_ns in rows}


def _report(
    connection: sqlite3.Connection,
    content: FolderContent,
    vanished: list[SkippedFile],
    changed: int,
    removed: int,
    seconds: float,
) -> RefreshReport:
    skipped = [*content.skipped, *vanished]
    for name, problem, notices in connection.execute(
        "SELECT name, problem, notices FROM documents WHERE problem <> '' OR notices <> '[]' ORDER BY name"
    ):
        skipped += (
            [SkippedFile(name, problem)]
            if problem and problem != ARCHIVE
            else [SkippedFile(name, notice, in_part=True) for notice in json.loads(notices)]
        )
    documents = connection.execute("SELECT count(*) FROM documents WHERE problem = ''").fetchone()[0]
    passages = connection.execute("SELECT count(*) FROM passages").fetchone()[0]
    return RefreshReport(
        documents=documents,
        passages=passages,
        read=changed - len(vanished),
        unchanged=len(content.files) - changed,
        removed=removed,
        skipped=tuple(skipped),
        unread=content.unread,
        seconds=seconds,
    )
