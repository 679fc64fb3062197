"""A chart's data as a table: its text alternative, and what a reader can check."""

import base64
import binascii
from array import array
from typing import Any, Final

MAX_CHART_ROWS: Final = 500

_POINT_KEYS: Final = ("labels", "parents", "names", "x", "y", "z", "values", "open", "high", "low", "close", "text")
_TYPE_CODES: Final = {"i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "f4": "f", "f8": "d"}


def chart_table(content: dict[str, Any]) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    """Columns and rows of a figure's data: one row per point, one column per kind of value, the series in front."""
    traces = [trace for trace in content.get("data") or [] if isinstance(trace, dict)]
    layout = content.get("layout") if isinstance(content.get("layout"), dict) else {}
    series = [{key: points for key in _POINT_KEYS if (points := _points(trace.get(key)))} for trace in traces]
    keys = [key for key in _POINT_KEYS if any(key in columns for columns in series)]
    named = len(traces) > 1
    rows: list[tuple[Any, ...]] = []
    for index, (trace, columns) in enumerate(zip(traces, series, strict=True)):
        name = str(trace.get("name") or f"Series {index + 1}")
        for point in range(max((len(values) for values in columns.values()), default=0)):
            cells = tuple(_at(columns.get(key), point) for key in keys)
            if len(rows) == MAX_CHART_ROWS:
                break
            rows.append((name, *cells) if named else cells)
    heads = tuple(_heading(key, layout, traces) for key in keys)
    return (("Series", *heads) if named else heads), tuple(rows)


def _points(value: Any) -> list[Any]:
    """A list as it is, or a typed array as Plotly writes it (base64); a matrix gives nothing."""
    if isinstance(value, dict) and isinstance(value.get("bdata"), str) and "shape" not in value:
        code = _TYPE_CODES.get(str(value.get("dtype", "")).lstrip("<|="))
        try:
            return list(array(code, base64.b64decode(value["bdata"], validate=True))) if code else []
        except (binascii.Error, ValueError):
            return []
    if not isinstance(value, list):
        return []
    return [cell if cell is None or isinstance(cell, str | int | float) else str(cell) for cell in value]


def _at(values: list[Any] | None, index: int) -> Any:
    return values[index] if values and index < len(values) else None


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
