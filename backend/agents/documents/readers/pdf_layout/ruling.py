"""The lines and filled areas that are drawn on a PDF page, as the rules that tables are ruled with."""

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_MOST_OBJECTS, _MOST_RULES = 20_000, 4_000
"""A page with more is a map or a drawing."""
_THIN, _SHORTEST = 2.5, 6.0
"""Points: the widest line that is a rule rather than an area, and the shortest rule."""
_MOST_OF_PAGE = 0.9
"""What is as high as this share of the page frames it, or parts its columns."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line: where it stands (x of an upright one, y of a level one), and from where to where it reaches."""

    at: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Ruling:
    """The rules of a page, in points from the lower left. The upper and lower edges of an area count as rules: rows may
    be shaded. Its sides do not, since the cells of a table without rules may be shaded one by one."""

    upright: tuple[Rule, ...] = ()
    level: tuple[Rule, ...] = ()


def ruling_of(page: "PdfPage") -> Ruling:
    """The rules of a page; none of one that is a drawing."""
    import pypdfium2.raw as pdfium

    count = pdfium.FPDFPage_CountObjects(page)
    if count > _MOST_OBJECTS:
        return Ruling()
    highest = page.get_height() * _MOST_OF_PAGE
    upright: list[Rule] = []
    level: list[Rule] = []
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for place in range(count):
        drawn = pdfium.FPDFPage_GetObject(page, place)
        if pdfium.FPDFPageObj_GetType(drawn) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        if not pdfium.FPDFPageObj_GetBounds(drawn, left, bottom, right, top):
            continue
        wide, high = right.value - left.value, top.value - bottom.value
        if high > highest or len(upright) + len(level) > _MOST_RULES:
            continue
        if high >= _SHORTEST and wide <= _THIN:
            upright.append(Rule((left.value + right.value) / 2, bottom.value, top.value))
        if wide >= _SHORTEST:
            ends = {bottom.value, top.value} if high > _THIN else {(bottom.value + top.value) / 2}
            level += [Rule(at, left.value, right.value) for at in ends]
    return Ruling(tuple(upright), tuple(level))
