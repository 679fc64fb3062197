"""Axes and colour bars: their ticks must be few enough for what they cover."""

from collections.abc import Sequence
from functools import cache, partial
from math import log10
from typing import Any, Final

from backend.protocol.charts.allowed import AXIS, AXIS_KEYS
from backend.protocol.charts.extents import Extent, as_number, extent_of
from backend.protocol.charts.left_out import LeftOut
from backend.protocol.charts.reach import own_range, reach_along
from backend.protocol.charts.steps import Reach, count_fits, step_fits
from backend.protocol.charts.values import drawable_object

MOST_TICKS: Final = 200
"""Ticks of an axis: Plotly compares each label with every other one."""
MOST_AXES_FULL_OF_TICKS: Final = 4
"""Where there are more axes, each may have fewer ticks."""
MOST_COLOUR_TICKS: Final = 50
"""Ticks of a colour bar or a gauge."""
MOST_LABELS: Final = 2_000
"""Categories or gaps that a figure lists by itself."""
MOST_BREAKS: Final = 4
MOST_DAILY_BREAKS: Final = 3_000
"""Gaps at some hours, over all days."""
_DAY_MS: Final = 24 * 3600 * 1000
_LONGEST_WITH_BREAKS_MS: Final = 20 * 366 * _DAY_MS
_DIGITS: Final = 9
"""Ticks of one power of ten, at most."""
_LOG_DIGITS: Final = ("D1", "D2")
"""Plotly's words for ticks at some digits of a logarithmic axis."""


def bounded_axis(key: str, layout: dict[str, Any], data: Sequence[dict[str, Any]], left_out: LeftOut) -> dict[str, Any]:
    """An axis of the layout with its known keys; its ticks and gaps stay if they are few for the data on it."""
    axis = layout[key]
    for unknown in axis.keys() - AXIS_KEYS:
        left_out.add(f"{unknown} of {key}", "it is not known")
    kept = drawable_object({name: value for name, value in axis.items() if name in AXIS_KEYS}, key, left_out, 1)
    reach = cache(partial(reach_along, key, layout, data))
    is_log = kept.get("type") == "log"
    axes = sum(AXIS.match(name) is not None for name in layout)
    most = MOST_TICKS * MOST_AXES_FULL_OF_TICKS // max(MOST_AXES_FULL_OF_TICKS, axes)
    _bound_ticks(kept, key, reach, left_out, most, is_log=is_log)
    if isinstance(kept.get("minor"), dict):
        _bound_ticks(kept["minor"], f"minor of {key}", reach, left_out, most, is_log=is_log)
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
                _bound_ticks(bar, name, partial(_reach_of_colours, bar, owner), left_out, MOST_COLOUR_TICKS)


def _bound_ticks(
    axis: dict[str, Any], name: str, reach: Reach, left_out: LeftOut, most: int, *, is_log: bool = False
) -> None:
    fits: dict[str, bool] = {}
    # Without a step, ticks of equal distance are 1 apart.
    steps = axis.get("dtick", 1 if axis.get("tickmode") == "linear" else None)
    if steps is not None:
        few = _few_on_logarithms(steps, axis, reach(), most) if is_log else step_fits(steps, reach(), most)
        fits["dtick"] = fits["tickmode"] = few
    if "nticks" in axis:
        fits["nticks"] = count_fits(axis["nticks"], most)
    for listed in ("tickvals", "ticktext", "categoryarray"):
        if isinstance(axis.get(listed), list):
            fits[listed] = len(axis[listed]) <= (MOST_LABELS if listed == "categoryarray" else most)
    for key in [key for key, stays in fits.items() if key in axis and not stays]:
        del axis[key]
        left_out.add(f"{key} of {name}", "it asks for too many ticks")


def _few_on_logarithms(steps: Any, axis: dict[str, Any], reach: Extent | None, most: int) -> bool:
    """Whether the ticks of a logarithmic axis are few: a number is a step in powers of ten, as are its own ranges."""
    if reach is None:
        return False
    low, high = reach if own_range(axis) == reach else (_power(reach[0]), _power(reach[1]))
    if steps in _LOG_DIGITS:
        return high - low <= most / _DIGITS
    size = as_number(steps)
    return size is not None and size > 0 and (high - low) / size <= most


def _power(value: float) -> float:
    # Nothing below 0 is drawn there; the smallest number has 324 zeros.
    return log10(value) if value > 0 else -324.0


def _reach_of_colours(bar: dict[str, Any], part: dict[str, Any]) -> Extent | None:
    return own_range(bar) or extent_of(
        [part.get(key) for key in ("z", "color", "zmin", "zmax", "cmin", "cmax", "value")]
    )


def _breaks_fit(breaks: list[Any], reach: Extent | None) -> bool:
    """Whether the gaps of a time axis are few: repeated ones such as weekends, or hours of each day, over a while."""
    if reach is None or len(breaks) > MOST_BREAKS:
        return False
    daily = sum(isinstance(one, dict) and one.get("pattern") == "hour" for one in breaks)
    covered_ms = reach[1] - reach[0]
    return (
        covered_ms <= _LONGEST_WITH_BREAKS_MS
        and daily * covered_ms <= MOST_DAILY_BREAKS * _DAY_MS
        and all(isinstance(one, dict) and "dvalue" not in one for one in breaks)
        and all(len(one.get("values") or ()) <= MOST_LABELS for one in breaks)
    )
