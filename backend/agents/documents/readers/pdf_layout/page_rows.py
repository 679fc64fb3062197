"""Rows of a page as the eye sees them: what stands at one height, cut into segments at wide gaps."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from backend.agents.documents.readers.grid import is_figure, is_year
from backend.agents.documents.readers.pdf_layout.page_text import PageLine, PageText, PageWord

_SAME_HEIGHT = 0.5
_GAP = 0.75
_FIGURES_GAP = 0.45
"""In sizes of type: how far baselines of one row may differ, and the gaps that part two texts, or two figures."""

_MARK = re.compile(r"\(?\d{1,2}\)?|[®™*†‡§]+|\([a-z]\)")
_MARK_SIZE = 0.85
_MOST_TEXTS = 2
_OPENING = frozenset({"$", "€", "£", "¥", "(", "$(", "US$", "-$"})
_CLOSING = frozenset({")", "%", ")%", "%)", "pts", "pts.", "bps"})


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of a row without a wide gap between them. ``number_left`` is where its number begins, without its signs."""

    text: str
    start: int
    end: int
    left: float
    right: float
    number_left: float

    @property
    def is_figure(self) -> bool:
        """Whether it is a figure, or the sign for none."""
        return is_figure(self.text)

    @property
    def center(self) -> float:
        """Half way between its edges."""
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class PageRow:
    """What stands at one height of a page, from left to right."""

    segments: tuple[Segment, ...]
    baseline: float
    size: float

    @property
    def text(self) -> str:
        """The row's words, parted by single blanks."""
        return " ".join(segment.text for segment in self.segments)

    @property
    def start(self) -> int:
        """Where it begins in the page's text."""
        return min(segment.start for segment in self.segments)

    @property
    def end(self) -> int:
        """Where it ends in the page's text."""
        return max(segment.end for segment in self.segments)

    @property
    def left(self) -> float:
        """Its left edge."""
        return self.segments[0].left

    @property
    def has_figures(self) -> bool:
        """Whether it is a row of a table by its own look: figures apart from a label, or several of them."""
        figures = sum(segment.is_figure for segment in self.segments)
        if len(self.segments) - figures > figures + _MOST_TEXTS:
            # Words of a justified line.
            return False
        return figures > (1 if self.segments[0].is_figure else 0) or (figures == 1 == len(self.segments))

    @property
    def is_years(self) -> bool:
        """Whether its only figures are years, as in a header."""
        figures = [segment for segment in self.segments if segment.is_figure]
        return bool(figures) and all(is_year(segment.text) for segment in figures)


def page_rows(page: PageText) -> list[PageRow]:
    """The rows of a page from top to bottom."""
    chosen: Sequence[PageLine] = page.lines
    groups: list[tuple[float, float, list[PageWord]]] = []
    usual = median(line.size for line in chosen) if chosen else 0.0
    chosen = [line for line in chosen if not _is_mark(page.text[line.start : line.end], line.size, usual)]
    for line in sorted(chosen, key=lambda line: (-line.baseline, line.left)):
        words = page.words(line)
        if not words:
            continue
        size = line.size or 10.0
        if groups and abs(groups[-1][0] - line.baseline) <= _SAME_HEIGHT * max(size, groups[-1][1]):
            groups[-1][2].extend(words)
        else:
            groups.append((line.baseline, size, words))
    return [PageRow(_segments(words, size), baseline, size) for baseline, size, words in groups]


def _is_mark(text: str, size: float, usual: float) -> bool:
    """Whether a line is only the mark of a footnote, or a sign set small beside a name."""
    return size < _MARK_SIZE * usual and _MARK.fullmatch(text) is not None


def _segments(words: list[PageWord], size: float) -> tuple[Segment, ...]:
    words.sort(key=lambda word: word.left)
    groups: list[list[PageWord]] = []
    for word in words:
        if groups and not _is_apart(groups[-1], word, size):
            groups[-1].append(word)
        else:
            groups.append([word])
    return tuple(_joined([_segment(group) for group in groups]))


def _is_apart(group: list[PageWord], word: PageWord, size: float) -> bool:
    gap = word.left - group[-1].right
    between_figures = (is_figure(word.text) or word.text in _OPENING) and is_figure(" ".join(one.text for one in group))
    return gap > size * (_FIGURES_GAP if between_figures else _GAP)


def _segment(words: list[PageWord]) -> Segment:
    number = next((word for word in words if any(sign.isdigit() for sign in word.text)), words[0])
    return Segment(
        " ".join(word.text for word in words),
        min(word.start for word in words),
        max(word.end for word in words),
        words[0].left,
        max(word.right for word in words),
        number.left,
    )


def _joined(segments: list[Segment]) -> list[Segment]:
    """A currency or an opening bracket belongs to the figure on its right, a closing sign to that on its left."""
    found: list[Segment] = []
    for segment in segments:
        above = found[-1] if found else None
        opens = above is not None and above.text in _OPENING and segment.is_figure
        closes = above is not None and segment.text in _CLOSING and any(sign.isdigit() for sign in above.text)
        if above is None or not (opens or closes):
            found.append(segment)
            continue
        between = "" if closes and segment.text != "pts" else " "
        found[-1] = Segment(
            f"{above.text}{between}{segment.text}",
            min(above.start, segment.start),
            max(above.end, segment.end),
            above.left,
            segment.right,
            segment.number_left if opens else above.number_left,
        )
    return found
