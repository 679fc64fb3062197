"""The values of a figure: plain JSON of a bounded depth, numbers that a screen can use, objects only where Plotly has
one."""

import re
from math import isfinite
from typing import Any, Final

from backend.protocol.charts.allowed import CONTAINERS
from backend.protocol.charts.left_out import LeftOut
from backend.protocol.charts.typed_arrays import is_typed_array, typed_numbers

MOST_DEPTH: Final = 8
MOST_NUMBER: Final = 1e300
MOST_CHARACTERS: Final = 5_000
MOST_LINES: Final = 30
MOST_LINES_TOGETHER: Final = 1_000
MOST_CHARACTERS_TOGETHER: Final = 1_000_000
_LABELS: Final = frozenset({"text", "ticktext", "labels", "label", "name"})
_BESIDE_NUMBERS: Final = frozenset({"tickprefix", "ticksuffix", "prefix", "suffix", "valuesuffix"})
MOST_FORMAT: Final = 100
"""Characters of a format of d3 (https://d3js.org/d3-format, https://d3js.org/d3-time-format)."""
_WIDE_FORMAT: Final = re.compile(r"\d{3}")
"""A width or a precision of a hundred or more digits: one number then fills the memory of a page."""
_PLACE: Final = re.compile(r"%\{[^{}:]*:([^{}]*)\}")
"""A place of a template with a format."""
_WIDE: Final = "its format makes too long a text"
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
    if isinstance(value, str):
        return _readable(value, key, name, left_out)
    if _is_plain(value):
        return value
    left_out.add(name, "its value cannot be drawn")
    return NOTHING


def _readable(text: str, key: str, name: str, left_out: LeftOut) -> Any:
    """A text that a page can lay out, alone and together with those before it."""
    problem = _too_long(text, key, name)
    lines = left_out.lines + text.count("<br")
    characters = left_out.characters + (len(text) if key in _LABELS else 0)
    if not problem and (lines > MOST_LINES_TOGETHER or characters > MOST_CHARACTERS_TOGETHER):
        problem = "its texts are too long together"
    if problem:
        left_out.add(name, problem)
        return NOTHING
    left_out.lines, left_out.characters = lines, characters
    return text


def _too_long(text: str, key: str, name: str) -> str:
    """Why the text, or what a format makes of a number, is too long; empty if it is not."""
    if len(text) > MOST_CHARACTERS or text.count("<br") > MOST_LINES:
        return f"at most {MOST_CHARACTERS:,} characters and {MOST_LINES} lines are drawn"
    if key.endswith("format") or "tickformatstops" in name:
        return _WIDE if len(text) > MOST_FORMAT or _WIDE_FORMAT.search(text) else ""
    if key.endswith("template"):
        return _WIDE if any(_WIDE_FORMAT.search(part) for part in _PLACE.findall(text)) else ""
    if key in _BESIDE_NUMBERS and len(text) > MOST_FORMAT:
        return f"at most {MOST_FORMAT} characters are drawn beside each number"
    return ""


def _is_plain(value: Any) -> bool:
    if isinstance(value, bool) or value is None:
        return True
    if isinstance(value, int):
        return abs(value) < _MOST_WHOLE_NUMBER
    if isinstance(value, float):
        return isfinite(value) and abs(value) <= MOST_NUMBER
    return is_typed_array(value) and typed_numbers(value) is not None
