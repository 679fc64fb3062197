"""A recording in the data folder: how it is taken in, and how it is read again. Neither keeps its events in memory."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from backend.protocol.events import Event
from backend.protocol.recording_reader import RecordingReader
from backend.protocol.recordings import RecordingError

_PIECE_BYTES = 16 * 1024
"""Bytes that are read at a time: while a recording is played, that happens on the event loop."""


class IncomingRecording:
    """A recording that arrives: checked and written block by block, and in its folder only when it is whole, also after
    a power cut. Methods block."""

    def __init__(self, path: Path) -> None:
        self.reader = RecordingReader()
        self._path = path
        self._file: IO[bytes] | None = None

    def take(self, block: bytes) -> None:
        """Check the next bytes and write them. Raises ``RecordingError`` or ``OSError``."""
        for _ in self.reader.feed(block):
            pass
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.NamedTemporaryFile(  # noqa: SIM115
                dir=self._path.parent, prefix=".import-", delete=False
            )
        self._file.write(block)

    def finish(self) -> None:
        """Check the end, and give the file its name. Raises ``RecordingError`` or ``OSError``."""
        for _ in self.reader.close():
            pass
        if not self.reader.events or self._file is None:
            raise RecordingError("The recording contains no events: there is nothing to play.")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        Path(self._file.name).replace(self._path)
        self._file = None
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def discard_unless_finished(self) -> None:
        """Leave nothing half-written. Idempotent."""
        if self._file is not None:
            self._file.close()
            Path(self._file.name).unlink(missing_ok=True)
            self._file = None


@dataclass(frozen=True, slots=True)
class RecordingFile:
    """A recording that never changes; its events are read from the file whenever they are asked for."""

    path: Path
    cut: str | None

    @classmethod
    def checked(cls, path: Path) -> "RecordingFile":
        """The recording in this file, read once to its end. Raises ``RecordingError`` for a damaged one."""
        reader = RecordingReader()
        for _ in _events(path, reader):
            pass
        return cls(path, reader.cut)

    @property
    def events(self) -> Iterator[Event]:
        """The events in order, from the first."""
        return _events(self.path, RecordingReader())


def _events(path: Path, reader: RecordingReader) -> Iterator[Event]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            yield from reader.feed(piece)
    yield from reader.close()
