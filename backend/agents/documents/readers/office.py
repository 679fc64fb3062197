"""What the Office formats have in common: a zip archive of XML, or an encrypted or older file under the same name."""

import io
import zipfile

from backend.agents.documents.readers.extraction import UnreadableFileError

MAX_UNPACKED_BYTES = 400 * 1024 * 1024
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def checked_office_file(data: bytes, kind: str) -> io.BytesIO:
    """The file, ready for its library. Raises ``UnreadableFileError`` for one that is encrypted, of the format before
    2007, broken, or unpacks to too much. ``kind`` is what it should be, such as ``Word``."""
    if data.startswith(_COMPOUND):
        if _ENCRYPTED in data:
            raise UnreadableFileError("it is encrypted and needs a password")
        raise UnreadableFileError(f"it is of the {kind} format before 2007: save it in the newer one")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise not_readable(kind) from error
    if unpacked > MAX_UNPACKED_BYTES:
        raise UnreadableFileError(f"it unpacks to more than {MAX_UNPACKED_BYTES // 1024**2} MB")
    return io.BytesIO(data)


def not_readable(kind: str) -> UnreadableFileError:
    """The refusal of a damaged file."""
    return UnreadableFileError(f"it is not a readable {kind} file: it is damaged, or something else under this name")
