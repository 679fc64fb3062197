"""Lines of a table while it is put together: labels that wrap, and the words on units beside them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

from backend.agents.documents.readers.captions import names_units
from backend.agents.documents.readers.pdf_layout.page_rows import PageRow, Segment

UNFINISHED = re.compile(r"(?:[,(/&-]|\b(?:and|or|of|for|in|the|to|on|at|by|from|with|net|per|a|an))\Z", re.IGNORECASE)
"""How a text ends that continues on the next line."""


@dataclass(slots=True)
class TableLine:
    """A row of the table while it is put together."""

    row: PageRow
    label: list[Segment]
    values: list[Segment]
    is_header: bool = False
    spans: list[tuple[int, int]] = field(default_factory=list)


def leads(rows: Sequence[PageRow]) -> list[float]:
    """The distances of baselines from one row to the next."""
    return [above.baseline - below.baseline for above, below in pairwise(rows)]


def is_units(row: PageRow) -> bool:
    """Whether all that a row says beside a label is what the figures are counted in."""
    last = row.segments[-1].text
    return len(row.segments) <= 2 and last.startswith("(") and names_units(last)


def without_units(row: PageRow) -> PageRow | None:
    """The row without the words on its units; None if it has no others."""
    if not is_units(row):
        return row
    return replace(row, segments=row.segments[:-1]) if len(row.segments) > 1 else None


def with_whole_labels(lines: list[TableLine]) -> list[TableLine]:
    """Labels that wrap over lines are put together: above their figures, or below them."""
    distances = leads([line.row for line in lines if line.values and not line.is_header])
    usual = median(distances) if distances else 0.0
    found: list[TableLine] = []
    waiting: list[TableLine] = []
    for line in lines:
        if not line.values and not line.is_header:
            if not waiting and found and _continues(line, usual, found[-1]):
                found[-1].label += line.label
            else:
                waiting.append(line)
            continue
        while not line.is_header and waiting and _is_begun_by(line, waiting[-1], usual):
            line.label = waiting[-1].label + line.label
            line.row = _at(line.row, waiting.pop().row)
        found += [*waiting, line]
        waiting = []
    return [*found, *waiting]


def _continues(text: TableLine, usual: float, above: TableLine) -> bool:
    """Whether a line of text is the rest of the label above it."""
    if not above.values or above.is_header:
        return False
    is_close = above.row.baseline - text.row.baseline <= max(usual, text.row.size * 1.2) * 1.05
    first = text.label[0].text
    return is_close and bool(above.label) and (first[:1].islower() or bool(UNFINISHED.search(above.label[-1].text)))


def _is_begun_by(line: TableLine, above: TableLine, usual: float) -> bool:
    """Whether the label of a row with figures begins on the line of text above it."""
    text = above.label[-1].text
    if text.endswith(":"):
        return False
    if not line.label:
        return True
    is_tight = above.row.baseline - line.row.baseline < 0.85 * usual
    return line.label[0].text[:1].islower() or UNFINISHED.search(text) is not None or is_tight


def _at(row: PageRow, above: PageRow) -> PageRow:
    """The row, as far left as the line its label begins on."""
    return PageRow((*above.segments, *row.segments), row.baseline, row.size)
