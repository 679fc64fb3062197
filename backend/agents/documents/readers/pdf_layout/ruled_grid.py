"""Grids of cells that the rules of a page part: its rows and columns, and which cells reach over several of these."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from backend.agents.documents.readers.pdf_layout.ruling import Rule, Ruling

_NEAR = 3.0
"""Points by which rules of one line may miss one another."""
_TOUCH = 4.0
_COVERED = 0.7
"""The share of a row's height that an upright rule must have to part its cells."""
_ACROSS = 0.6
"""The share of the grid's width that a level rule must have to part two rows."""
_LONG = 0.6
"""The share of a grid's height that a line of upright rules has to have."""
_LOWEST_ROW = 5.0
_FEWEST_UPRIGHT = 2


@dataclass(frozen=True, slots=True)
class RuledRow:
    """A row: its lower and upper edge, and the edges of its cells from left to right."""

    bottom: float
    top: float
    edges: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class RuledGrid:
    """Rows from top to bottom, and the edges of all columns from left to right."""

    edges: tuple[float, ...]
    rows: tuple[RuledRow, ...]


def ruled_grids(ruling: Ruling) -> Iterator[RuledGrid]:
    """The grids of a page: at least two rows of at least two columns each, from top to bottom."""
    for upright in _groups(ruling.upright):
        upright = _long(upright)
        xs = _clusters(rule.at for rule in upright)
        if len(xs) < _FEWEST_UPRIGHT:
            continue
        low, high = min(rule.low for rule in upright), max(rule.high for rule in upright)
        level = [rule for rule in ruling.level if low - _NEAR <= rule.at <= high + _NEAR and _meets(rule, xs)]
        left = min([xs[0], *(rule.low for rule in level)])
        right = max([xs[-1], *(rule.high for rule in level)])
        across = [rule.at for rule in level if rule.high - rule.low >= _ACROSS * (xs[-1] - xs[0])]
        ends = [end for rule in upright for end in (rule.low, rule.high)]
        yield from _grids_between(_clusters([*across, *ends]), xs, upright, (left, right))


def _long(upright: Sequence[Rule]) -> list[Rule]:
    """Those of the upright rules that stand in lines through most of the group: bars of a chart do not."""
    high = max(rule.high for rule in upright) - min(rule.low for rule in upright)
    lines = _clusters(rule.at for rule in upright)
    found = []
    for x in lines:
        own = [rule for rule in upright if abs(rule.at - x) <= _NEAR]
        spans = {(round(rule.low), round(rule.high)) for rule in own}
        if sum(top - bottom for bottom, top in spans) >= _LONG * high:
            found += own
    return found


def _grids_between(
    cuts: Sequence[float], xs: Sequence[float], upright: Sequence[Rule], sides: tuple[float, float]
) -> Iterator[RuledGrid]:
    """The runs of rows that upright rules part into cells."""
    rows: list[RuledRow] = []
    for top, bottom in zip(cuts[::-1], cuts[-2::-1], strict=False):
        if top - bottom < _LOWEST_ROW:
            continue
        parted = [x for x in xs if _covers(upright, x, bottom, top)]
        if not parted:
            yield from _grid(rows)
            rows = []
            continue
        edges = _clusters([*parted, *sides])
        rows.append(RuledRow(bottom, top, tuple(edges)))
    yield from _grid(rows)


def _grid(rows: Sequence[RuledRow]) -> Iterator[RuledGrid]:
    edges = _clusters(edge for row in rows for edge in row.edges)
    if len(rows) > 1 and len(edges) > _FEWEST_UPRIGHT:
        yield RuledGrid(tuple(edges), tuple(rows))


def _groups(rules: Iterable[Rule]) -> Iterator[list[Rule]]:
    """Upright rules beside or right below one another, from top to bottom."""
    group: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: -rule.high):
        if group and rule.high < min(one.low for one in group) - _TOUCH:
            yield group
            group = []
        group.append(rule)
    if group:
        yield group


def _meets(rule: Rule, xs: Sequence[float]) -> bool:
    return rule.low <= xs[-1] + _NEAR and rule.high >= xs[0] - _NEAR


def _covers(upright: Sequence[Rule], x: float, bottom: float, top: float) -> bool:
    parts = [min(top, one.high) - max(bottom, one.low) for one in upright if abs(one.at - x) <= _NEAR]
    return max(parts, default=0.0) >= _COVERED * (top - bottom)


def _clusters(values: Iterable[float]) -> list[float]:
    """The values in order, those near one another as one."""
    found: list[list[float]] = []
    for value in sorted(values):
        if found and value - found[-1][-1] <= _NEAR:
            found[-1].append(value)
        else:
            found.append([value])
    return [sum(group) / len(group) for group in found]
