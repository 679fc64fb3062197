"""The journal in front of the database: events are in it before anybody is shown them, and in a table a while later.

A record is one ``write`` into the page cache: it survives the death of the process at any moment, and costs what many
small transactions would not. The database takes the events in large groups, after which they are no longer needed here.
Two files take turns, so that one can be emptied while the other grows.
"""

import os
import re
import threading
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.runs.frames import split_frames

FILE_NAMES = ("runs.journal-a", "runs.journal-b")

_HEAD = re.compile(rb"(\d+) (\d+) (\d+) (\d+) ([0-9a-f]{8})\n")


@dataclass(frozen=True, slots=True)
class JournalRecord:
    """Frames of one run that follow each other."""

    number: int
    """The run's number in the database."""
    attempt: int
    first_seq: int
    frames: Sequence[bytes]


def encode_record(number: int, attempt: int, first_seq: int, frames: Sequence[bytes]) -> bytes:
    """The bytes of a ``JournalRecord``: a line and the frames."""
    content = frames[0] if len(frames) == 1 else b"".join(frames)
    return b"%d %d %d %d %08x\n%b" % (number, attempt, first_seq, len(content), zlib.crc32(content), content)


class Journal:
    """The journal of one data folder. ``add`` is called by the event loop, ``turn`` and ``empty`` by the writer."""

    def __init__(self, folder: Path) -> None:
        """Opens both files, making them if need be. Raises ``OSError``."""
        self._lock = threading.Lock()
        self._files = [
            os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600) for name in FILE_NAMES
        ]
        self._sizes = [os.fstat(file).st_size for file in self._files]

    def add(self, data: bytes) -> None:
        """Add encoded records; returns once the system has them. Raises ``OSError``, adding nothing."""
        with self._lock:
            file, size = self._files[0], self._sizes[0]
            try:
                written = os.write(file, data)
                while written < len(data):
                    written += os.write(file, data[written:])
            except OSError:
                # The beginning of a record would hide those that follow it.
                os.ftruncate(file, size)
                raise
            self._sizes[0] = size + written

    def turn(self) -> bool:
        """Continue in the other file, if that is empty: the events added so far then stand in one that is not
        written any more. Gives whether there is such a file, for ``empty``."""
        with self._lock:
            if self._sizes[1] == 0 and self._sizes[0] > 0:
                self._files.reverse()
                self._sizes.reverse()
            return self._sizes[1] > 0

    def empty(self) -> None:
        """Empty the file that is not written any more: its events are in the database."""
        os.ftruncate(self._files[1], 0)
        with self._lock:
            self._sizes[1] = 0

    def clear(self) -> None:
        """Empty both files: everything in them is in the database."""
        with self._lock:
            for file in self._files:
                os.ftruncate(file, 0)
            self._sizes = [0, 0]

    def close(self) -> None:
        """Let the files go, as they are."""
        for file in self._files:
            os.close(file)


def read_journal(folder: Path) -> list[JournalRecord]:
    """The records of both files. A record that was not written whole, and what follows it in its file, is left out."""
    records: list[JournalRecord] = []
    for name in FILE_NAMES:
        path = folder / name
        if path.exists():
            records.extend(_records(path.read_bytes()))
    return sorted(records, key=lambda record: (record.number, record.first_seq))


def _records(data: bytes) -> Iterator[JournalRecord]:
    at = 0
    while (head := _HEAD.match(data, at)) is not None:
        number, attempt, first_seq, length = map(int, head.groups()[:4])
        content = data[head.end() : head.end() + length]
        if zlib.crc32(content) != int(head[5], 16) or len(content) != length:
            return
        yield JournalRecord(number, attempt, first_seq, split_frames(content))
        at = head.end() + length
