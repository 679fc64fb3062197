"""The points of a chart's trace, whether Plotly wrote them as lists or as typed arrays."""

import base64
import binascii
from array import array
from typing import Any, Final

POINT_KEYS: Final = ("labels", "parents", "names", "x", "y", "z", "values", "open", "high", "low", "close", "text")
"""The fields of a trace that have one value for each point, in the order in which a reader wants them."""

_TYPE_CODES: Final = {"i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "f4": "f", "f8": "d"}


def chart_columns(trace: dict[str, Any]) -> dict[str, list[Any]]:
    """A trace's values by kind; kinds without values are left out."""
    columns = {key: _points(trace.get(key)) for key in POINT_KEYS}
    return {key: points for key, points in columns.items() if points}


def _points(value: Any) -> list[Any]:
    """A list as it is, or a typed array as Plotly writes it (base64); a matrix becomes an empty list."""
    if isinstance(value, dict) and isinstance(value.get("bdata"), str) and "shape" not in value:
        code = _TYPE_CODES.get(str(value.get("dtype", "")).lstrip("<|="))
        try:
            return list(array(code, base64.b64decode(value["bdata"], validate=True))) if code else []
        except (binascii.Error, ValueError):
            return []
    if not isinstance(value, list):
        return []
    return [cell if cell is None or isinstance(cell, str | int | float) else str(cell) for cell in value]
