"""A folder of documents with its index and its tables: what the agent works on. All methods but ``read`` block."""

import hashlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from backend.agents.documents.blocking import in_thread
from backend.agents.documents.figures.tables import Tables
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.folder import FolderError, nothing_to_read
from backend.agents.documents.indexing.folder_index import FolderIndex, Progress, RefreshReport
from backend.settings import Settings

Read = TypeVar("Read")

SAMPLE = Path(__file__).parent / "sample"
"""The bundled notes on NVIDIA's filings."""

CHECK_SECONDS = 1.0
"""How long a folder is taken as unchanged after it was looked at."""


class Library:
    """The documents of one folder. The index is kept under ``data_dir``, one file per folder."""

    def __init__(self, folder: Path, data_dir: Path) -> None:
        self.folder = folder
        key = hashlib.sha256(str(folder.expanduser().absolute()).encode("utf-8", "surrogateescape")).hexdigest()
        self._index = FolderIndex(folder, data_dir / "documents" / f"{key[:24]}.sqlite3", excluded=(data_dir,))
        self.corpus = Corpus(self._index)
        self._tables: Tables | None = None
        self._making_tables = threading.Lock()
        self._checked_at = float("-inf")

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

    def refresh(self, progress: Progress | None = None, stop: threading.Event | None = None) -> RefreshReport:
        """Bring the index up to date.

        Raises ``FolderError`` for a folder that cannot be used or has no document, ``IndexUnusableError``, and
        ``StoppedError`` once ``stop`` is set.
        """
        report = self._index.refresh(progress, stop)
        if not report.documents:
            reasons = "".join(f" {skipped}" for skipped in report.skipped[:3])
            raise FolderError(f"{nothing_to_read(self.folder)}{reasons}")
        self._checked_at = time.monotonic()
        return report

    def refresh_if_changed(self, progress: Progress | None = None, stop: threading.Event | None = None) -> None:
        """Bring the index up to date if a file was added, changed or removed. Raises as ``refresh``."""
        if time.monotonic() - self._checked_at < CHECK_SECONDS:
            return
        if not self._index.is_current() or not self.corpus.sizes()[0]:
            self.refresh(progress, stop)
        self._checked_at = time.monotonic()

    async def read(self, work: Callable[[], Read]) -> Read:
        """What ``work`` finds in a thread of its own, with the index as the folder is now. Cancelling stops both.

        Raises as ``refresh``.
        """
        stop = threading.Event()

        def read() -> Read:
            self.refresh_if_changed(stop=stop)
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
