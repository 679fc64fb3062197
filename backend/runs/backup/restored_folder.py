"""Bringing a backup back: into a new folder, checked whole before it gets its name."""

import hashlib
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from contextlib import closing
from pathlib import Path
from typing import IO, Final

from pydantic import ValidationError

from backend.runs.backup.made_backup import SECRETS
from backend.runs.backup.manifest import DATABASE, FOLDERS, NAME, BackupError, Manifest
from backend.runs.sqlite.journal import FILE_NAMES as JOURNALS
from backend.runs.sqlite.schema import SCHEMA_VERSION, check_copy
from backend.runs.store import StoreError

_ALONE: Final = {DATABASE, NAME, *SECRETS, *JOURNALS}
_INSIDE = re.compile(rf"(?:{'|'.join(FOLDERS)})/[A-Za-z0-9_][A-Za-z0-9_.-]{{0,200}}")
_LARGEST_MANIFEST = 64 * 1024 * 1024
_BLOCK = 1024 * 1024


def restore_backup(source: Path, folder: Path) -> Manifest:
    """Make a data folder of a backup. Blocks. Raises ``BackupError``; the folder is then as it was."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(f"{folder} is not empty: move it away, or choose another folder with --data.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".playhead-restore-", dir=folder.parent))
        try:
            manifest = _unpack(source, made)
            if folder.exists():
                folder.rmdir()
            made.rename(folder)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
    except (tarfile.TarError, EOFError, zlib.error, ValidationError, ValueError) as error:
        raise _damaged(source) from error
    except (sqlite3.Error, StoreError) as error:
        raise BackupError(f"The database in {source} is damaged: use another backup.") from error
    except OSError as error:
        if isinstance(error, tarfile.ReadError | EOFError) or error.errno is None:
            raise _damaged(source) from error
        reason = error.strerror or str(error)
        raise BackupError(f"The backup could not be brought back ({reason}: {error.filename or source}).") from error
    return manifest


def _damaged(source: Path) -> BackupError:
    return BackupError(f"{source} is damaged or not a backup: use another one.")


def _unpack(source: Path, made: Path) -> Manifest:
    found: dict[str, str] = {}
    manifest: Manifest | None = None
    with tarfile.open(source, "r:gz") as tar:
        for member in tar:
            if not member.isreg() or not (member.name in _ALONE or _INSIDE.fullmatch(member.name)):
                raise _damaged(source)
            content = tar.extractfile(member)
            if content is None or member.name in found or manifest is not None:
                raise _damaged(source)
            if member.name == NAME:
                manifest = Manifest.model_validate_json(content.read(_LARGEST_MANIFEST))
            else:
                found[member.name] = _write(content, made / member.name)
    if manifest is None or {name: kept.sha256 for name, kept in manifest.files.items()} != found:
        raise _damaged(source)
    if manifest.schema_version > SCHEMA_VERSION:
        raise BackupError(f"{source} was made by a newer Playhead ({manifest.playhead}): bring it back with that one.")
    with closing(sqlite3.connect(made / DATABASE)) as connection:
        check_copy(connection, made / DATABASE)
    return manifest


def _write(content: IO[bytes], path: Path) -> str:
    """Write a file that its owner alone may read; gives its digest."""
    path.parent.mkdir(exist_ok=True)
    digest = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while block := content.read(_BLOCK):
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()
