"""A file that arrives: written as it comes, bounded, and kept only when it is whole and of a kind that is known."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self, TypeVar

from backend.protocol.attachments import MAX_FILE_BYTES
from backend.protocol.file_kinds import kind_of_file
from backend.protocol.file_names import clean_name
from backend.runs.attached_files import FileRecord
from backend.runs.store import StoreError

PREFIX: Final = ".arriving-"
"""How the names of unfinished files begin."""

_BLOCK_BYTES = 256 * 1024
"""Bytes that are written in one go, in a thread."""

_Result = TypeVar("_Result")


class FileTooLargeError(ValueError):
    """The file has more bytes than may be attached."""

    def __init__(self) -> None:
        super().__init__(
            f"The file is larger than {MAX_FILE_BYTES // 1024**2} MB, the most that can be attached: "
            "attach a part of it."
        )


class EmptyFileError(ValueError):
    """The file has no bytes."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is empty: attach a file with something in it.")


class IncomingFile:
    """A context: whatever was written and not kept is deleted at its end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._digest = hashlib.sha256()
        self._size = 0
        self._pieces: list[bytes] = []
        self._waiting = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._discard()

    async def take(self, piece: bytes) -> None:
        """The next bytes. Raises ``FileTooLargeError`` and ``StoreError``."""
        self._size += len(piece)
        if self._size > MAX_FILE_BYTES:
            raise FileTooLargeError
        self._pieces.append(piece)
        self._waiting += len(piece)
        if self._waiting >= _BLOCK_BYTES:
            await self._on_disk(self._write)

    async def keep(self, name: str) -> FileRecord:
        """Check the whole file and give it its place in the folder, named by its id alone, also after a power cut.

        Raises ``EmptyFileError``, ``FileKindError`` and ``StoreError``.
        """
        name = clean_name(name)
        if not self._size:
            raise EmptyFileError(name)
        return await self._on_disk(lambda: self._finish(name))

    def _write(self) -> None:
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.NamedTemporaryFile(dir=self._folder, prefix=PREFIX, delete=False)  # noqa: SIM115
        block = b"".join(self._pieces)
        self._pieces, self._waiting = [], 0
        self._digest.update(block)
        self._file.write(block)

    def _finish(self, name: str) -> FileRecord:
        self._write()
        assert self._file is not None  # noqa: S101 - just written
        self._file.flush()
        os.fsync(self._file.fileno())
        arrived = Path(self._file.name)
        kind = kind_of_file(name, arrived.read_bytes())
        record = FileRecord.received(name, self._size, kind.name, self._digest.hexdigest())
        self._file.close()
        arrived.replace(self._folder / record.file_id)
        self._file = None
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return record

    def _discard(self) -> None:
        if self._file is not None:
            # What cannot be written any more, as on a full disk, need not be.
            with suppress(OSError):
                self._file.close()
            Path(self._file.name).unlink(missing_ok=True)
            self._file = None

    async def _on_disk(self, work: Callable[[], _Result]) -> _Result:
        try:
            return await asyncio.to_thread(work)
        except OSError as error:
            reason = error.strerror or str(error)
            raise StoreError(
                f"The file could not be kept ({reason}): make room in {self._folder} and try again."
            ) from error
