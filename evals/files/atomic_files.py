"""Files that are written whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


class OutputError(Exception):
    """The results cannot be written; the message gives the path and the reason."""


def check_writable(folder: Path) -> None:
    """Make the folder and try to write into it, before anything is measured. Raises ``OutputError``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(f"Nothing can be written to {folder}: {error.strerror or error}.") from error


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A folder for new files and folders of files. All of them get their names in ``folder`` when the body has ended
    and everything is on the disk, so that a full disk, or a defect, leaves the old files. Raises ``OutputError``."""
    waiting = None
    try:
        waiting = Path(tempfile.mkdtemp(dir=folder, prefix=".writing-"))
        yield waiting
        files = sorted(file for file in waiting.rglob("*") if file.is_file())
        for file in files:
            _settle(file)
        for file in files:
            final = folder / file.relative_to(waiting)
            final.parent.mkdir(parents=True, exist_ok=True)
            file.replace(final)
    except OSError as error:
        raise OutputError(f"The results cannot be written to {folder}: {error.strerror or error}.") from error
    finally:
        if waiting is not None:
            shutil.rmtree(waiting, ignore_errors=True)


def _settle(file: Path) -> None:
    """Wait until the file's content is on the disk."""
    file.chmod(0o644)
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_files(folder: Path, contents: Mapping[str, str]) -> None:
    """Write every file of ``contents`` (name to text), all or none. Raises ``OutputError``."""
    with staged(folder) as waiting:
        for name, text in contents.items():
            write_text(waiting / name, text)


def write_text(file: Path, text: str) -> None:
    """Write a file as it is: UTF-8, no change of line ends."""
    file.write_text(text, encoding="utf-8", newline="\n")
