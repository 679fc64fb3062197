"""Values over a plane: how many cells they make, and how much work contour lines through them are."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any, Final

from backend.protocol.charts.extents import as_number, extent_of, step_size
from backend.protocol.charts.left_out import LeftOut
from backend.protocol.charts.typed_arrays import is_typed_array, typed_numbers

MOST_LINE_WORK: Final = 4e7
"""The sum over all contour lines of the square of the edges that a line crosses: Plotly joins the crossings of a line
to paths in a time that grows so (measured with noise of 50 by 50 and 100 by 100 cells, 15 and 100 lines)."""
_LINES_BY_ITSELF: Final = 15
"""Contour lines where a figure does not say how many."""


def cells_of(trace: dict[str, Any]) -> int:
    """The cells that the values make. Values in one list stand at points: each x makes a column, each y a row."""
    rows = _rows(trace.get("z"))
    if rows is not None:
        return sum(len(row) for row in rows)
    return len({*_flat(trace.get("x"))}) * len({*_flat(trace.get("y"))}) or len(_flat(trace.get("z")))


def without_dense_lines(trace: dict[str, Any], name: str, heat_map_keys: frozenset[str], left_out: LeftOut) -> None:
    """Turn contours into a heat map where their lines would cross more edges than a page can join."""
    if trace.get("type") != "contour" or _line_work(trace) <= MOST_LINE_WORK:
        return
    for key in trace.keys() - heat_map_keys:
        del trace[key]
    trace["type"] = "heatmap"
    left_out.add(f"the lines of {name}", "they are too dense, so it is drawn as a heat map")


def _line_work(trace: dict[str, Any]) -> float:
    rows, reach = _rows(trace.get("z")), extent_of([trace.get("z")])
    if reach is None or reach[0] == reach[1]:
        return 0.0
    height = reach[1] - reach[0]
    contours = trace.get("contours")
    step = step_size(contours.get("size")) if isinstance(contours, dict) else None
    lines = max(1.0, height / step if step else as_number(trace.get("ncontours")) or _LINES_BY_ITSELF)
    if rows is None:
        # The neighbours of points are not known here: each line may cross every cell.
        return lines * float(cells_of(trace)) ** 2
    crossed = sum(_climb(row) for row in (*rows, *map(list, zip(*rows, strict=False)))) * lines / height
    return crossed**2 / lines


def _climb(values: Iterable[Any]) -> float:
    """The sum of the differences between neighbours; gaps have none."""
    numbers = [as_number(value) for value in values]
    return sum(abs(after - before) for before, after in pairwise(numbers) if before is not None and after is not None)


def _rows(value: Any) -> list[list[Any]] | None:
    """The rows of a matrix, or None for values in one line."""
    if is_typed_array(value):
        numbers, shape = typed_numbers(value) or [], str(value.get("shape", "")).split(",")
        width = int(shape[1]) if len(shape) == 2 and shape[1].strip().isdecimal() else 0
        return [numbers[at : at + width] for at in range(0, len(numbers), width)] if width > 0 else None
    if isinstance(value, list) and any(isinstance(row, list) or is_typed_array(row) for row in value):
        return [_flat(row) for row in value]
    return None


def _flat(value: Any) -> list[Any]:
    if is_typed_array(value):
        return list(typed_numbers(value) or ())
    return [one for one in value if not isinstance(one, list | dict)] if isinstance(value, list) else []
