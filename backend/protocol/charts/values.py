"""The values of a figure: plain JSON of a bounded depth, numbers that a screen can use, objects only where Plotly has
one."""

from math import isfinite
from typing import Any, Final

from backend.protocol.charts.allowed import CONTAINERS
from backend.protocol.charts.left_out import LeftOut
from backend.protocol.charts.typed_arrays import is_typed_array, typed_numbers

MOST_DEPTH: Final = 8
MOST_NUMBER: Final = 1e300
_MOST_WHOLE_NUMBER: Final = 2**63

NOTHING: Final = object()
"""Stands for a value that is left out: None is a value of its own."""


def drawable_object(value: dict[str, Any], name: str, left_out: LeftOut, depth: int = 0) -> dict[str, Any]:
    """The object without the values that cannot be drawn; ``name`` names it in what was left out."""
    kept = {}
    for key, inner in value.items():
        found = drawable(inner, key, f"{key} of {name}", left_out, depth + 1)
        if found is not NOTHING:
            kept[key] = found
    return kept


def drawable(value: Any, key: str, name: str, left_out: LeftOut, depth: int = 1) -> Any:
    """The value that stands below ``key`` as it may be drawn, or ``NOTHING``."""
    if isinstance(value, dict) and not is_typed_array(value) and key in CONTAINERS and depth <= MOST_DEPTH:
        return drawable_object(value, name, left_out, depth)
    if isinstance(value, list) and depth <= MOST_DEPTH:
        items = [drawable(inner, key, name, left_out, depth + 1) for inner in value]
        # A list keeps its length: its members belong to those of other lists by their index.
        return [None if item is NOTHING else item for item in items]
    if _is_plain(value):
        return value
    left_out.add(name, "its value cannot be drawn")
    return NOTHING


def _is_plain(value: Any) -> bool:
    if isinstance(value, str | bool) or value is None:
        return True
    if isinstance(value, int):
        return abs(value) < _MOST_WHOLE_NUMBER
    if isinstance(value, float):
        return isfinite(value) and abs(value) <= MOST_NUMBER
    return is_typed_array(value) and typed_numbers(value) is not None
