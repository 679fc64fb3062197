"""Lines and plain blocks of a text, by offset. Only LF ends a line: U+2028 and form feeds are content."""

import re
from collections.abc import Iterator

from backend.agents.documents.readers.extraction import TextBlock

_LONGEST_HEADING = 90
_SENTENCE_END = re.compile(r"[.!?:;,。！？…][\"'”’)\]]*\s*\Z")


def lines_of(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, str]]:
    """Pairs (offset, line without its LF) of a range of the text."""
    stop = len(text) if end is None else end
    position = start
    while position < stop:
        newline = text.find("\n", position, stop)
        line_end = stop if newline < 0 else newline
        yield position, text[position:line_end]
        position = line_end + 1


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The range without white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def paragraphs(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Ranges between empty lines. A line much shorter than its neighbours that ends no sentence also ends one."""
    found: list[tuple[int, int]] = []
    lines = list(lines_of(text, start, end))
    lengths = sorted(len(line.strip()) for _, line in lines if line.strip())
    usual = lengths[len(lengths) * 4 // 5] if lengths else 0
    open_at = -1
    for offset, line in lines:
        stripped = line.strip()
        if not stripped:
            open_at = -1
            continue
        if open_at < 0:
            found.append((offset, offset + len(line)))
        else:
            found[-1] = (found[-1][0], offset + len(line))
        short = len(stripped) < usual * 0.6
        open_at = -1 if short and (usual > 40 or not _SENTENCE_END.search(stripped)) else offset
    return [trimmed(text, *span) for span in found]


def plain_blocks(text: str, start: int = 0, end: int | None = None, heading: str = "") -> tuple[list[TextBlock], str]:
    """Blocks of a text without markup, and the heading in force at its end.

    A short single line that ends no sentence, with something below it, is taken as the heading of what follows.
    """
    spans = paragraphs(text, start, end)
    blocks: list[TextBlock] = []
    for index, (first, last) in enumerate(spans):
        line = text[first:last]
        following = text[slice(*spans[index + 1])] if index + 1 < len(spans) else ""
        # A text may begin with its title and a heading right below it.
        is_field = ": " in line and not text[:first].rstrip(" ").endswith("\n\n") and first > 0
        if following and not is_field and _is_title_like(line) and (len(following) > len(line) or first == spans[0][0]):
            heading = line
        else:
            blocks.append(TextBlock(first, last, heading))
    return blocks, heading


def _is_title_like(line: str) -> bool:
    short = "\n" not in line and len(line) <= _LONGEST_HEADING
    return short and not _SENTENCE_END.search(line) and (line[0].isupper() or line[0].isdigit())
