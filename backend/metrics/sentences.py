"""The sentences of an answer, by rule: enough to say which of them carry a citation.

The rules are plain and the same for every provider: a sentence ends at ``. ! ? …`` before white space, at a
CJK full stop, or at the end of its line. Headings, table rows, rules and code fences are not sentences.
Common abbreviations do not end one, so "Inc." at the true end of a sentence joins it with the next.
"""

import re
from dataclasses import dataclass

from backend.protocol.markers import marker_at, markers_in

_END = re.compile(r"[.!?…]+[\"'”’)»*_]*(?P<spaced>)|[。！？]+[\"”’）」』]*")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_SKIPPED_LINE = re.compile(r"\s*(#{1,6}\s|\||[-*_=]{3,}\s*$)")
_LINE_HEAD = re.compile(r"\s*(?:[-*+>]\s+|\d{1,3}[.)]\s+)*")
_LAST_WORD = re.compile(r"([\w.]+)\Z")
_ABBREVIATIONS = frozenset(
    {
        "approx",
        "ca",
        "cf",
        "co",
        "corp",
        "dr",
        "e.g",
        "etc",
        "fig",
        "i.e",
        "inc",
        "ltd",
        "mr",
        "mrs",
        "ms",
        "no",
    }
    | {"nos", "prof", "st", "u.k", "u.s", "vs"}
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Where a sentence stands in the answer, in code points, end exclusive. Markers directly after it
    belong to it.
    """

    start: int
    end: int


def sentences(answer: str) -> tuple[Sentence, ...]:
    """The sentences of the answer, in order."""
    found: list[Sentence] = []
    offset, in_fence = 0, False
    for line in answer.split("\n"):
        if _FENCE.match(line):
            in_fence = not in_fence
        elif not in_fence and not _SKIPPED_LINE.match(line):
            found += _line_sentences(line, offset)
        offset += len(line) + 1
    return tuple(found)


def _line_sentences(line: str, offset: int) -> list[Sentence]:
    head = _LINE_HEAD.match(line)
    start = head.end() if head else 0
    found = []
    for match in _END.finditer(line, start):
        end = _after_markers(line, match.end())
        if match.start() < start or (match["spaced"] is not None and line[end : end + 1].strip()):
            continue
        if _is_abbreviation(line[start : match.start()], line[match.start() : end]) and end < len(line.rstrip()):
            continue
        if _says_something(line[start:end]):
            found.append(Sentence(offset + start, offset + end))
        start = _next_word(line, end)
    rest = line[start:].rstrip()
    if _says_something(rest):
        found.append(Sentence(offset + start, offset + start + len(rest)))
    return found


def _after_markers(line: str, position: int) -> int:
    """Where the markers that follow the end of a sentence end themselves, each after one blank at most."""
    previous = None
    while True:
        opening = position + 1 if line[position : position + 1] in (" ", "\t") else position
        marker = marker_at(line, opening, previous)
        if marker is None:
            return position
        previous, position = marker, marker.end


def _next_word(line: str, position: int) -> int:
    while position < len(line) and line[position].isspace():
        position += 1
    return position


def _is_abbreviation(before: str, end: str) -> bool:
    if end != ".":
        return False
    word = _LAST_WORD.search(before)
    return word is not None and (word[1].lower() in _ABBREVIATIONS or (len(word[1]) == 1 and word[1].isalpha()))


def _says_something(text: str) -> bool:
    said, position = "", 0
    for marker in markers_in(text):
        said, position = said + text[position : marker.start], marker.end
    return any(character.isalnum() for character in said + text[position:])
