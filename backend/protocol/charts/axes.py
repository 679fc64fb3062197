"""Axes and colour bars: their ticks must be few enough for what they cover."""

from functools import partial
from typing import Any, Final

from backend.protocol.charts.allowed import AXIS_KEYS
from backend.protocol.charts.extents import Extent, as_number, extent_of
from backend.protocol.charts.left_out import LeftOut
from backend.protocol.charts.steps import Reach, count_fits, step_fits
from backend.protocol.charts.values import drawable_object

MOST_TICKS: Final = 500
MOST_LABELS: Final = 2_000
"""Ticks or categories that a figure lists by itself."""
MOST_BREAKS: Final = 4
_LONGEST_WITH_BREAKS_MS: Final = 20 * 366 * 24 * 3600 * 1000
_LOG_DIGITS: Final = ("D1", "D2")
"""Plotly's words for ticks at some digits of a logarithmic axis."""


def bounded_axis(key: str, axis: dict[str, Any], data: list[dict[str, Any]], left_out: LeftOut) -> dict[str, Any]:
    """An axis of the layout with its known keys; its ticks and gaps stay if they are few for the data on it."""
    for unknown in axis.keys() - AXIS_KEYS:
        left_out.add(f"{unknown} of {key}", "it is not known")
    kept = drawable_object({name: value for name, value in axis.items() if name in AXIS_KEYS}, key, left_out, 1)
    reach = partial(_reach_along, key, data)
    _bound_ticks(kept, key, reach, left_out)
    if isinstance(kept.get("minor"), dict):
        _bound_ticks(kept["minor"], f"minor of {key}", partial(_own_range_or, kept, reach), left_out)
    breaks = kept.get("rangebreaks")
    if breaks is not None and not (isinstance(breaks, list) and _breaks_fit(breaks, reach())):
        del kept["rangebreaks"]
        left_out.add(f"rangebreaks of {key}", "they are too many for this data")
    return kept


def bound_colour_bars(part: dict[str, Any], name: str, left_out: LeftOut) -> None:
    """Leave out ticks of colour bars and gauges in ``part``, or one level below it, that are too many."""
    for owner in (part, *(inner for inner in part.values() if isinstance(inner, dict))):
        for bar in (owner.get("colorbar"), owner.get("axis")):
            if isinstance(bar, dict):
                _bound_ticks(bar, name, partial(_reach_of_colours, owner), left_out)


def _bound_ticks(axis: dict[str, Any], name: str, reach: Reach, left_out: LeftOut) -> None:
    fits: dict[str, bool] = {}
    # Without a step, ticks of equal distance are 1 apart.
    steps = axis.get("dtick", 1 if axis.get("tickmode") == "linear" else None)
    if steps is not None and steps not in _LOG_DIGITS:
        fits["dtick"] = fits["tickmode"] = step_fits(steps, _own_range_or(axis, reach), MOST_TICKS)
    if "nticks" in axis:
        fits["nticks"] = count_fits(axis["nticks"], MOST_TICKS)
    for listed in ("tickvals", "ticktext", "categoryarray"):
        if isinstance(axis.get(listed), list):
            fits[listed] = len(axis[listed]) <= MOST_LABELS
    for key in [key for key, stays in fits.items() if key in axis and not stays]:
        del axis[key]
        left_out.add(f"{key} of {name}", "it asks for too many ticks")


def _own_range_or(axis: dict[str, Any], reach: Reach) -> Extent | None:
    """What the axis says it covers, else what the data covers."""
    pair = axis.get("range")
    if isinstance(pair, list) and len(pair) == 2:
        first, last = as_number(pair[0]), as_number(pair[1])
        if first is not None and last is not None:
            return (min(first, last), max(first, last))
    return reach()


def _reach_along(axis: str, data: list[dict[str, Any]]) -> Extent | None:
    """How far the data on an axis reaches, from 0 where bars begin."""
    letter, number = axis[0], axis[len("xaxis") :]
    own = [trace for trace in data if trace.get(f"{letter}axis", letter) == f"{letter}{number}"]
    keys = ("x",) if letter == "x" else ("y", "base", "open", "high", "low", "close")
    values = [trace.get(key) for trace in own for key in keys]
    starts = [0] if any(trace.get("type") in ("bar", "funnel", "waterfall") for trace in own) and letter == "y" else []
    return extent_of([values, starts])


def _reach_of_colours(part: dict[str, Any]) -> Extent | None:
    return extent_of([part.get(key) for key in ("z", "color", "zmin", "zmax", "cmin", "cmax", "value")])


def _breaks_fit(breaks: list[Any], reach: Extent | None) -> bool:
    """Whether the gaps of a time axis are few: repeated ones such as weekends, over at most some twenty years."""
    return (
        len(breaks) <= MOST_BREAKS
        and reach is not None
        and reach[1] - reach[0] <= _LONGEST_WITH_BREAKS_MS
        and all(isinstance(one, dict) and "dvalue" not in one for one in breaks)
        and all(len(one.get("values") or ()) <= MOST_LABELS for one in breaks)
    )
