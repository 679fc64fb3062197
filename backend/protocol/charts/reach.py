"""How far a figure reaches along an axis, whatever Plotly adds to the data: what the number of ticks follows from.

Rather too far than too near: where an axis covers more than was thought, ticks of a given step are endless.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from backend.protocol.charts.extents import Extent, as_number, extent_of
from backend.protocol.charts.typed_arrays import is_typed_array, typed_numbers

_STACKED: Final = ("bar", "histogram", "funnel", "waterfall")
_PRICES: Final = ("open", "high", "low", "close")
_BOX: Final = ("q1", "median", "q3", "mean", "lowerfence", "upperfence")


def reach_along(axis: str, layout: dict[str, Any], data: Sequence[dict[str, Any]]) -> Extent | None:
    """What the axis of that name (``xaxis``, ``yaxis2``) may cover, in its data's units; None where that is unknown."""
    if _is_scaled(axis, layout):
        return None
    own, group = layout.get(axis), _matched_with(axis, layout)
    given = own_range(own) if isinstance(own, dict) and len(group) == 1 else None
    if given is not None:
        return given
    if any(str(trace.get("histnorm", "")).endswith("density") for trace in data):
        # How high it is follows from the width of bins that Plotly chooses.
        return None
    found = [extent for name in group for extent in _parts(name, layout, data) if extent is not None]
    return (min(low for low, _ in found), max(high for _, high in found)) if found else None


def own_range(axis: dict[str, Any]) -> Extent | None:
    """What the axis says it covers, unless it is to find out by itself."""
    pair = axis.get("range")
    if axis.get("autorange") or not isinstance(pair, list) or len(pair) != 2:
        return None
    first, last = as_number(pair[0]), as_number(pair[1])
    return None if first is None or last is None else (min(first, last), max(first, last))


def _is_scaled(axis: str, layout: dict[str, Any]) -> bool:
    """Whether the axis is as long as another one in pixels, which no figure knows."""
    return any(
        isinstance(other, dict) and other.get("scaleanchor") and (name == axis or other["scaleanchor"] == _short(axis))
        for name, other in layout.items()
    )


def _matched_with(axis: str, layout: dict[str, Any]) -> set[str]:
    """The axis and all that have the same range."""
    pairs = [
        (name, f"{other['matches'][:1]}axis{other['matches'][1:]}")
        for name, other in layout.items()
        if isinstance(other, dict) and isinstance(other.get("matches"), str)
    ]
    group, size = {axis}, 0
    while len(group) > size:
        size = len(group)
        group |= {name for pair in pairs if group & {*pair} for name in pair}
    return group


def _short(axis: str) -> str:
    return axis[0] + axis[5:]


def _parts(axis: str, layout: dict[str, Any], data: Sequence[dict[str, Any]]) -> Iterable[Extent | None]:
    letter, own = axis[0], layout.get(axis)
    traces = [trace for trace in data if trace.get(f"{letter}axis", letter) == _short(axis)]
    yield from (_of_trace(trace, letter) for trace in traces)
    yield from _of_sums([trace for trace in traces if letter in _value_letters(trace)], letter, layout)
    if isinstance(own, dict) and own.get("rangemode", "normal") != "normal":
        yield (0.0, 0.0)
    yield _of_marks(axis, layout)


def _of_sums(risen: Sequence[dict[str, Any]], letter: str, layout: dict[str, Any]) -> Iterable[Extent]:
    """What values that stand on one another, or are made shares, may cover along their axis."""
    if any(trace.get("type") in _STACKED or trace.get("stackgroup") for trace in risen):
        extents = [extent for trace in risen if (extent := _of_trace(trace, letter)) is not None]
        yield sum(min(0.0, low) for low, _ in extents), sum(max(0.0, high) for _, high in extents)
    if risen and (layout.get("barnorm") or any(trace.get("groupnorm") or trace.get("histnorm") for trace in risen)):
        yield 0.0, 100.0


def _of_marks(axis: str, layout: dict[str, Any]) -> Extent | None:
    """Where shapes and annotations are, which Plotly wants to show as well."""
    letter = axis[0]
    marks = [one for key in ("shapes", "annotations") for one in layout.get(key) or () if isinstance(one, dict)]
    placed = [one for one in marks if one.get(f"{letter}ref", letter) == _short(axis)]
    return extent_of([[one.get(letter), one.get(f"{letter}0"), one.get(f"{letter}1")] for one in placed])


def _value_letters(trace: dict[str, Any]) -> str:
    """Along which axes values stand on one another or are counted; of the others, each is a place."""
    if trace.get("type") == "funnel":
        return "xy"
    lies = trace.get("orientation") == "h" or (trace.get("type") == "histogram" and trace.get("x") is None)
    return "x" if lies else "y"


def _of_trace(trace: dict[str, Any], letter: str) -> Extent | None:
    values = [trace.get(key) for key in (letter, *((*_PRICES, *_BOX) if letter == "y" else ()))]
    found = extent_of(values)
    count = max(map(_length, trace.values()), default=0)
    start, step = as_number(trace.get(f"{letter}0", 0)), as_number(trace.get(f"d{letter}", 1))
    ends = (
        []
        if trace.get(letter) is not None
        else [start, None if start is None or step is None else start + step * count]
    )
    if trace.get("type") == "waterfall" and letter in _value_letters(trace):
        # Its bars stand on one another.
        ends += [total := sum(abs(number) for value in values for number in _all(value)), -total]
    if trace.get("type") == "histogram" and letter in _value_letters(trace):
        ends += [0, count]
    reach = extent_of([[found, ends, trace.get("base")]])
    if reach is None:
        return None
    beyond = sum(_largest(trace.get(key), reach) for key in ("width", "offset", f"error_{letter}"))
    return reach[0] - beyond, reach[1] + beyond


def _length(value: Any) -> int:
    """The longest list in it."""
    if is_typed_array(value):
        return len(typed_numbers(value) or ())
    return max(len(value), *map(_length, value)) if isinstance(value, list) and value else 0


def _largest(value: Any, reach: Extent) -> float:
    """The largest of numbers, or of those of error bars: how far they go beyond the data."""
    if isinstance(value, dict):
        share = max(map(abs, reach)) / 100 if value.get("type") == "percent" else 1.0
        found = extent_of([value.get(key) for key in ("array", "arrayminus", "value", "valueminus")])
    else:
        share, found = 1.0, extent_of([value])
    return 0.0 if found is None else share * max(map(abs, found))


def _all(value: Any) -> Iterable[float]:
    if isinstance(value, list):
        for inner in value:
            yield from _all(inner)
    elif (number := as_number(value)) is not None:
        yield number
