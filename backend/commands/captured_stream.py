"""A captured stream on disk, read piece by piece: its bytes as they were sent, with the moments of their arrival where
the capture has them."""

import json
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from backend.commands.refusals import BadInput

PIECE_BYTES = 64 * 1024

MAX_LINE_BYTES = 64 * 1024 * 1024
"""The size that one line of a capture with timing may have."""


@dataclass(frozen=True, slots=True)
class CapturedPiece:
    """Some bytes of the stream, and when they came: milliseconds since the request, None where nobody wrote it down."""

    data: bytes
    at_ms: float | None = None
    file_bytes: int = 0
    """What of the file it took."""


class CapturedStream:
    """A file with a captured stream: its bytes as they are, or JSON lines of ``at_ms`` and ``data``."""

    def __init__(self, path: Path) -> None:
        """Raises ``BadInput`` where there is nothing to read."""
        self._path = path
        self.unreadable_lines = 0
        """Lines of a capture with timing that could not be read in the last round of ``pieces``."""
        with self._open() as file:
            start = file.read(PIECE_BYTES)
            if not start.strip():
                raise BadInput(f"{path} is empty: capture the stream as the server sends it, for example with curl -N.")
            self.size = os.fstat(file.fileno()).st_size
            """Bytes of the file."""
            file.seek(0)
            self.has_timing = any(_timed(line) is not None for line in _first_lines(file))
            """Whether the moments of arrival are in the file."""

    def pieces(self) -> Iterator[CapturedPiece]:
        """The stream from its beginning. Times never go back. Raises ``BadInput`` where the file cannot be read on."""
        self.unreadable_lines = 0
        with self._open() as file:
            try:
                yield from self._timed_pieces(file) if self.has_timing else _plain_pieces(file)
            except OSError as error:
                raise _unreadable(self._path, error) from error

    def _timed_pieces(self, file: BinaryIO) -> Iterator[CapturedPiece]:
        at_ms = 0.0
        while line := file.readline(MAX_LINE_BYTES):
            piece = _timed(line)
            if piece is not None and piece.at_ms is not None:
                at_ms = max(at_ms, piece.at_ms)
                yield CapturedPiece(piece.data, at_ms, len(line))
            elif line.strip():
                self.unreadable_lines += 1

    def _open(self) -> BinaryIO:
        try:
            if not self._path.is_file() and self._path.exists():
                raise BadInput(f"{self._path} is not a file: name a file with a captured stream.")
            return self._path.open("rb")
        except OSError as error:
            raise _unreadable(self._path, error) from error


def _unreadable(path: Path, error: OSError) -> BadInput:
    return BadInput(f"{path} cannot be read: {error.strerror or error}.")


def _plain_pieces(file: BinaryIO) -> Iterator[CapturedPiece]:
    while data := file.read(PIECE_BYTES):
        yield CapturedPiece(data, file_bytes=len(data))


def _first_lines(file: BinaryIO) -> Iterator[bytes]:
    """The first line that is not empty: what the whole file is, it says."""
    while line := file.readline(MAX_LINE_BYTES):
        if line.strip():
            yield line
            return


def _timed(line: bytes) -> CapturedPiece | None:
    """The piece that a line with timing stands for, or None for any other line."""
    if not line.lstrip(b"\xef\xbb\xbf \t").startswith(b"{"):
        return None
    try:
        fields = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    at_ms, data = fields.get("at_ms"), fields.get("data")
    if not isinstance(data, str) or isinstance(at_ms, bool) or not isinstance(at_ms, int | float):
        return None
    try:
        moment = float(at_ms)
    except OverflowError:
        return None
    return CapturedPiece(data.encode("utf-8", "surrogatepass"), max(0.0, moment)) if math.isfinite(moment) else None
