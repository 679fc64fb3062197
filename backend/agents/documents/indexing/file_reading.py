"""Reading one file as it is on the disk now: its bytes, their hash, and what a reader makes of them."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from backend.agents.documents.indexing.description import Description, description_of
from backend.agents.documents.readers import read_document
from backend.agents.documents.readers.extraction import MAX_FILE_BYTES, Extraction, UnreadableFileError
from backend.agents.documents.readers.reading import Reading

_ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What was found: size in bytes and time of change (ns) before it was read, the hash of its bytes, and its
    content, or the sentence's end that says why there is none. The content is None where the hash is the known one."""

    size: int
    changed_ns: int
    digest: str
    content: Extraction | str | None
    description: Description | None = None
    """What the content says of itself; None without one, and for an archive."""


def read_file(path: Path, name: str, known_digest: str = "", reading: Reading = Reading()) -> ReadFile:  # noqa: B008 - frozen
    """Read a file. One that changes meanwhile is read again, and said to be unfinished if it changes again.

    Raises ``OSError`` if it cannot be opened.
    """
    for _ in range(_ATTEMPTS):
        found = _read_once(path, name, known_digest, reading)
        state = path.stat()
        if (state.st_size, state.st_mtime_ns) == (found.size, found.changed_ns):
            return found
    return ReadFile(found.size, found.changed_ns, found.digest, "it changed while it was read")


def _read_once(path: Path, name: str, known_digest: str, reading: Reading) -> ReadFile:
    with path.open("rb") as file:
        state = os.fstat(file.fileno())
        if state.st_size > MAX_FILE_BYTES:
            reason = f"it is larger than {MAX_FILE_BYTES // 1024**2} MB"
            return ReadFile(state.st_size, state.st_mtime_ns, f"size:{state.st_size}", reason)
        data = file.read(MAX_FILE_BYTES + 1)
    digest = hashlib.sha256(data).hexdigest()
    if digest == known_digest:
        return ReadFile(state.st_size, state.st_mtime_ns, digest, None)
    try:
        content: Extraction | str = read_document(name, data, reading)
    except UnreadableFileError as error:
        content = str(error)
    except (MemoryError, RecursionError) as error:
        content = f"reading it takes more memory than a file may have ({type(error).__name__})"
    described = isinstance(content, Extraction) and not content.members
    description = description_of(content, name) if described and isinstance(content, Extraction) else None
    return ReadFile(state.st_size, state.st_mtime_ns, digest, content, description)
