"""The points of a chart's trace, whether Plotly wrote them as lists or as typed arrays."""

from typing import Any, Final

from backend.protocol.charts.typed_arrays import is_typed_array, typed_numbers

POINT_KEYS: Final = ("labels", "parents", "names", "x", "y", "z", "values", "open", "high", "low", "close", "text")
"""The fields of a trace that have one value for each point, in the order in which a reader wants them."""


def chart_columns(trace: dict[str, Any]) -> dict[str, list[Any]]:
    """A trace's values by kind; kinds without values are left out."""
    columns = {key: _points(trace.get(key)) for key in POINT_KEYS}
    return {key: points for key, points in columns.items() if points}


def _points(value: Any) -> list[Any]:
    """A list as it is, or the numbers of a typed array; a matrix becomes an empty list."""
    if is_typed_array(value):
        return [] if "shape" in value else list(typed_numbers(value) or ())
    if not isinstance(value, list):
        return []
    return [cell if cell is None or isinstance(cell, str | int | float) else str(cell) for cell in value]
