"""Kinds of lines in a text without markup: rows of tables, and fields such as ``Term: two years`` with what continues
them."""

import re
from collections.abc import Iterator

from backend.agents.documents.readers.lines import lines_of, trimmed

LONGEST_FIELD = 320
"""Code points; what is longer is text."""
_MOST_LINES = 4
_LABEL = re.compile(r"(?:^|(?<=\s))(?P<label>[^\W\d_a-zà-öø-ÿ][\w&/#().'’ -]{0,44}?)\s?[:：](?=\s|\Z)(?P<value>[^\n]*)")
_MOST_LABEL_WORDS = 6
_PROSE = re.compile(r"[.!?][\"'”’)]*\s*\Z")
_LONGEST_PROSE = 14
"""Words after a label from which a line that ends like a sentence is one."""


_NUMBER = re.compile(r"[$€£¥(]*[-–—+]?\s?(?:\d[\d.,]*|—|–)[)%]*\Z")
_FIGURE = re.compile(r"[$€£¥(]*[-–—+]?(?:\d[\d.,]*\d[)%]*|\d[)%]*|—|–)\Z")
_MOST_NUMBERS = 0.34
"""Words that are numbers, of all words of a line, from which it is taken for a row of a table."""


def is_row(line: str) -> bool:
    """Whether a line is a row of a table, or the names of its columns, rather than part of a sentence."""
    words = line.split()
    numbers = sum(_NUMBER.match(word) is not None or word in ("$", "%") for word in words)
    if numbers >= 2 and numbers > len(words) * _MOST_NUMBERS:
        return True
    # A long label, and its figures at the end.
    last = words[-2:]
    return numbers >= 2 and all(_FIGURE.match(word) for word in last)


def field_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Ranges of the fields in ``text[start:end]``, in order: whole lines, so that none is cut within a value."""
    lines = [(offset, line) for offset, line in lines_of(text, start, end)]
    place = 0
    while place < len(lines):
        match = _LABEL.search(lines[place][1])
        if match is None or not _is_field(lines[place][1], match):
            place += 1
            continue
        last = place
        while last + 1 < len(lines) and last - place < _MOST_LINES and _continues(lines[last][1], lines[last + 1][1]):
            last += 1
        first, stop = trimmed(text, lines[place][0], lines[last][0] + len(lines[last][1]))
        if last > place or match["value"].strip():
            yield first, min(stop, first + LONGEST_FIELD)
        place = last + 1


def _is_field(line: str, match: re.Match[str]) -> bool:
    before = line[: match.start()].strip()
    if is_row(line) or len(match["label"].split()) > _MOST_LABEL_WORDS or len(before.split()) > _MOST_LABEL_WORDS:
        return False
    return not (_PROSE.search(line) and len(match["value"].split()) > _LONGEST_PROSE)


def _continues(line: str, below: str) -> bool:
    """Whether a line belongs to the field that the one above it is in."""
    return bool(below.strip()) and not _PROSE.search(line) and _LABEL.search(below) is None and not is_row(below)
