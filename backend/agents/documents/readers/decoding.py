"""Bytes to text: byte order marks, UTF-8, a declared encoding, and at last a one-byte encoding."""

import codecs

from backend.agents.documents.readers.extraction import UnreadableFileError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WITHOUT_CONTROLS = dict.fromkeys(frozenset(range(32)) - {9, 10, 11, 12, 13, 27})


def decode(data: bytes, declared: str | None = None) -> str:
    """The text, with LF line ends and without a byte order mark.

    Tried in order: a byte order mark, UTF-8, the declared encoding, Windows-1252, Latin-1 (which takes any byte).
    Raises ``UnreadableFileError`` for binary data.
    """
    text = _decoded(data, declared)
    head = text[:4096]
    controls = len(head) - len(head.translate(_WITHOUT_CONTROLS))
    if "\x00" in text or controls * 10 > min(len(text), 4096):
        raise UnreadableFileError("it contains binary data, not text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes, declared: str | None) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise UnreadableFileError(f"it is not the {encoding} text that its first bytes announce") from error
    for encoding in ("utf-8", declared or "utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")
