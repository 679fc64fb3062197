"""One server per data folder, held by a lock that the system lets go when the process ends, however it
ends."""

import fcntl
import os
from pathlib import Path

from backend.runs.store import StoreError

LOCK_NAME = "server.lock"


class FolderLock:
    """A lock on a data folder. The file stays; only the lock on it counts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the folder, making it if need be. Raises ``StoreError`` where it is taken or cannot be
        written."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            reason = error.strerror or str(error)
            raise StoreError(
                f"The data folder {self._folder} cannot be written ({reason}): choose another one with --data."
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(descriptor, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(descriptor)
            raise StoreError(
                f"Another server (process {holder}) uses the data folder {self._folder}: "
                "stop it, or choose another folder with --data."
            ) from error
        self._descriptor = descriptor
        self._note_process(descriptor)

    def release(self) -> None:
        """Give the folder back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _note_process(self, descriptor: int) -> None:
        try:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        except OSError:
            # On a full disk the lock works all the same; only its owner stays unnamed.
            return
