"""The text of a PDF page through PDFium: lines in reading order with their type, and words with their boxes."""

import ctypes
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

LINE_END_HYPHEN = "\ufffe"
"""What PDFium gives for a hyphen at the end of a line, whose break it leaves out."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_WORD = re.compile(r"\S+")
_REPLACED = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_BOLD_NAME = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
_FORCE_BOLD = 1 << 18
_PARAGRAPH_GAP = 1.3
"""How much wider than usual the distance of two baselines is where a paragraph ends."""

_COLUMN_JUMP = 5.0
"""Lines, in sizes of type, that the text jumps up where another column of it begins; cells of a table jump less."""


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line: its range in the page's text, where it begins (points, from the lower left), and its type."""

    start: int
    end: int
    left: float
    baseline: float
    size: float
    is_bold: bool
    first_character: int
    """PDFium's number of the first character of the line."""


@dataclass(frozen=True, slots=True)
class PageWord:
    """A word: its range in the page's text, and its left and right edge in points."""

    text: str
    start: int
    end: int
    left: float
    right: float


class PageText:
    """The text of one page. Lines are parted by LF, paragraphs by an empty line. Close it with its page."""

    def __init__(self, page: "PdfPage") -> None:
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        self._page = page.get_textpage()
        count = self._page.count_chars()
        raw = self._page.get_text_range(0, count) if count else ""
        # Where the two are counted differently, places of characters are not known, and so neither are tables.
        self.has_places = len(raw) == count
        self.text, self.lines = self._read(raw)

    def close(self) -> None:
        """Free what PDFium keeps of the page."""
        self._page.close()

    def words(self, line: PageLine) -> list[PageWord]:
        """The words of a line with their boxes."""
        found = []
        for match in _WORD.finditer(self.text, line.start, line.end):
            first = line.first_character + match.start() - line.start
            last = first + match.end() - match.start() - 1
            left, right = self._edges(first)[0], self._edges(last)[1]
            found.append(PageWord(match[0], match.start(), match.end(), left, right))
        return found

    def _read(self, raw: str) -> tuple[str, list[PageLine]]:
        pieces: list[tuple[str, int]] = []
        position = 0
        for match in [*_LINE_END.finditer(raw), None]:
            end = match.start() if match else len(raw)
            piece = _REPLACED.sub(" ", raw[position:end].replace("\x02", LINE_END_HYPHEN))
            stripped = piece.strip()
            if stripped:
                pieces.append((stripped, position + len(piece) - len(piece.lstrip())))
            position = match.end() if match else end
        placed = [self._placed(text, first) for text, first in pieces]
        breaks = _paragraph_breaks(placed)
        lines: list[PageLine] = []
        written: list[str] = []
        offset = 0
        for (text, _), line, is_break in zip(pieces, placed, breaks, strict=True):
            if written:
                separator = "\n\n" if is_break else "\n"
                written.append(separator)
                offset += len(separator)
            lines.append(
                PageLine(
                    *(offset, offset + len(text), line.left, line.baseline),
                    *(line.size, line.is_bold, line.first_character),
                )
            )
            written.append(text)
            offset += len(text)
        return "".join(written), lines

    def _placed(self, text: str, first: int) -> PageLine:
        if not self.has_places:
            return PageLine(0, 0, 0.0, 0.0, 0.0, False, first)
        x, y = ctypes.c_double(), ctypes.c_double()
        self._pdfium.FPDFText_GetCharOrigin(self._page, first, x, y)
        size = float(self._pdfium.FPDFText_GetFontSize(self._page, first))
        matrix = self._pdfium.FS_MATRIX()
        if self._pdfium.FPDFText_GetMatrix(self._page, first, matrix):
            size *= abs(matrix.d) or abs(matrix.b) or 1.0
        is_bold = self._is_bold(first) and self._is_bold(first + len(text) - 1)
        return PageLine(0, 0, x.value, y.value, size, is_bold, first)

    def _is_bold(self, character: int) -> bool:
        name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        self._pdfium.FPDFText_GetFontInfo(self._page, character, name, len(name), flags)
        return bool(flags.value & _FORCE_BOLD) or _names_bold(name.value)

    def _edges(self, character: int) -> tuple[float, float]:
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        self._pdfium.FPDFText_GetCharBox(self._page, character, left, right, bottom, top)
        return left.value, right.value


@lru_cache(maxsize=512)
def _names_bold(font: bytes) -> bool:
    return _BOLD_NAME.search(font.decode("latin-1")) is not None


def _paragraph_breaks(lines: list[PageLine]) -> list[bool]:
    """For each line whether a paragraph begins with it: more space above than usual, or it stands much higher up."""
    leads = [above.baseline - line.baseline for above, line in pairwise(lines)]
    usual = [lead for lead, line in zip(leads, lines, strict=False) if 0.7 * line.size < lead < 2.2 * line.size]
    limit = median(usual) * _PARAGRAPH_GAP if usual else float("inf")
    ends = (lead > limit or lead < -_COLUMN_JUMP * line.size for lead, line in zip(leads, lines, strict=False))
    return [False, *ends][: len(lines)]
