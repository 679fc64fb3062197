"""The part of an agent's figure that a page can draw in a moment, with a notice of what was left out.

A few bytes can ask for endless work: contour lines 1e-8 apart, a histogram of 1e5 by 1e5 bins. So a figure is bounded
by what it computes. One bad value costs that value, one bad trace that trace; the rest of the chart is drawn.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from backend.protocol.charts.allowed import AXIS, COLOUR_AXIS, LAYOUT_KEYS, TRACE_KEYS
from backend.protocol.charts.axes import bound_colour_bars, bounded_axis
from backend.protocol.charts.graphs import graph_problem
from backend.protocol.charts.grids import cells_of, without_dense_lines
from backend.protocol.charts.groups import MOST_CATEGORIES, group_problem, words_of
from backend.protocol.charts.left_out import LeftOut
from backend.protocol.charts.steps import bound_bins, bound_contours, bound_violin, count_fits, is_histogram
from backend.protocol.charts.typed_arrays import is_typed_array, typed_numbers
from backend.protocol.charts.values import MOST_DEPTH, NOTHING, drawable, drawable_object

MOST_TRACES: Final = 100
MOST_AXES: Final = 24
"""Horizontal and vertical axes together."""
MOST_MARKS: Final = 200
"""Annotations, and shapes, of a layout."""
MOST_GAUGE_STEPS: Final = 100
MOST_STACKED: Final = 5_000
"""Points of areas that stand on one another: Plotly gives each of them the places of all others."""
MOST_GRID: Final = 12
"""Rows, and columns, of a grid of plots."""
MOST_POINTS: Final[dict[str, int]] = {
    **dict.fromkeys(("indicator", "pie"), 500),
    **dict.fromkeys(("sankey", "sunburst", "treemap"), 1_000),
    **dict.fromkeys(("candlestick", "ohlc"), 3_000),
    **dict.fromkeys(("funnel", "waterfall"), 5_000),
    **dict.fromkeys(("bar", "box", "violin"), 10_000),
    **dict.fromkeys(("scatter", "contour"), 20_000),
    **dict.fromkeys(("histogram", "histogram2d"), 100_000),
    **dict.fromkeys(("heatmap", "scattergl"), 200_000),
}
"""Points, cells or members of one type in a chart, all its traces together."""

_DATA_KEYS: Final = (
    *("x", "y", "z", "values", "labels", "parents", "open", "high", "low", "close"),
    *("q1", "median", "q3", "mean", "lowerfence", "upperfence"),
)
_MOST_NAMED: Final = 6


@dataclass(frozen=True, slots=True)
class BoundedChart:
    """A figure's traces and layout as they may be drawn, and what was left out, each as a name with its reason."""

    data: list[dict[str, Any]]
    layout: dict[str, Any]
    left_out: tuple[str, ...] = ()

    @property
    def notice(self) -> str:
        """What was left out in one sentence, or an empty text."""
        if not self.left_out:
            return ""
        named = "; ".join(self.left_out[:_MOST_NAMED])
        rest = len(self.left_out) - _MOST_NAMED
        return f"Left out of this chart: {named}{f'; and {rest} more' if rest > 0 else ''}."


def bounded_chart(content: dict[str, Any]) -> BoundedChart:
    """The figure ``{"data": [traces], "layout": {…}}`` without what a page cannot draw in a moment.

    Never raises for JSON: a value that is not understood is left out. The content itself is not changed.
    """
    traces, layout = content.get("data"), content.get("layout")
    given = traces if isinstance(traces, list) else []
    bounding = _Bounding(binned=tuple(one for one in given if is_histogram(one)))
    data = [kept for number, trace in enumerate(given, start=1) if (kept := bounding.trace(trace, number)) is not None]
    kept_layout = bounding.layout(layout if isinstance(layout, dict) else {}, data)
    if "shapes" in kept_layout:
        kept_layout["shapes"] = [shape for shape in kept_layout["shapes"] if _has_path(shape)]
    return BoundedChart(data, kept_layout, tuple(bounding.left_out.parts))


