"""Steps of a chart that multiply work: bins, contour lines and the samples of a violin.

A step that is too small for what it covers is left out, and Plotly chooses one by itself. How far the data reaches is
only computed where a step is given.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from backend.protocol.charts.extents import Extent, as_number, extent_of, step_size
from backend.protocol.charts.left_out import LeftOut

MOST_BINS: Final = 2_000
MOST_BINS_A_SIDE: Final = 500
"""Bins on each axis of a ``histogram2d``."""
MOST_CHOSEN_BINS: Final = 100
"""Bins on each axis of a ``histogram2d`` that Plotly may choose by itself."""
MOST_CONTOUR_LINES: Final = 200
MOST_VIOLIN_SAMPLES: Final = 200
"""Bandwidths that fit into what a violin covers."""
_WIDEST_SPAN: Final = 3
"""How many times the extent of its data a violin may cover."""

Reach = Callable[[], Extent | None]
"""Computes how far the data reaches."""


def step_fits(step: Any, reach: Extent | None, most: int) -> bool:
    """Whether at most so many steps of this size fit into what is covered. False where either is not known."""
    size = step_size(step)
    return size is not None and reach is not None and (reach[1] - reach[0]) / size <= most


def count_fits(value: Any, most: int) -> bool:
    """Whether a wanted number of ticks, bins or lines is a number from 0 to so many."""
    number = as_number(value)
    return number is not None and 0 <= number <= most


def is_histogram(trace: Any) -> bool:
    """Whether the trace counts values in bins."""
    return isinstance(trace, dict) and trace.get("type") in ("histogram", "histogram2d")


def bound_bins(
    trace: dict[str, Any], kind: str, name: str, left_out: LeftOut, binned: Sequence[dict[str, Any]] = ()
) -> None:
    """Leave out bins of a histogram that are too many for its data, and for that of all histograms in ``binned``:
    those on one axis share their bins."""
    most = MOST_BINS_A_SIDE if kind == "histogram2d" else MOST_BINS
    for letter in "xy":
        bins, count = f"{letter}bins", f"nbins{letter}"
        given = trace.get(bins)
        if given is not None and not (
            isinstance(given, dict) and step_fits(given.get("size"), _binned(trace, bins, letter, binned), most)
        ):
            del trace[bins]
            left_out.add(f"{bins} of {name}", f"at most {most:,} bins are drawn")
        if count in trace and not count_fits(trace[count], most):
            del trace[count]
            left_out.add(f"{count} of {name}", f"at most {most:,} bins are drawn")
        if kind == "histogram2d" and bins not in trace:
            trace.setdefault(count, MOST_CHOSEN_BINS)


def _binned(trace: dict[str, Any], bins: str, letter: str, binned: Sequence[dict[str, Any]]) -> Extent | None:
    if len(binned) < 2:
        return _span(trace[bins], partial(extent_of, [trace.get(letter)]))
    ends = [part.get(end) for one in binned if isinstance(part := one.get(bins), dict) for end in ("start", "end")]
    return extent_of([ends, [one.get(letter) for one in binned]])


def bound_contours(trace: dict[str, Any], name: str, left_out: LeftOut) -> None:
    """Leave out contour lines that are too many for their data."""
    if "ncontours" in trace and not count_fits(trace["ncontours"], MOST_CONTOUR_LINES):
        del trace["ncontours"]
        left_out.add(f"ncontours of {name}", f"at most {MOST_CONTOUR_LINES} lines are drawn")
    contours = trace.get("contours")
    if not isinstance(contours, dict) or not {"start", "end", "size"} & contours.keys():
        return
    span = _span(contours, partial(extent_of, [trace.get("z")]))
    if not step_fits(contours.get("size"), span, MOST_CONTOUR_LINES):
        trace["contours"] = {key: value for key, value in contours.items() if key not in ("start", "end", "size")}
        # Plotly chooses the lines by itself where this is not false.
        trace.pop("autocontour", None)
        left_out.add(f"the lines of {name}", f"at most {MOST_CONTOUR_LINES} are drawn")


def bound_violin(trace: dict[str, Any], name: str, left_out: LeftOut) -> None:
    """Leave out a bandwidth that is too small, or a span that is too wide, for the data of a violin."""
    data = extent_of([trace.get("y"), trace.get("x")])
    if "bandwidth" in trace and not step_fits(trace["bandwidth"], data, MOST_VIOLIN_SAMPLES):
        del trace["bandwidth"]
        left_out.add(f"bandwidth of {name}", "it is too small for this data")
    span = extent_of([trace.get("span")])
    if span is not None and (data is None or span[1] - span[0] > _WIDEST_SPAN * (data[1] - data[0])):
        del trace["span"]
        left_out.add(f"span of {name}", "it is too wide for this data")


def _span(part: dict[str, Any], reach: Reach) -> Extent | None:
    """What bins or contour lines cover: from their own ``start`` to ``end``, else where the data begins and ends."""
    start, end = as_number(part.get("start")), as_number(part.get("end"))
    data = None if start is not None and end is not None else reach()
    first = start if start is not None else data and data[0]
    last = end if end is not None else data and data[1]
    return None if first is None or last is None else (min(first, last), max(first, last))
