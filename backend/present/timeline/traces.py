"""The chart traces of a timeline: bars for steps, an area for tokens, points and links for the evidence."""

from html import escape
from typing import Any, Final, NamedTuple

from backend.present.evidence.sources import source_title
from backend.present.theme.palette import COLOURS, SERIES, Theme, step_colour
from backend.present.timeline.facts import PlannedTimes, RunTimes, token_density
from backend.present.words import run as words
from backend.present.words.durations import format_ms, format_rate
from backend.protocol.events import ArtifactEvent, ErrorEvent, WarningEvent
from backend.protocol.run_view import StepView

_MARKER_LANE: Final = 0
_CITATION_LANE: Final = 1
_SIGNAL_LANE: Final = 2
_BAR_OFFSET: Final = 0.16
"""A step's bar is under its label, within the row."""
_HATCHED: Final = {"failed": "/", "cancelled": "."}


class _Bar(NamedTuple):
    """A step as a bar in its row. ``started_ms`` and ``ended_ms`` are on the run's clock."""

    step: StepView
    started_ms: float
    ended_ms: float
    duration: str


def _bars(run: RunTimes) -> list[_Bar]:
    """The steps of the run; one that is still open reaches to the end of the run so far."""
    bars = []
    for step in run.steps:
        ended_ms = run.end_ms if step.ended_ms is None else step.ended_ms
        bars.append(_Bar(step, step.started_ms, ended_ms, format_ms(ended_ms - step.started_ms)))
    return bars


def step_traces(run: RunTimes, clock_ms: float, theme: Theme, text_px: int = 11) -> list[dict[str, Any]]:
    """One bar per step with its label above; failed and cancelled ones are hatched, running ones pale.

    ``clock_ms`` is the end of the axis: the labels of late steps are before the end of their bars. ``text_px`` is the
    size of the labels.
    """
    if not run.steps:
        return []
    bars = _bars(run)
    labels = [escape(words.shortened(words.step_label(step), 60)) for step in run.steps]
    return [_step_bars(bars, labels, clock_ms, theme), _step_labels(bars, labels, clock_ms, theme, text_px)]


def _step_bars(bars: list[_Bar], labels: list[str], clock_ms: float, theme: Theme) -> dict[str, Any]:
    shortest_ms = clock_ms * 0.002
    return {
        "type": "bar",
        "orientation": "h",
        "name": "Steps",
        "base": [bar.started_ms / 1000 for bar in bars],
        "x": [max(bar.ended_ms - bar.started_ms, shortest_ms) / 1000 for bar in bars],
        "y": [row + _BAR_OFFSET for row in range(len(bars))],
        "width": 0.3,
        "marker": {
            "color": [step_colour(bar.step.step, theme) for bar in bars],
            "opacity": [0.55 if bar.step.is_open else 1.0 for bar in bars],
            "pattern": {
                "shape": [_HATCHED.get(bar.step.state, "") for bar in bars],
                "fgcolor": COLOURS[theme]["ground"],
            },
            "line": {"width": 0},
        },
        "customdata": [[0, bar.started_ms] for bar in bars],
        "hovertext": [
            f"{label}<br>{words.STATE_WORDS[bar.step.state]}, {bar.duration}, from {format_ms(bar.started_ms)}"
            for bar, label in zip(bars, labels, strict=True)
        ],
        "hoverinfo": "text",
    }


