"""Paragraphs and headings of a PDF, by the type of its lines and the space between them, without running lines."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from backend.agents.documents.readers.captions import names_units
from backend.agents.documents.readers.extraction import MAX_LABEL_CHARS, TextBlock
from backend.agents.documents.readers.pdf_layout.page_text import PageLine

_RUNNING_PAGES = 3
RUNNING_LINES = 3
"""A line repeats as header or footer: on so many pages, among so many lines at the top or the bottom."""

_MOST_RUNNING = 0.9
_LONGEST_HEADING = 150
_DEEPEST = 4
_LARGER = 1.08
_NUMBERS = re.compile(r"\b(?:\d+|[ivxlc]{1,6})\b")
_SENTENCE_END = re.compile(r"[.;,]\Z")
_LABEL_END = re.compile(r":(?=\s|\Z)")
"""The end of a label of a form: two of them in a line make no heading, however large it is written."""
_ITEM = re.compile(r"[•●▪■◦–*·]\s|\(?(?:[a-z]|\d{1,2}|[ivx]{1,4})[.)]\s")


@dataclass(frozen=True, slots=True)
class OutlinedPage:
    """A page as it was read: its text, its lines, and the ranges of its tables."""

    text: str
    lines: tuple[PageLine, ...]
    tables: tuple[tuple[int, int], ...]


class Outline:
    """The blocks of a document, page by page; headings stay in force over the end of a page."""

    def __init__(self, pages: Sequence[OutlinedPage]) -> None:
        self._running = running_lines(pages)
        sizes: Counter[tuple[float, bool]] = Counter()
        for page in pages:
            for line in page.lines:
                sizes[round(line.size, 1), line.is_bold] += line.end - line.start
        self._body_size, self._body_is_bold = sizes.most_common(1)[0][0] if sizes else (0.0, False)
        self._headings: list[tuple[tuple[float, bool], str]] = []

    def blocks(self, page: OutlinedPage, offset: int) -> tuple[list[TextBlock], list[str]]:
        """The page's blocks, shifted by ``offset``, and for each of its tables the heading it stands under."""
        found: list[TextBlock] = []
        headings = [""] * len(page.tables)
        for number, lines in self._paragraphs(page):
            start, end = lines[0].start, lines[-1].end
            if number is None and self._is_heading(page, lines):
                self._open(" ".join(page.text[start:end].split()), lines[0])
                continue
            path = " > ".join(text for _, text in self._headings)[:MAX_LABEL_CHARS]
            if number is not None and self._headings:
                headings[number] = self._headings[-1][1]
            found.append(TextBlock(offset + start, offset + end, path, in_table=number is not None))
        return found, headings

    def _paragraphs(self, page: OutlinedPage) -> list[tuple[int | None, list[PageLine]]]:
        """Lines of one paragraph each, with the number of the table they are in."""
        found: list[tuple[int | None, list[PageLine]]] = []
        is_open = False
        for place, line in enumerate(page.lines):
            text = page.text[line.start : line.end]
            edge = min(place, len(page.lines) - 1 - place)
            if edge < RUNNING_LINES and line_pattern(text) in self._running:
                is_open = False
                continue
            number = next((n for n, (first, last) in enumerate(page.tables) if first <= line.start < last), None)
            if is_open and number == found[-1][0] and (number is not None or self._joins(page, found[-1][1], line)):
                found[-1][1].append(line)
            else:
                found.append((number, [line]))
            is_open = True
        return found

    def _joins(self, page: OutlinedPage, above: list[PageLine], line: PageLine) -> bool:
        is_apart = "\n\n" in page.text[above[-1].end : line.start]
        is_item = _ITEM.match(page.text, line.start, line.end) is not None
        return not is_apart and not is_item and self._stands_out(above[-1]) == self._stands_out(line)

    def _stands_out(self, line: PageLine) -> bool:
        is_larger = self._body_size > 0 and line.size > self._body_size * _LARGER
        return is_larger or (line.is_bold and not self._body_is_bold)

    def _is_heading(self, page: OutlinedPage, lines: list[PageLine]) -> bool:
        text = page.text[lines[0].start : lines[-1].end]
        has_words = sum(sign.isalpha() for sign in text) > 2
        is_short = len(text) <= _LONGEST_HEADING and len(lines) <= 3
        is_form = len(_LABEL_END.findall(text)) > 1
        stands_out = self._stands_out(lines[0]) and not is_form
        return has_words and is_short and stands_out and not _SENTENCE_END.search(text)

    def _open(self, text: str, line: PageLine) -> None:
        rank = (round(line.size), text.isupper())
        above = [heading for heading in self._headings if heading[0] > rank]
        self._headings = [*above[: _DEEPEST - 1], (rank, text)]


def running_lines(pages: Sequence[OutlinedPage]) -> set[str]:
    """Patterns of the lines that several pages begin or end with, whatever numbers they contain.

    A line that names units belongs to the table below it on each of them.
    """
    seen: Counter[str] = Counter()
    lengths: Counter[str] = Counter()
    for page in pages:
        edges = {*page.lines[:RUNNING_LINES], *page.lines[-RUNNING_LINES:]}
        texts = [text for line in edges if not names_units(text := page.text[line.start : line.end])]
        seen.update({line_pattern(text) for text in texts})
        for text in texts:
            lengths[line_pattern(text)] += len(text)
    found = {pattern for pattern, count in seen.items() if count >= _RUNNING_PAGES}
    # Pages of a form, a label or a slide may consist of what repeats: then it is what they say.
    repeated, whole = sum(lengths[pattern] for pattern in found), sum(len(page.text) for page in pages)
    return set() if repeated > _MOST_RUNNING * whole else found


def line_pattern(text: str) -> str:
    """The text of a line, whatever numbers it contains."""
    return _NUMBERS.sub("#", " ".join(text.split()).casefold())
