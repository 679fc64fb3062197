"""Zip archives: each file within that has a reader is a separate document. What unpacks to too much is refused."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable

from backend.agents.documents.readers.extraction import (
    MAX_FILE_BYTES,
    MAX_TEXT_CHARS,
    Extraction,
    Member,
    UnreadableFileError,
)
from backend.agents.documents.readers.reading import Reading

MAX_MEMBERS = 2_000
MAX_UNPACKED_BYTES = 256 * 1024 * 1024
_ENCRYPTED_FLAG = 1

MemberReader = Callable[[str, bytes], Extraction]


def read_archive(data: bytes, reading: Reading, read: MemberReader, can_read: Callable[[str], bool]) -> Extraction:
    """The files within that ``can_read`` accepts, as members. Raises ``UnreadableFileError``."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members, notices = _members(archive, reading, read, can_read)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
        raise UnreadableFileError("it is not a readable zip archive") from error
    if not members:
        raise UnreadableFileError("it contains no file that can be read")
    return Extraction("", (), members=tuple(members), notices=tuple(notices))


def _members(
    archive: zipfile.ZipFile, reading: Reading, read: MemberReader, can_read: Callable[[str], bool]
) -> tuple[list[Member], list[str]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_hidden(entry.filename)]
    chosen = [entry for entry in entries if can_read(entry.filename)]
    notices = []
    if len(chosen) < len(entries):
        notices.append(f"{len(entries) - len(chosen)} files in it are of kinds that are not read")
    found: list[Member] = []
    unpacked = length = 0
    for number, entry in enumerate(chosen):
        reading.progress(number, len(chosen), "file")
        if len(found) == MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES or length > MAX_TEXT_CHARS:
            notices.append(f"only the first {number:,} of {len(chosen):,} files in it were read")
            break
        content = _unpacked(archive, entry)
        if isinstance(content, str):
            found.append(Member(entry.filename, f"size:{entry.file_size}", content))
            continue
        unpacked += len(content)
        digest = hashlib.sha256(content).hexdigest()
        try:
            extraction: Extraction | str = read(entry.filename, content)
        except UnreadableFileError as error:
            extraction = str(error)
        else:
            length += len(extraction.text) if isinstance(extraction, Extraction) else 0
        found.append(Member(entry.filename, digest, extraction))
    return found, notices


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | str:
    """The bytes of a file, or why they are not read. What the archive says of its size is not trusted."""
    if entry.flag_bits & _ENCRYPTED_FLAG:
        return "it is encrypted and needs a password"
    try:
        with archive.open(entry) as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError, RuntimeError):
        return "it is damaged within its archive"
    return content if len(content) <= MAX_FILE_BYTES else f"it is larger than {MAX_FILE_BYTES // 1024**2} MB"


def _is_hidden(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)
