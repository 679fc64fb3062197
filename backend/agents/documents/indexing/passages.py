"""Passages: the pieces of a document that are searched. Each is a range of the document's text under one heading."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend.agents.documents.indexing.sentences import sentence_spans
from backend.agents.documents.readers.extraction import Extraction, TextBlock

_LINE_END = re.compile("\n")
USUAL_LENGTH = 700
LONGEST = 1_100
"""Code points: small blocks of one heading are joined up to the first, long ones are cut at sentences to the second."""


@dataclass(frozen=True, slots=True)
class PassageRange:
    """Where a passage stands: code points of the document's text, and the page or line it begins on (from 1)."""

    start: int
    end: int
    heading: str
    page: int | None
    line: int | None
    in_table: bool


class Places:
    """Pages and lines of offsets in a document's text; None where its format has none."""

    def __init__(self, extraction: Extraction) -> None:
        self._page_starts = [offset for offset, _ in extraction.pages]
        self._pages = [page for _, page in extraction.pages]
        self._line_ends = _line_ends(extraction.text) if extraction.has_lines else None

    def page(self, offset: int) -> int | None:
        """The page, by the number the document's reader gave it."""
        return self._pages[bisect_right(self._page_starts, offset) - 1] if self._pages else None

    def line(self, offset: int) -> int | None:
        """The line, from 1."""
        return None if self._line_ends is None else bisect_left(self._line_ends, offset) + 1


def passages_of(extraction: Extraction) -> Iterator[PassageRange]:
    """The passages of a document, in order. None crosses a page; in a table every row is one."""
    places = Places(extraction)
    for block in _sized(extraction, [offset for offset, _ in extraction.pages]):
        yield PassageRange(
            start=block.start,
            end=block.end,
            heading=block.heading,
            page=places.page(block.start),
            line=places.line(block.start),
            in_table=block.in_table,
        )


def _line_ends(text: str) -> list[int]:
    return [match.start() for match in _LINE_END.finditer(text)]


def _sized(extraction: Extraction, page_starts: list[int]) -> Iterator[TextBlock]:
    if extraction.kind == "table":
        yield from extraction.blocks
        return
    waiting: TextBlock | None = None
    for block in extraction.blocks:
        for piece in _cut(extraction.text, block):
            if waiting and _may_join(waiting, piece, page_starts):
                waiting = replace(piece, start=waiting.start)
                continue
            if waiting:
                yield waiting
            waiting = piece
    if waiting:
        yield waiting


def _may_join(above: TextBlock, below: TextBlock, page_starts: list[int]) -> bool:
    same_page = bisect_right(page_starts, above.start) == bisect_right(page_starts, below.start)
    return (
        same_page
        and above.in_table == below.in_table
        and above.heading == below.heading
        and below.end - above.start <= USUAL_LENGTH
    )


def _cut(text: str, block: TextBlock) -> Iterator[TextBlock]:
    """The block in pieces of whole sentences; a sentence longer than a passage is cut where it must be."""
    if block.end - block.start <= LONGEST:
        yield block
        return
    start, end = block.start, block.start
    for first, last in sentence_spans(text, block.start, block.end):
        if last - start > LONGEST and end > start:
            yield replace(block, start=start, end=end)
            start = first
        while last - start > LONGEST:
            yield replace(block, start=start, end=start + LONGEST)
            start += LONGEST
        end = last
    if end > start:
        yield replace(block, start=start, end=end)
