"""Names of attached files, as they are kept: one part of a path, without anything that a page or a disk reads."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

MAX_NAME_BYTES: Final = 180
"""The longest name that is kept, in bytes of UTF-8: file systems allow 255, and a number may be added."""

_LONGEST_ENDING = 12
_PATH = re.compile(r"[/\\]")
_SIGNS = frozenset('<>:"|?*')
_WITHOUT_A_NAME = "file"


def clean_name(name: str) -> str:
    """The last part of a path, with what is invisible, turns the direction of text or means something to a file system
    taken out. Never empty, never hidden; cleaning a clean name changes nothing."""
    part = _PATH.split(name)[-1]
    kept = "".join(" " if sign.isspace() else sign for sign in unicodedata.normalize("NFC", part) if _is_kept(sign))
    kept = _trimmed(kept)
    stem, dot, ending = kept.rpartition(".")
    if not stem or len(ending) > _LONGEST_ENDING:
        stem, dot, ending = kept, "", ""
    room = MAX_NAME_BYTES - len(f"{dot}{ending}".encode())
    cut = stem.encode()[:room].decode("utf-8", "ignore")
    return _trimmed(f"{_trimmed(cut)}{dot}{ending}") or _WITHOUT_A_NAME


def distinct_names(names: Iterable[str]) -> list[str]:
    """The names in order, with a number added to one that was there before: ``report (2).pdf``. Upper and lower case
    are the same, since some file systems say so."""
    taken: set[str] = set()
    distinct: list[str] = []
    for name in names:
        stem, dot, ending = name.rpartition(".")
        stem, ending = (stem, f"{dot}{ending}") if stem else (name, "")
        candidate, count = name, 1
        while candidate.casefold() in taken:
            count += 1
            candidate = f"{stem} ({count}){ending}"
        taken.add(candidate.casefold())
        distinct.append(candidate)
    return distinct


def _trimmed(name: str) -> str:
    return " ".join(name.split()).strip(". ")


def _is_kept(sign: str) -> bool:
    # C: controls, formatting such as a change of direction, halves of surrogate pairs, private and unassigned signs.
    return sign not in _SIGNS and (sign.isspace() or unicodedata.category(sign)[0] != "C")
