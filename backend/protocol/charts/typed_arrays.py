"""Plotly's typed arrays: numbers as base64, as its Python library writes them since version 6."""

import base64
import binascii
from array import array
from math import prod
from typing import Any, Final

_TYPE_CODES: Final = {"i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "f4": "f", "f8": "d"}


def is_typed_array(value: Any) -> bool:
    """Whether the value is an object that Plotly reads as numbers: ``{"dtype": …, "bdata": …}``."""
    return isinstance(value, dict) and "bdata" in value


def typed_numbers(value: dict[str, Any]) -> list[float] | None:
    """The numbers of a typed array in one line, whatever its shape.

    None if they cannot be read, or if ``shape`` asks for another number of them: Plotly would make all those rows.
    """
    code = _TYPE_CODES.get(str(value.get("dtype", "")).lstrip("<|="))
    packed = value.get("bdata")
    if code is None or not isinstance(packed, str):
        return None
    try:
        numbers: list[float] = list(array(code, base64.b64decode(packed, validate=True)))
    except (binascii.Error, ValueError):
        return None
    return numbers if _shape_fits(value, len(numbers)) else None


def _shape_fits(value: dict[str, Any], count: int) -> bool:
    if "shape" not in value:
        return True
    try:
        return prod(int(size) for size in str(value["shape"]).split(",")) == count
    except ValueError:
        return False