@dataclass(slots=True)
class _Bounding:
    """One pass over a figure: points counted so far by type, axes and categories met, and what was left out."""

    left_out: LeftOut = field(default_factory=LeftOut)
    points: dict[str, int] = field(default_factory=dict)
    axes: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    stacked: int = 0
    binned: tuple[dict[str, Any], ...] = ()
    """All histograms of the figure, which may share their bins."""

    def trace(self, trace: Any, number: int) -> dict[str, Any] | None:
        """The trace with the keys that its type may have; None if it is not drawn."""
        name = f"trace {number}"
        kind = trace.get("type", "scatter") if isinstance(trace, dict) else None
        problem = self._problem(trace, kind, number)
        if problem or not isinstance(kind, str):
            self.left_out.add(name, problem)
            return None
        allowed = TRACE_KEYS[kind]
        kept = drawable_object({key: value for key, value in trace.items() if key in allowed}, name, self.left_out)
        for key in trace.keys() - allowed:
            self.left_out.add(f"{key} of {name}", "it is not known")
        bound_bins(kept, kind, name, self.left_out, self.binned)
        bound_contours(kept, name, self.left_out)
        if kind == "violin":
            bound_violin(kept, name, self.left_out)
        bound_colour_bars(kept, name, self.left_out)
        without_dense_lines(kept, name, TRACE_KEYS["heatmap"], self.left_out)
        return kept

    def layout(self, layout: dict[str, Any], data: list[dict[str, Any]]) -> dict[str, Any]:
        """The layout's known keys; axes place their ticks within what the data covers."""
        kept: dict[str, Any] = {}
        for key, value in layout.items():
            if AXIS.match(key) and isinstance(value, dict):
                kept[key] = bounded_axis(key, layout, data, self.left_out)
            elif COLOUR_AXIS.match(key) and isinstance(value, dict):
                kept[key] = drawable_object(value, key, self.left_out, 1)
                bound_colour_bars(kept[key], key, self.left_out)
            elif key not in LAYOUT_KEYS:
                self.left_out.add(key, "it is not known")
            elif key in ("annotations", "shapes") and not (isinstance(value, list) and len(value) <= MOST_MARKS):
                self.left_out.add(key, f"at most {MOST_MARKS} are drawn")
            elif key == "grid" and not _is_small_grid(value):
                self.left_out.add(key, f"at most {MOST_GRID} rows and columns are drawn")
            elif (found := drawable(value, key, key, self.left_out)) is not NOTHING:
                kept[key] = found
        return kept

    def _problem(self, trace: Any, kind: Any, number: int) -> str:
        """Why the trace is not drawn; empty if it is, and then its points and axes are counted."""
        if not isinstance(kind, str) or kind not in TRACE_KEYS:
            return f"charts of type {kind!r:.40} are not drawn"
        if number > MOST_TRACES:
            return f"at most {MOST_TRACES} are drawn"
        points = self.points.get(kind, 0) + _size(trace)
        if points > MOST_POINTS[kind]:
            return f"at most {MOST_POINTS[kind]:,} points of type {kind} are drawn"
        words = self.words | words_of(trace)
        if len(words) > MOST_CATEGORIES:
            return f"at most {MOST_CATEGORIES:,} categories are drawn"
        problem = group_problem(trace, kind) or graph_problem(trace, kind) or _gauge_problem(trace)
        if problem:
            return problem
        stacked = self.stacked + (_size(trace) if trace.get("stackgroup") else 0)
        if stacked > MOST_STACKED:
            return f"at most {MOST_STACKED:,} stacked points are drawn"
        axes = self.axes | {f"{letter}{str(trace.get(f'{letter}axis', letter))[1:]}" for letter in "xy"}
        if len(axes) > MOST_AXES:
            return f"at most {MOST_AXES} axes are drawn"
        self.points[kind], self.axes, self.words, self.stacked = points, axes, words, stacked
        return ""


def _size(trace: dict[str, Any]) -> int:
    """The points, cells or members of a trace."""
    inner = [trace[part] for part in ("node", "link") if isinstance(trace.get(part), dict)]
    values: Iterable[Any] = [trace.get(key) for key in _DATA_KEYS] + [one for part in inner for one in part.values()]
    cells = cells_of(trace) if trace.get("type") in ("contour", "heatmap") else 0
    return max(cells, *map(_count, values))


def _has_path(shape: Any) -> bool:
    """Whether Plotly can draw the shape: one by a path without it ends the drawing of the whole chart."""
    return not isinstance(shape, dict) or shape.get("type") != "path" or isinstance(shape.get("path"), str)


def _gauge_problem(trace: dict[str, Any]) -> str:
    gauge = trace.get("gauge")
    steps = gauge.get("steps") if isinstance(gauge, dict) else None
    many = isinstance(steps, list) and len(steps) > MOST_GAUGE_STEPS
    return f"at most {MOST_GAUGE_STEPS} steps of a gauge are drawn" if many else ""


def _count(value: Any, depth: int = 0) -> int:
    if is_typed_array(value):
        return len(typed_numbers(value) or ())
    if isinstance(value, list) and depth < MOST_DEPTH:
        return sum(_count(inner, depth + 1) if isinstance(inner, list) else 1 for inner in value)
    return 0


def _is_small_grid(grid: Any) -> bool:
    return isinstance(grid, dict) and all(
        count_fits(grid[key], MOST_GRID) for key in ("rows", "columns") if key in grid
    )
