"""Making a backup: one compressed archive that is there whole or not at all."""

import hashlib
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from backend.runs.backup.manifest import DATABASE, FOLDERS, NAME, BackupError, KeptFile, Manifest
from backend.runs.sqlite.journal import FILE_NAMES as JOURNALS

SECRETS = ("signing-key", "tokens.json")
"""What keeps people signed in, where the folder has it."""


def make_backup(folder: Path, target: Path) -> Manifest:
    """Write everything of a data folder into a new file, which its owner alone may read. Blocks.

    A server may work with the folder meanwhile: the database is copied by SQLite as it is at one moment, with what
    stands in the journal before. Raises ``BackupError``.
    """
    if target.exists():
        raise BackupError(f"{target} is there already: choose another name, or move it away.")
    if not (folder / DATABASE).is_file():
        raise BackupError(f"There is nothing to back up in {folder}: name the data folder with --data.")
    try:
        with tempfile.TemporaryDirectory(prefix=".playhead-backup-", dir=target.parent) as made:
            archive = Path(made) / "backup"
            manifest = _write(folder, archive, Path(made))
            try:
                # Unlike a rename, this takes no other file's name away.
                os.link(archive, target)
            except FileExistsError as error:
                raise BackupError(f"{target} is there already: choose another name, or move it away.") from error
    except sqlite3.Error as error:
        raise BackupError(
            f"The database in {folder} cannot be copied ({error}): see whether the server starts."
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise BackupError(f"The backup could not be written to {target} ({reason}): choose another place.") from error
    return manifest


def _write(folder: Path, archive: Path, scratch: Path) -> Manifest:
    kept: dict[str, KeptFile] = {}
    with archive.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        with tarfile.open(fileobj=file, mode="w:gz", format=tarfile.PAX_FORMAT) as tar:
            # The journals first: what leaves them meanwhile is in the database's copy.
            for name in JOURNALS:
                _add(tar, kept, name, folder / name)
            copy = scratch / "copy"
            version = _copy_database(folder / DATABASE, copy)
            _add(tar, kept, DATABASE, copy)
            copy.unlink()
            for name, path in _contents(folder):
                _add(tar, kept, name, path)
            manifest = Manifest.of(version, kept)
            data = manifest.model_dump_json(indent=1).encode()
            head = tarfile.TarInfo(NAME)
            head.size, head.mode = len(data), 0o600
            tar.addfile(head, BytesIO(data))
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _copy_database(source: Path, copy: Path) -> int:
    """Copy the database as it is now; gives its schema's version."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=rw", uri=True, timeout=30)) as reading,
        closing(sqlite3.connect(copy)) as writing,
    ):
        reading.backup(writing)
        # In one file, without a log beside it.
        writing.execute("PRAGMA journal_mode = DELETE")
        version: int = writing.execute("PRAGMA user_version").fetchone()[0]
    return version


def _contents(folder: Path) -> Iterator[tuple[str, Path]]:
    """Everything else, with its name in the backup: only files that have arrived whole."""
    yield from ((name, folder / name) for name in SECRETS)
    for name in FOLDERS:
        inside = folder / name
        for path in sorted(inside.iterdir()) if inside.is_dir() else ():
            if path.is_file() and not path.name.startswith("."):
                yield f"{name}/{path.name}", path


def _add(tar: tarfile.TarFile, kept: dict[str, KeptFile], name: str, path: Path) -> None:
    """Add the file as it is when it is opened; one that is gone by then was deleted by somebody."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        head = tarfile.TarInfo(name)
        head.size, head.mode = os.fstat(file.fileno()).st_size, 0o600
        content = _Counted(file, head.size)
        tar.addfile(head, content)
        kept[name] = KeptFile(size=head.size, sha256=content.digest.hexdigest())


class _Counted:
    """A file of a fixed length, also where it grows or is cut meanwhile, and the digest of what was read."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left = size
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        data = self._file.read(wanted)
        data += bytes(wanted - len(data))
        self._left -= wanted
        self.digest.update(data)
        return data
