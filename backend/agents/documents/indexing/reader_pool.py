"""Several processes that read files at the same time, and one queue on which their results come."""

import os
import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.agents.documents.indexing.file_reading import ReadFile, read_file
from backend.agents.documents.indexing.folder import FoundFile
from backend.agents.documents.indexing.reader_process import ReaderProcess

MOST_PROCESSES = 4
_WAITING_RESULTS = 6
_SMALL_BYTES = 256 * 1024
FEW_FILES = 40
"""Up to so many short texts are read sooner by this process than others are started."""

_PLAIN = (".md", ".markdown", ".txt", ".text", ".html", ".htm", ".csv")


@dataclass(frozen=True, slots=True)
class FileEnded:
    """A file was read, or could not be opened (the reason as a text)."""

    file: FoundFile
    read: ReadFile | str


def shared_out(files: Sequence[FoundFile]) -> tuple[list[FoundFile], list[FoundFile]]:
    """The files that this process reads, a few short texts at most, and those that others read."""
    short = [file for file in files if is_short_text(file)]
    if len(short) > FEW_FILES:
        return [], list(files)
    return short, [file for file in files if not is_short_text(file)]


def is_short_text(file: FoundFile) -> bool:
    """Whether reading the file takes less than sending it to another process would: it is short, and only text."""
    return file.size <= _SMALL_BYTES and file.name.lower().endswith(_PLAIN)


def read_here(folder: Path, file: FoundFile, known_digest: str) -> FileEnded:
    """Read a file in this process."""
    try:
        return FileEnded(file, read_file(folder / file.name, file.name, known_digest))
    except OSError as error:
        return FileEnded(file, error.strerror or "it cannot be read")


class ReaderPool:
    """Reads files in as many processes as there are processors, up to four. Results come in no particular order."""

    def __init__(self, folder: Path, files: Sequence[FoundFile], digests: Mapping[str, str]) -> None:
        self.at_work = ""
        """The file that was last heard of, and the part of it that is being read."""
        self._folder, self._digests = folder, digests
        self._waiting: queue.SimpleQueue[FoundFile] = queue.SimpleQueue()
        for file in files:
            self._waiting.put(file)
        self._results: queue.Queue[FileEnded] = queue.Queue(_WAITING_RESULTS)
        self._closed = threading.Event()
        count = min(len(files), MOST_PROCESSES, len(os.sched_getaffinity(0)))
        self._processes = [ReaderProcess() for _ in range(count)]
        self._threads = [threading.Thread(target=self._work, args=(one,), daemon=True) for one in self._processes]

    @contextmanager
    def running(self) -> Iterator["ReaderPool"]:
        """Start to read; at the end everything is stopped."""
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._closed.set()
            for process in self._processes:
                process.kill()
            for thread in self._threads:
                thread.join()

    def ended(self, timeout_s: float) -> FileEnded | None:
        """The next file that was read; None if there is none within the time."""
        try:
            return self._results.get(timeout=timeout_s) if timeout_s else self._results.get_nowait()
        except queue.Empty:
            return None

    def _work(self, process: ReaderProcess) -> None:
        try:
            while not self._closed.is_set():
                try:
                    file = self._waiting.get_nowait()
                except queue.Empty:
                    return
                self._read(process, file)
        finally:
            process.close()

    def _read(self, process: ReaderProcess, file: FoundFile) -> None:
        def progress(done: int, total: int, unit: str) -> None:
            self.at_work = f"{file.name}, {unit} {done + 1:,}" + (f" of {total:,}" if total else "")

        try:
            read = process.read(self._folder / file.name, file.name, self._digests.get(file.name, ""), progress)
        except OSError as error:
            self._put(FileEnded(file, error.strerror or "it cannot be read"))
        else:
            if read is not None:
                self._put(FileEnded(file, read))

    def _put(self, ended: FileEnded) -> None:
        while not self._closed.is_set():
            try:
                self._results.put(ended, timeout=0.2)
            except queue.Full:
                continue
            return