def _step_labels(bars: list[_Bar], labels: list[str], clock_ms: float, theme: Theme, text_px: int) -> dict[str, Any]:
    """A label reaches to the right from the beginning of its bar, or of a late step to the left from its end."""
    late = [bar.started_ms > 0.45 * clock_ms for bar in bars]
    ends = [bar.ended_ms if is_late else bar.started_ms for bar, is_late in zip(bars, late, strict=True)]
    return {
        "type": "scatter",
        "mode": "text",
        "x": [end_ms / 1000 for end_ms in ends],
        "y": [row - 0.02 for row in range(len(bars))],
        "text": [f"{label}  {bar.duration}" for bar, label in zip(bars, labels, strict=True)],
        "textposition": ["top left" if is_late else "top right" for is_late in late],
        "textfont": {"size": text_px, "color": COLOURS[theme]["text"]},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def plan_trace(plan: PlannedTimes, theme: Theme) -> dict[str, Any]:
    """The scripted steps as outlines."""
    return {
        "type": "bar",
        "orientation": "h",
        "name": "Script",
        "base": [step.started_ms / 1000 for step in plan.steps],
        "x": [(step.ended_ms - step.started_ms) / 1000 for step in plan.steps],
        "y": [row + _BAR_OFFSET for row in range(len(plan.steps))],
        "width": 0.46,
        "marker": {"color": "rgba(0,0,0,0)", "line": {"color": COLOURS[theme]["line-strong"], "width": 1.2}},
        "hovertext": [
            f"Script: {escape(step.label)}<br>{format_ms(step.ended_ms - step.started_ms)}, "
            f"from {format_ms(step.started_ms)}"
            for step in plan.steps
        ],
        "hoverinfo": "text",
    }


def density_traces(run: RunTimes, end_ms: float, theme: Theme) -> list[dict[str, Any]]:
    """Token events per second as an area, and the first token as a point."""
    colour = SERIES[theme][0]
    middles, rates = token_density(run.tokens, end_ms)
    area = {
        "type": "scatter",
        "mode": "lines",
        "name": "Token events/s",
        "x": [middle / 1000 for middle in middles],
        "y": rates,
        "yaxis": "y2",
        "line": {"width": 1, "color": colour, "shape": "hvh"},
        "fill": "tozeroy",
        "fillcolor": _faded(colour),
        "customdata": [[0, middle] for middle in middles],
        "hovertext": [f"{format_rate(rate)} token events/s" for rate in rates],
        "hoverinfo": "text",
    }
    if not run.tokens:
        return [area]
    first = run.tokens[0]
    point = {
        "type": "scatter",
        "mode": "markers",
        "name": "First token",
        "x": [first.at_ms / 1000],
        "y": [0],
        "yaxis": "y2",
        "marker": {"symbol": "triangle-up", "size": 9, "color": colour},
        "customdata": [[first.seq, first.at_ms]],
        "hovertext": [f"First token after {format_ms(first.at_ms)}"],
        "hoverinfo": "text",
        "cliponaxis": False,
    }
    return [area, point]


def evidence_traces(run: RunTimes, theme: Theme) -> list[dict[str, Any]]:
    """Citations, the markers that refer to them, a line between the two, and signals above."""
    return [*_links(run, theme), *_citations(run, theme), *_markers(run, theme), *_signals(run, theme)]


def _links(run: RunTimes, theme: Theme) -> list[dict[str, Any]]:
    """From each citation to its markers: early ones in the quiet colour, late ones dotted in the colour of trouble."""
    traces = []
    for late in (False, True):
        xs: list[float | None] = []
        ys: list[int | None] = []
        for marker in run.markers:
            if marker.cited_at_ms is not None and (marker.cited_at_ms > marker.at_ms) == late:
                xs += [marker.cited_at_ms / 1000, marker.at_ms / 1000, None]
                ys += [_CITATION_LANE, _MARKER_LANE, None]
        if xs:
            line = {
                "width": 1.6 if late else 1,
                "color": COLOURS[theme]["bad" if late else "line-strong"],
                "dash": "dot" if late else "solid",
            }
            name = "Late citation" if late else "Citation"
            traces.append({"type": "scatter", "mode": "lines", "name": name, "x": xs, "y": ys, "yaxis": "y3",
                           "line": line, "hoverinfo": "skip"})  # fmt: skip
    return traces


def _citations(run: RunTimes, theme: Theme) -> list[dict[str, Any]]:
    used = {marker.number for marker in run.markers}
    rows = [
        (event.at_ms, event.seq, "diamond" if event.number in used else "diamond-open",
         f"[{event.number if event.number is not None else '–'}] {escape(source_title(event))}"
         + ("" if event.number in used else "<br>not referred to"))
        for event in run.citations
    ]  # fmt: skip
    return _points("Citations", rows, _CITATION_LANE, SERIES[theme][2], theme)


def _markers(run: RunTimes, theme: Theme) -> list[dict[str, Any]]:
    rows = []
    for marker in run.markers:
        if marker.cited_at_ms is None:
            said = "never got a source"
        elif marker.cited_at_ms > marker.at_ms:
            said = f"source came {format_ms(marker.cited_at_ms - marker.at_ms)} later"
        else:
            said = f"source came {format_ms(marker.at_ms - marker.cited_at_ms)} before"
        symbol = "circle-open" if marker.cited_at_ms is None else "circle"
        rows.append((marker.at_ms, marker.seq, symbol, f"Marker [{marker.number}]<br>{said}"))
    return _points("Markers", rows, _MARKER_LANE, COLOURS[theme]["accent"], theme)


def _signals(run: RunTimes, theme: Theme) -> list[dict[str, Any]]:
    colours = COLOURS[theme]
    warnings, errors, artifacts = [], [], []
    for event in run.signals:
        if isinstance(event, WarningEvent):
            warnings.append((event.at_ms, event.seq, "triangle-up", _hover("Warning", event)))
        elif isinstance(event, ErrorEvent):
            errors.append((event.at_ms, event.seq, "x", _hover("Error", event)))
        else:
            artifacts.append((event.at_ms, event.seq, "square", _hover(words.ARTIFACT_TITLES[event.kind], event)))
    return [
        *_points("Artifacts", artifacts, _SIGNAL_LANE, SERIES[theme][3], theme),
        *_points("Warnings", warnings, _SIGNAL_LANE, colours["caution"], theme),
        *_points("Errors", errors, _SIGNAL_LANE, colours["bad"], theme),
    ]


def _hover(head: str, event: WarningEvent | ErrorEvent | ArtifactEvent) -> str:
    return f"{head}: {escape(words.signal_text(event))}"


def _points(
    name: str, rows: list[tuple[float, int, str, str]], lane: int, colour: str, theme: Theme
) -> list[dict[str, Any]]:
    if not rows:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": [at_ms / 1000 for at_ms, _, _, _ in rows],
            "y": [lane] * len(rows),
            "yaxis": "y3",
            "marker": {"symbol": [symbol for _, _, symbol, _ in rows], "size": 9, "color": colour,
                       "line": {"width": 1, "color": COLOURS[theme]["ground"]}},
            "customdata": [[seq, at_ms] for at_ms, seq, _, _ in rows],
            "hovertext": [text for _, _, _, text in rows],
            "hoverinfo": "text",
            "cliponaxis": False,
        }
    ]  # fmt: skip


def _faded(colour: str) -> str:
    red, green, blue = (int(colour[index : index + 2], 16) for index in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.22)"
