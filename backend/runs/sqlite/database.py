"""The database of one data folder: opened, recovered, written by one thread and read by another."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from backend.runs.event_lag import EventLag
from backend.runs.records import RunRecord
from backend.runs.sqlite.backlog import Backlog, TailPiece
from backend.runs.sqlite.journal import FILE_NAMES as JOURNAL_NAMES, Journal, read_journal
from backend.runs.sqlite.journal_queue import JournalQueue
from backend.runs.sqlite.lock import FolderLock
from backend.runs.sqlite.recovery import end_unfinished, insert_journaled
from backend.runs.sqlite.schema import FILE_NAME, connect, prepare, refused_by_system, storage_problem, sync_log
from backend.runs.sqlite.soundness import check_writable
from backend.runs.sqlite.writer import GroupWriter
from backend.runs.store import StoreError
from backend.runs.store_load import StoreLoad

T = TypeVar("T")

logger = logging.getLogger(__name__)


class Database:
    """What ``SqliteStore`` reads from and writes to. Errors of SQLite come out as ``StoreError``."""

    def __init__(self, folder: Path, backlog: Backlog) -> None:
        self.folder = folder
        self.unkept = JournalQueue(backlog, self.poke, self._note_journal_error)
        """What has to be in the journal before anybody is shown it."""
        self._backlog = backlog
        self._journal: Journal | None = None
        self._turned = False
        self._lock = FolderLock(folder)
        self._writer: GroupWriter | None = None
        self._reading: sqlite3.Connection | None = None
        self._errors = dict.fromkeys(("read", "write", "journal"), 0)
        self._files = {
            "database": [folder / FILE_NAME],
            "log": [folder / f"{FILE_NAME}-wal"],
            "journal": [folder / name for name in JOURNAL_NAMES],
        }
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="run-log-reader")

    def open(self) -> list[RunRecord]:
        """Take the folder, make or check the file, end unfinished runs and start to write. Blocks.

        Gives the records of the runs it ended. Raises ``StoreError``, holding nothing.
        """
        self._lock.acquire()
        writing: sqlite3.Connection | None = None
        try:
            check_writable(self.folder)
            writing = connect(self.folder)
            prepare(writing, self.folder)
            insert_journaled(writing, read_journal(self.folder))
            ended = end_unfinished(writing, self._backlog.now())
            self._reading = connect(self.folder)
            self._reading.execute("PRAGMA query_only = ON")
            self._journal = self.unkept.journal = Journal(self.folder)
            self._journal.clear()
        except (sqlite3.Error, OSError, StoreError) as error:
            for connection in (writing, self._reading):
                if connection is not None:
                    connection.close()
            self._lock.release()
            raise self.problem(error) from error
        self._writer = GroupWriter(writing, self._take, self._sync)
        return ended

    def _take(self) -> Sequence[TailPiece]:
        # The journal first: what stands in the other file was in the backlog before.
        self._turned = self._journal is not None and self._journal.turn()
        return self._backlog.take()

    def _sync(self) -> None:
        try:
            sync_log(self.folder)
            if self._turned and self._journal is not None:
                self._journal.empty()
        except OSError:
            logger.exception("The log could not be synchronised with the disk, or the journal not be emptied.")

    def close(self) -> None:
        """Write what waits and let go of everything. Blocks."""
        if self._writer is not None:
            self._writer.stop()
            self._writer = None
        if self._journal is not None:
            if not self._backlog.unsaved():
                self._journal.clear()
            self._journal.close()
            self._journal = self.unkept.journal = None
        self._reader.shutdown()
        if self._reading is not None:
            self._reading.close()
            self._reading = None
        self._lock.release()

    async def write(self, run: Callable[[sqlite3.Connection], T], committed: Callable[[], None] | None = None) -> T:
        """Run the function in a transaction on the writer's thread and wait for its commit, which takes along what was
        appended before."""
        writer = self._open_writer()
        self.unkept.write()
        try:
            return await asyncio.wrap_future(writer.submit(run, committed))
        except sqlite3.Error as error:
            self._errors["write"] += 1
            raise self.problem(error) from error

    async def read(self, run: Callable[[sqlite3.Connection], T]) -> T:
        """Run the function on the reader's thread."""
        reading = self._reading
        if reading is None:
            raise StoreError("The store is closed.")
        try:
            return await asyncio.get_running_loop().run_in_executor(self._reader, run, reading)
        except sqlite3.Error as error:
            self._errors["read"] += 1
            raise self.problem(error) from error

    def _note_journal_error(self) -> None:
        self._errors["journal"] += 1

    def load(self, lag: EventLag) -> StoreLoad:
        """What there is to do, and what could not be done."""
        return StoreLoad(
            unsaved_runs=self._backlog.unsaved(),
            waiting_writes=0 if self._writer is None else self._writer.waiting,
            errors={**self._errors, "write": self._errors["write"] + self._backlog.refusals},
            sizes={kind: sum(map(_size_of, files)) for kind, files in self._files.items()},
            lag=lag,
        )

    def poke(self) -> None:
        """The backlog has something to write."""
        self._open_writer().poke()

    def _open_writer(self) -> GroupWriter:
        if self._writer is None:
            raise StoreError("The store is closed.")
        return self._writer

    def problem(self, error: Exception) -> StoreError:
        """The error as one sentence for people."""
        if isinstance(error, sqlite3.Error):
            return storage_problem(error, self.folder)
        if isinstance(error, OSError):
            return refused_by_system(error, self.folder)
        return error if isinstance(error, StoreError) else StoreError(f"The log cannot be written ({error}).")


def _size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
