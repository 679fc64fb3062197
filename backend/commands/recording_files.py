"""Recordings and captured streams on disk: written whole or not at all, read with a sentence for what cannot be."""

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from backend.commands.refusals import BadInput
from backend.protocol.recording_reader import parse_recording
from backend.protocol.recordings import Recording, RecordingError

MAX_FILE_BYTES = 256 * 1024 * 1024


def check_target(path: Path, *, force: bool) -> None:
    """Raise ``BadInput`` if nothing can be written at ``path``, or something stands there and not ``force``."""
    if path.is_dir():
        raise BadInput(f"{path} is a folder: give --out the name of a file.")
    if not path.parent.is_dir():
        raise BadInput(f"There is no folder {path.parent}: create it, or give --out another path.")
    if path.exists() and not path.is_file():
        raise BadInput(f"{path} is not an ordinary file: give --out the name of one.")
    if path.exists() and not force:
        raise BadInput(f"{path} exists already: give --out another name, or --force to replace it.")


def write_whole(path: Path, data: bytes, *, force: bool) -> None:
    """Write the file in one step, as ``write_pieces`` does."""
    write_pieces(path, [data], force=force)


def write_pieces(path: Path, pieces: Iterable[bytes], *, force: bool) -> None:
    """Write the file in one step: a reader sees all of it or what was there before, whatever happens meanwhile.

    Raises ``BadInput`` as ``check_target`` does, and where the disk refuses; then nothing is left behind.
    """
    check_target(path, force=force)
    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror or error}): give --out another path.") from error
    finally:
        if temporary:
            with suppress(FileNotFoundError):
                Path(temporary).unlink()


def read_file(path: Path) -> bytes:
    """The file's bytes. Raises ``BadInput`` where there are none to be had."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BadInput(
                f"{path} has more than {MAX_FILE_BYTES // 1024 // 1024} MB: it cannot be a recording of one run."
            )
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror or error}.") from error


def read_recording(path: Path) -> tuple[Recording, list[str]]:
    """The recording, and the JSON of each of its events as it stands in the file. Raises ``BadInput``."""
    data = read_file(path)
    try:
        recording = parse_recording(data)
    except RecordingError as error:
        raise BadInput(f"{path}: {error}") from error
    lines = [line.strip() for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]
    return recording, [line.decode("utf-8", "replace") for line in lines[1 : 1 + len(recording.events)]]


def _umask() -> int:
    """The process's mask of permissions, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
