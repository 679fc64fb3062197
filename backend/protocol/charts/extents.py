"""How far a chart's data reaches: what the number of ticks, bins and contour lines follows from."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from backend.protocol.charts.typed_arrays import is_typed_array, typed_numbers

_MS_PER_MONTH = 30.4 * 24 * 3600 * 1000

Extent = tuple[float, float]
"""The smallest and the largest number; dates count as milliseconds since 1970, as Plotly counts them."""


def as_number(value: Any) -> float | None:
    """A number, or a date as milliseconds since 1970; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if isfinite(value) else None
    if not isinstance(value, str):
        return None
    try:
        number = float(value)
    except ValueError:
        return _date_ms(value)
    return number if isfinite(number) else None


def step_size(value: Any) -> float | None:
    """The size of a step between ticks or bins, above 0: a number, or months as Plotly writes them (``M3``)."""
    if isinstance(value, str) and value[:1] == "M":
        months = as_number(value[1:])
        return months * _MS_PER_MONTH if months and months >= 1 else None
    size = as_number(value)
    return size if size is not None and size > 0 else None


def extent_of(values: Iterable[Any]) -> Extent | None:
    """The extent of numbers and dates, in lists of any depth; None if there is none."""
    numbers = list(_numbers(values))
    return (min(numbers), max(numbers)) if numbers else None


def _numbers(value: Any) -> Iterator[float]:
    if is_typed_array(value):
        yield from (number for number in typed_numbers(value) or () if isfinite(number))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _numbers(inner)
    elif (number := as_number(value)) is not None:
        yield number


def _date_ms(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000
