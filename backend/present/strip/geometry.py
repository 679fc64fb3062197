"""Where things are on a strip, in pixels from its top; across it, everything is a share of the axis.

The page's script draws with the same figures: see ``backend.present.browser.strip_script``.
"""

from dataclasses import asdict, dataclass
from typing import Final

FEWEST_ROWS: Final = 3
"""A strip is as high as with so many steps, so that the first ones do not move what is below it."""
_LOW_ABOVE: Final = 8
_LOWEST_ABOVE: Final = 16
"""With more steps than these, rows are lower."""


@dataclass(frozen=True, slots=True)
class PartHeights:
    """The heights of a strip's parts: the line of labels, rows of steps (three heights, the more steps the lower), the
    answer, sources over their markers, results and warnings, the axis, and the space between parts."""

    top: int = 18
    row: tuple[int, int, int] = (22, 18, 14)
    answer: int = 44
    sources: int = 32
    signals: int = 20
    axis: int = 18
    gap: int = 5


FULL: Final = PartHeights()
COMPACT: Final = PartHeights(row=(18, 15, 13), answer=30, sources=28, signals=18, gap=3)
"""For two strips on one clock."""


@dataclass(frozen=True, slots=True)
class PartPlaces:
    """The top of each part, and the whole height."""

    row_height: int
    rows: int
    answer: int
    sources: int
    signals: int
    axis: int
    height: int


def places(heights: PartHeights, rows: int) -> PartPlaces:
    """The places of a strip with so many rows of steps."""
    row = heights.row[0 if rows <= _LOW_ABOVE else 1 if rows <= _LOWEST_ABOVE else 2]
    answer = heights.top + max(rows, FEWEST_ROWS) * row + heights.gap
    sources = answer + heights.answer + heights.gap
    signals = sources + heights.sources
    axis = signals + heights.signals + heights.gap
    return PartPlaces(row, heights.top, answer, sources, signals, axis, axis + heights.axis)


def geometry() -> dict[str, object]:
    """The figures for the page's script."""
    return {
        "full": asdict(FULL),
        "compact": asdict(COMPACT),
        "fewestRows": FEWEST_ROWS,
        "lowAbove": _LOW_ABOVE,
        "lowestAbove": _LOWEST_ABOVE,
    }
