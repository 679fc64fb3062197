"""A folder of documents with its index and its tables: what the agent works on. All methods but ``read`` block."""

import hashlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from backend.agents.documents.blocking import in_thread
from backend.agents.documents.figures.tables import Tables
from backend.agents.documents.indexing.background_refresh import BackgroundRefresh
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.folder import FolderError, nothing_to_read
from backend.agents.documents.indexing.folder_index import FolderIndex, Progress, RefreshReport, StoppedError
from backend.agents.documents.indexing.readiness import FolderReadiness
from backend.settings import Settings

Read = TypeVar("Read")

SAMPLE = Path(__file__).parent / "sample"
"""The bundled notes on NVIDIA's filings."""

CHECK_SECONDS = 1.0
"""How long a folder is taken as unchanged after it was looked at."""

LONG_LOOK_S, MOST_CHECKS = 0.05, 5.0
"""Processor time from which looking at a folder is long: it is then taken as unchanged for so many times longer, five
times at most."""

READY_AFTER_S = 60.0
"""How long the start waits for a folder of which something can be answered from already."""

CHANGES_WAITED_FOR_S = 10.0
"""How long a question waits for changed files."""


class Library:
    """The documents of one folder. The index is kept under ``data_dir``, one file per folder."""

    def __init__(self, folder: Path, data_dir: Path) -> None:
        self.folder = folder
        key = hashlib.sha256(str(folder.expanduser().absolute()).encode("utf-8", "surrogateescape")).hexdigest()
        self._index = FolderIndex(folder, data_dir / "documents" / f"{key[:24]}.sqlite3", excluded=(data_dir,))
        self._refreshing = BackgroundRefresh(self._index)
        self.corpus = Corpus(self._index)
        self._tables: Tables | None = None
        self._making_tables = threading.Lock()
        self._unchanged_until = float("-inf")
        self._is_long_look = False

    @classmethod
    def of(cls, settings: Settings) -> "Library":
        """The folder that the settings name, or the bundled sample."""
        return cls(settings.docs_dir or SAMPLE, settings.data_dir)

    @property
    def is_sample(self) -> bool:
        """Whether it is the bundled sample."""
        return self.folder == SAMPLE

    @property
    def tables(self) -> Tables:
        """The database that tables are computed in, opened at first use."""
        with self._making_tables:
            self._tables = self._tables or Tables()
            return self._tables

    @property
    def readiness(self) -> FolderReadiness:
        """What of the folder is still to be read: answers come from what is ready."""
        return self._index.readiness

    def refresh(self, progress: Progress | None = None, stop: threading.Event | None = None) -> RefreshReport:
        """Bring the index up to date.

        Raises ``FolderError`` for a folder that cannot be used or has no document, ``IndexUnusableError``, and
        ``StoppedError`` once ``stop`` is set.
        """
        return self._checked(self._index.refresh(progress, stop))

    def read_all(self, progress: Progress | None = None, stop: threading.Event | None = None) -> RefreshReport:
        """As ``refresh``, also where no document can be read: the report says why."""
        return self._index.refresh(progress, stop)

    def prepare(self, progress: Progress, patience_s: float) -> RefreshReport | None:
        """Bring the index up to date, for so long at most as soon as there is a document to answer from.

        None: it is still at work, and continues. Raises as ``refresh``, with ``StoppedError`` after ``stop_refresh``.
        """
        self._refreshing.start(progress)
        return self._settled(patience_s, None)

    def stop_refresh(self) -> None:
        """Have what brings the index up to date end soon."""
        self._refreshing.stop()

    def refresh_if_changed(self, stop: threading.Event | None = None) -> None:
        """Begin to bring the index up to date if a file was added, changed or removed, and wait for a short while.

        Raises as ``refresh``.
        """
        if not self._is_unchanged():
            is_new = self._refreshing.start()
            self._settled(CHANGES_WAITED_FOR_S if is_new else 0.0, stop)

    def _is_unchanged(self) -> bool:
        """Whether the index is as the folder is, or was a moment ago."""
        if self._is_resting:
            return True
        begun = time.thread_time()
        is_current = self._index.is_current() and self.corpus.sizes()[0] > 0
        if is_current:
            self._rest(time.thread_time() - begun)
        return is_current

    @property
    def _is_resting(self) -> bool:
        return time.monotonic() < self._unchanged_until

    def _settled(self, seconds: float, stop: threading.Event | None) -> RefreshReport | None:
        """What the refresh did, or None where it takes longer and there is something to answer from meanwhile."""
        report = self._refreshing.wait(seconds, stop)
        while report is None and not (stop is not None and stop.is_set()):
            if self.corpus.sizes()[0]:
                return None
            report = self._refreshing.wait(0.1, stop)
        if report is None:
            raise StoppedError
        return self._checked(report)

    def _checked(self, report: RefreshReport) -> RefreshReport:
        if not report.documents:
            reasons = "".join(f" {skipped}" for skipped in report.skipped[:3])
            raise FolderError(f"{nothing_to_read(self.folder)}{reasons}")
        self._rest(0.0)
        return report

    def _rest(self, look_s: float) -> None:
        """Take the folder as unchanged for a while; the longer a look at it takes, the longer."""
        self._is_long_look = look_s > LONG_LOOK_S
        self._unchanged_until = time.monotonic() + CHECK_SECONDS * min(max(1.0, look_s / LONG_LOOK_S), MOST_CHECKS)

    async def read(self, work: Callable[[], Read]) -> Read:
        """What ``work`` finds in a thread of its own, with the index as the folder is now, or nearly so where much of
        it changed (``readiness``). Cancelling stops the work. Raises as ``refresh``.
        """
        stop = threading.Event()

        def read() -> Read:
            if self._is_long_look and not self._is_resting:
                # Looking at thousands of files takes as long as a search: both at once.
                with ThreadPoolExecutor(1) as beside:
                    look = beside.submit(self._is_unchanged)
                    found = work()
                if look.result():
                    return found
            self.refresh_if_changed(stop)
            return work()

        def interrupt(thread: int) -> None:
            stop.set()
            self.interrupt(thread)

        return await in_thread(read, interrupt)

    def interrupt(self, thread: int) -> None:
        """Stop the query to a table that this thread runs now, if any."""
        if self._tables is not None:
            self._tables.interrupt(thread)

    def close(self) -> None:
        """Free the tables' memory and the connections to the index."""
        self._index.close()
        with self._making_tables:
            if self._tables is not None:
                self._tables.close()
                self._tables = None
