"""Kinds of files that can be attached, each recognised by its content; the name's ending must fit it."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final


class FileKindError(ValueError):
    """The file is of no kind that can be attached, or its content is not what its name says; one sentence."""


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file. ``endings`` are those of its names, in lower case and with the dot; ``title`` is for people."""

    name: str
    title: str
    media_type: str
    endings: tuple[str, ...]
    fits: Callable[[bytes], bool]
    """Whether this is the content of such a file."""


PICTURES: Final = ("png", "jpeg", "gif", "webp")
"""The kinds that are pictures."""

_TEXT_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff")
_HEADER_LINE = re.compile(rb"\A(?:From |[!-9;-~]+:[ \t])")
_TAG = re.compile(rb"<[!?a-zA-Z]")
_ZIP = b"PK\x03\x04"
_FAR_ENOUGH = 1024


def _begins(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(starts)


def _is_pdf(data: bytes) -> bool:
    return b"%PDF-" in data[:_FAR_ENOUGH]


def _is_webp(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def _office(part: bytes) -> Callable[[bytes], bool]:
    # The names of an archive's files are in it as they are, its central directory included.
    return lambda data: data.startswith(_ZIP) and b"[Content_Types].xml" in data and part in data


def _is_text(data: bytes) -> bool:
    """Whether it is text in any encoding: no signature of another kind, and no characters that no text has."""
    if any(kind.fits(data) for kind in _WITH_SIGNATURE) or data.startswith(_ZIP):
        return False
    if data.startswith(_WIDE_TEXT):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError:
            return False
        return _TEXT_CONTROLS.search(text.encode("utf-8", "replace")) is None
    return _TEXT_CONTROLS.search(data) is None


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _is_json(data: bytes) -> bool:
    return _is_text(data) and _parsed(data) is not None


def _is_json_lines(data: bytes) -> bool:
    return _is_text(data) and _parsed(data.lstrip().partition(b"\n")[0]) is not None


def _is_notebook(data: bytes) -> bool:
    found = _parsed(data) if _is_text(data) else None
    return isinstance(found, dict) and isinstance(found.get("cells"), list)


def _is_mail(data: bytes) -> bool:
    return _is_text(data) and _HEADER_LINE.match(data) is not None


def _is_html(data: bytes) -> bool:
    return _is_text(data) and _TAG.search(data) is not None


_WITH_SIGNATURE: Final = (
    FileKind("pdf", "PDF", "application/pdf", (".pdf",), _is_pdf),
    FileKind(
        "docx",
        "Word document",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        (".docx",),
        _office(b"word/document"),
    ),
    FileKind(
        "xlsx",
        "Excel workbook",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        (".xlsx",),
        _office(b"xl/workbook"),
    ),
    FileKind(
        "pptx",
        "PowerPoint presentation",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        (".pptx",),
        _office(b"ppt/presentation"),
    ),
    FileKind("png", "PNG picture", "image/png", (".png",), _begins(b"\x89PNG\r\n\x1a\n")),
    FileKind("jpeg", "JPEG picture", "image/jpeg", (".jpg", ".jpeg"), _begins(b"\xff\xd8\xff")),
    FileKind("gif", "GIF picture", "image/gif", (".gif",), _begins(b"GIF87a", b"GIF89a")),
    FileKind("webp", "WebP picture", "image/webp", (".webp",), _is_webp),
)

_PLAIN: Final = FileKind("txt", "text file", "text/plain", (".txt", ".text"), _is_text)

KINDS: Final = {
    kind.name: kind
    for kind in (
        *_WITH_SIGNATURE,
        FileKind("md", "Markdown file", "text/markdown", (".md", ".markdown"), _is_text),
        FileKind("csv", "CSV table", "text/csv", (".csv",), _is_text),
        FileKind("html", "web page", "text/html", (".html", ".htm"), _is_html),
        FileKind("json", "JSON file", "application/json", (".json",), _is_json),
        FileKind("jsonl", "JSON Lines file", "application/jsonl", (".jsonl",), _is_json_lines),
        FileKind("ipynb", "notebook", "application/x-ipynb+json", (".ipynb",), _is_notebook),
        FileKind("eml", "mail", "message/rfc822", (".eml",), _is_mail),
        _PLAIN,
    )
}
"""Every kind by its name."""

_BY_ENDING: Final = {ending: kind for kind in KINDS.values() for ending in kind.endings}


def kind_of_file(name: str, data: bytes) -> FileKind:
    """The kind of a file with this name and this content. Text with an ending that is not listed is plain text.

    Raises ``FileKindError``.
    """
    named = _BY_ENDING.get(ending_of(name))
    if named is not None and named.fits(data):
        return named
    found = next((kind for kind in _WITH_SIGNATURE if kind.fits(data)), None)
    if named is not None:
        content = f"its content is that of a {found.title}" if found is not None else "its content is something else"
        raise FileKindError(f"{name} is not a {named.title}: {content}. Attach it under its right name.")
    if found is None and _is_text(data):
        return _PLAIN
    if found is None:
        raise FileKindError(f"{name} cannot be attached: attach a PDF, an Office file, a text or a picture.")
    return found


def kind_by_name(name: str) -> str:
    """The kind that a file's name speaks for; empty for an ending that is not listed."""
    named = _BY_ENDING.get(ending_of(name))
    return named.name if named is not None else ""


def ending_of(name: str) -> str:
    """The ending of a file's name in lower case and with its dot; empty for a name without one."""
    stem, dot, ending = name.rpartition(".")
    return f"{dot}{ending.lower()}" if stem else ""


def endings_of(kinds: Iterable[str]) -> tuple[str, ...]:
    """The endings of these kinds' names, in order; kinds that are not listed have none."""
    return tuple(ending for kind in kinds if kind in KINDS for ending in KINDS[kind].endings)


def titles_of(kinds: Iterable[str]) -> tuple[str, ...]:
    """What people call these kinds; one that is not listed is called by its name."""
    return tuple(KINDS[kind].title if kind in KINDS else kind for kind in kinds)
