"""A chart's data as a table: its text alternative, which a reader can check."""

from collections.abc import Iterator
from itertools import chain, islice, zip_longest
from typing import Any, Final

from backend.protocol.charts.columns import POINT_KEYS, chart_columns

MAX_CHART_ROWS: Final = 500


def chart_table(content: dict[str, Any]) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    """Columns and rows of a figure's data: one row per point, one column per kind of value, the series first if there
    are several."""
    traces = [trace for trace in content.get("data") or [] if isinstance(trace, dict)]
    layout = content.get("layout") if isinstance(content.get("layout"), dict) else {}
    series = [chart_columns(trace) for trace in traces]
    keys = [key for key in POINT_KEYS if any(key in columns for columns in series)]
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


def _rows(columns: dict[str, list[Any]], keys: list[str]) -> Iterator[tuple[Any, ...]]:
    """One row per point; a column that ends earlier than the longest one has None there."""
    return zip_longest(*(columns.get(key, ()) for key in keys))


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
