"""The index of one folder: an SQLite file that is brought up to date file by file, each in one transaction.

It is a cache: whatever is in it can be made again from the folder. Two processes may bring the same index up to date at
the same time; each file is then stored once.
"""

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.agents.documents.indexing.folder import FolderContent, FoundFile, SkippedFile, list_folder
from backend.agents.documents.indexing.kept_connections import FileState, KeptConnections, file_state
from backend.agents.documents.indexing.schema import connect, unusable
from backend.agents.documents.indexing.storage import forget, store, touched, transaction
from backend.agents.documents.readers import READER_VERSION, read_document
from backend.agents.documents.readers.extraction import MAX_FILE_BYTES, Extraction, UnreadableFileError

Progress = Callable[[int, int, str], None]
"""Called with (files done, files to read, name of the file that is read now)."""


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
    seconds: float


class FolderIndex:
    """Keeps the index of ``folder`` in the file ``database``. Methods block; call them from a thread."""

    def __init__(self, folder: Path, database: Path, excluded: tuple[Path, ...] = ()) -> None:
        self.folder = folder
        self.database = database
        self._excluded = excluded
        self._writing = threading.Lock()
        self._kept = KeptConnections(database, lambda: connect(database, READER_VERSION))

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
            vanished = self._read_all(connection, changed, progress, stop)
            return _report(connection, content, vanished, len(changed), len(removed), time.monotonic() - started)

    def is_current(self) -> bool:
        """Whether nothing has changed since the last refresh: compares sizes and times, reads no file."""
        content = list_folder(self.folder, self._excluded)
        with self.opened() as connection:
            known = _known(connection)
        found = {file.name: (file.size, file.changed_ns) for file in content.files}
        return found == {name: row[:2] for name, row in known.items()}

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
        vanished = []
        for done, file in enumerate(files):
            if stop is not None and stop.is_set():
                raise StoppedError
            if progress is not None:
                progress(done, len(files), file.name)
            try:
                self._read_one(connection, file)
            except OSError as error:
                with transaction(connection):
                    forget(connection, file.name)
                vanished.append(SkippedFile(file.name, error.strerror or "it cannot be read"))
        if progress is not None and files:
            progress(len(files), len(files), "")
        return vanished

    def _read_one(self, connection: sqlite3.Connection, file: FoundFile) -> None:
        data = b"" if file.size > MAX_FILE_BYTES else (self.folder.expanduser() / file.name).read_bytes()
        digest = hashlib.sha256(data).hexdigest() if data or file.size == 0 else f"size:{file.size}"
        if touched(connection, file, digest):
            return
        read = _read(file, data)
        with transaction(connection):
            if not touched(connection, file, digest):
                forget(connection, file.name)
                store(connection, file, digest, read)


def _read(file: FoundFile, data: bytes) -> Extraction | str:
    """What the file holds, or why it is skipped."""
    if file.size > MAX_FILE_BYTES:
        return f"it is larger than {MAX_FILE_BYTES // 1024**2} MB"
    try:
        return read_document(file.name, data)
    except UnreadableFileError as error:
        return str(error)


def _known(connection: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    rows = connection.execute("SELECT name, size, changed_ns FROM documents")
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
            if problem
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
        seconds=seconds,
    )
