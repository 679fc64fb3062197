"""Columns of a table on a page: where its figures stand below one another, and which header stands above which."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from backend.agents.documents.readers.pdf_layout.page_rows import Segment

_SLACK = 2.0
"""Points by which figures of one column may miss one another."""

_MARK_SLACK = 12.0
_WITHOUT_HEADER = 0.25
"""What a column without a header costs, in usual distances of columns, when headers are laid out."""


@dataclass(frozen=True, slots=True)
class FigureColumn:
    """The left and right edge of the figures in a column, in points, with their currency signs."""

    left: float
    right: float

    @property
    def center(self) -> float:
        """Half way between its edges."""
        return (self.left + self.right) / 2


def columns_of(figures: Sequence[Segment]) -> list[FigureColumn]:
    """The columns that figures of several rows stand in, from left to right.

    A dash or a mark stands for a number, though not always below one: it makes a column only where there is no other.
    """
    columns = _columns_of([figure for figure in figures if _has_digit(figure)])
    alone = [
        figure
        for figure in figures
        if not _has_digit(figure)
        and not any(column.left - _MARK_SLACK <= figure.center <= column.right + _MARK_SLACK for column in columns)
    ]
    return sorted([*columns, *_columns_of(alone)], key=lambda column: column.left)


def _has_digit(figure: Segment) -> bool:
    return any(sign.isdigit() for sign in figure.text)


def _columns_of(figures: Sequence[Segment]) -> list[FigureColumn]:
    groups: list[list[Segment]] = []
    reach = float("-inf")
    for figure in sorted(figures, key=lambda figure: figure.number_left):
        if groups and figure.number_left < reach - _SLACK:
            groups[-1].append(figure)
        else:
            groups.append([figure])
        reach = max(reach, figure.right)
    return [FigureColumn(min(one.left for one in group), max(one.right for one in group)) for group in groups]


def column_of(columns: Sequence[FigureColumn], segment: Segment) -> int:
    """The number of the column (from 0) that a segment stands in, or is nearest to."""

    def distance(number: int) -> tuple[float, float]:
        column = columns[number]
        overlap = min(column.right, segment.right) - max(column.left, segment.left)
        return -max(overlap, 0.0), abs(column.center - segment.center)

    return min(range(len(columns)), key=distance)


def spans_of(columns: Sequence[FigureColumn], headers: Sequence[Segment]) -> list[tuple[int, int]]:
    """For each header of a line the columns it stands above: the first (from 0) and their number.

    Headers are centred above their columns, so the layout is chosen in which they are so best; a column may have none.
    """
    if not headers:
        return []
    if aligned := _aligned_groups(columns, headers):
        return aligned
    pitches = [right.center - left.center for left, right in pairwise(columns)]
    free = _WITHOUT_HEADER * (median(pitches) if pitches else 50.0)
    count, lines = len(columns), len(headers)
    # best[h][c]: the least cost of laying out the first h headers above the first c columns, and how it was reached.
    best: list[list[tuple[float, int]]] = [[(float("inf"), 0)] * (count + 1) for _ in range(lines + 1)]
    best[0] = [(free * column, 0) for column in range(count + 1)]
    for header in range(1, lines + 1):
        for column in range(1, count + 1):
            choices = [(best[header][column - 1][0] + free, 0)]
            for width in range(1, column + 1):
                group = columns[column - width : column]
                offset = _offset(group, headers[header - 1])
                offset += 0.0 if _is_even(group, headers[header - 1]) else free
                choices.append((best[header - 1][column - width][0] + offset, width))
            best[header][column] = min(choices)
    if best[lines][count][0] == float("inf"):
        return [(column_of(columns, header), 1) for header in headers]
    return _walked_back(best, lines, count)


def over_years(
    columns: Sequence[FigureColumn],
    headers: Sequence[Segment],
    spans: Sequence[tuple[int, int]],
    years: Collection[int],
) -> list[tuple[int, int]]:
    """The spans, where headers that end with their column stand above the years left of it as well.

    ``years`` are the columns with a year right below: the months that it is the year of must stand above it.
    """
    taken = {column for first, width in spans for column in range(first, first + width)}
    found = []
    for header, (first, width) in zip(headers, spans, strict=True):
        is_aligned = width == 1 and first in years and abs(columns[first].right - header.right) <= 3 * _SLACK
        while is_aligned and first - 1 in years and first - 1 not in taken:
            first, width = first - 1, width + 1
        found.append((first, width))
    return found


def widened(
    columns: Sequence[FigureColumn], headers: Sequence[Segment], spans: Sequence[tuple[int, int]]
) -> list[FigureColumn]:
    """The columns, as wide as the headers that each has to itself, short of its neighbours."""
    found = list(columns)
    for header, (number, width) in zip(headers, spans, strict=True):
        if width == 1:
            low = found[number - 1].right if number else float("-inf")
            high = found[number + 1].left if number + 1 < len(found) else float("inf")
            column = found[number]
            left = min(column.left, max(header.left, low))
            found[number] = FigureColumn(left, max(column.right, min(header.right, high)))
    return found


def _aligned_groups(columns: Sequence[FigureColumn], headers: Sequence[Segment]) -> list[tuple[int, int]]:
    """The columns of headers that each end where the last of an equal number of them does; else empty."""
    width, rest = divmod(len(columns), len(headers))
    if rest or width < 2:
        return []
    ends = [columns[width * (number + 1) - 1].right for number in range(len(headers))]
    is_aligned = all(abs(end - header.right) <= 3 * _SLACK for end, header in zip(ends, headers, strict=True))
    return [(width * number, width) for number in range(len(headers))] if is_aligned else []


def _walked_back(best: list[list[tuple[float, int]]], header: int, column: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    while header:
        width = best[header][column][1]
        if width:
            spans.append((column - width, width))
            header -= 1
        column -= max(width, 1)
    return spans[::-1]


def _offset(group: Sequence[FigureColumn], header: Segment) -> float:
    """How far a header is from the middle of its columns, or from the edges of a single one if that is less."""
    left, right = group[0].left, group[-1].right
    center = abs((left + right) / 2 - header.center)
    return center if len(group) > 1 else min(center, abs(right - header.right), abs(left - header.left))


def _is_even(group: Sequence[FigureColumn], header: Segment) -> bool:
    """Whether a header reaches over as many of its columns on one side as on the other."""
    reached = [column.left < header.right and header.left < column.right for column in group]
    return reached == reached[::-1]
