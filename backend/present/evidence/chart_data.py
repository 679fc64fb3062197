"""A chart's data as a table: its text alternative, which a reader can check."""

import base64
import binascii
from array import array
from collections.abc import Iterator
from itertools import chain, islice, zip_longest
from typing import Any, Final

MAX_CHART_ROWS: Final = 500

_POINT_KEYS: Final = ("labels", "parents", "names", "x", "y", "z", "values", "open", "high", "low", "close", "text")
_TYPE_CODES: Final = {"i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "f4": "f", "f8": "d"}


def chart_table(content: dict[str, Any]) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    """Columns and rows of a figure's data: one row per point, one column per kind of value, the series first if there
    are several."""
    traces = [trace for trace in content.get("data") or [] if isinstance(trace, dict)]
    layout = content.get("layout") if isinstance(content.get("layout"), dict) else {}
    series = [_columns(trace) for trace in traces]
    keys = [key for key in _POINT_KEYS if any(key in columns for columns in series)]
    heads = tuple(_heading(key, layout, traces) for key in keys)
    if len(traces) > 1:
        return ("Series", *heads), tuple(islice(_named_rows(traces, series, keys), MAX_CHART_ROWS))
    rows = chain.from_iterable(_rows(columns, keys) for columns in series)
    return heads, tuple(islice(rows, MAX_CHART_ROWS))


def _named_rows(
    traces: list[dict[str, Any]], series: list[dict[str, list[Any]]], keys: list[str]
) -> Iterator[tuple[Any, ...]]:
    """The rows of several series, each with the name of its series in front."""
    for number, (trace, columns) in enumerate(zip(traces, series, strict=True), start=1):
        name = str(trace.get("name") or f"Series {number}")
        yield from ((name, *row) for row in _rows(columns, keys))


def _columns(trace: dict[str, Any]) -> dict[str, list[Any]]:
    """A trace's values by kind; kinds without values are left out."""
    columns = {key: _points(trace.get(key)) for key in _POINT_KEYS}
    return {key: points for key, points in columns.items() if points}


def _rows(columns: dict[str, list[Any]], keys: list[str]) -> Iterator[tuple[Any, ...]]:
    """One row per point; a column that ends earlier than the longest one has None there."""
    return zip_longest(*(columns.get(key, ()) for key in keys))


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


def _heading(key: str, layout: Any, traces: list[dict[str, Any]]) -> str:
    if key in ("x", "y"):
        axis = layout.get(f"{key}axis")
        title = axis.get("title") if isinstance(axis, dict) else None
        text = title.get("text") if isinstance(title, dict) else title
        if isinstance(text, str) and text.strip():
            return text.strip()
        if key == "y" and len(traces) == 1 and isinstance(traces[0].get("name"), str):
            return str(traces[0]["name"])
    return {"x": "x", "y": "y", "z": "z"}.get(key, key.capitalize())
