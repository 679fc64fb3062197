"""The timeline of a run as a Plotly figure: steps, token density, evidence, warnings, silence and the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.present.evidence.sources import source_title
from backend.present.theme.chart_theme import template
from backend.present.theme.palette import COLOURS, Theme
from backend.present.timeline.facts import PlannedTimes, RunTimes, run_times
from backend.present.timeline.traces import density_traces, evidence_traces, plan_trace, step_traces
from backend.present.words import run as words
from backend.present.words.durations import format_count, format_ms
from backend.protocol.events import Event

_SMALL_TEXT_BELOW_PX: Final = 24
"""Rows lower than this have smaller labels."""
_EARLY: Final = 0.3
"""The word for an end that comes early on the clock is drawn after it: before it is the run's name or nothing."""
LANES: Final = ("Markers", "Citations", "Signals")


@dataclass(frozen=True, slots=True)
class Measures:
    """The heights of a timeline's parts, in pixels: a step's row, the tokens, a lane, and the space between them."""

    step_row: float = 30
    density: float = 62
    lane: float = 24
    gap: float = 12
    top: float = 22
    bottom: float = 34

    def plot(self, rows: int) -> float:
        """The height of a plot with so many rows of steps, without the parts above and below it."""
        return rows * self.step_row + self.density + len(LANES) * self.lane + 2 * self.gap


ROOMY: Final = Measures()


def timeline_figure(
    events: Sequence[Event],
    *,
    times_ms: Mapping[int, float] | None = None,
    plan: PlannedTimes | None = None,
    theme: Theme = "light",
    playhead_ms: float | None = None,
    clock_ms: float = 0.0,
    silence_ms: float = 1000.0,
    measures: Measures = ROOMY,
) -> dict[str, Any]:
    """A run over time, as a Plotly figure in a plain dictionary; x is seconds.

    ``times_ms`` gives each event another time by its ``seq`` (a client's arrival stamps, milliseconds) instead of
    ``at_ms``; ``plan`` is drawn as outlines behind the steps; ``playhead_ms`` draws the current moment; the clock
    reaches ``clock_ms`` at least. Silence longer than ``silence_ms`` is shaded. Points carry ``[seq, ms]`` as
    ``customdata``, so that a click can move the playhead.
    """
    run = run_times(events, times_ms, silence_ms)
    end_ms = max(run.end_ms, plan.end_ms if plan else 0.0, playhead_ms or 0.0, clock_ms, 1.0)
    rows = max(1, len(run.steps), len(plan.steps) if plan else 0)
    text_px = 10 if measures.step_row < _SMALL_TEXT_BELOW_PX else 11
    data = [
        *([plan_trace(plan, theme)] if plan else []),
        *step_traces(run, end_ms, theme, text_px),
        *density_traces(run, end_ms, theme),
        *evidence_traces(run, theme),
    ]
    return {"data": data, "layout": _layout(run, plan, end_ms, rows, theme, playhead_ms, measures)}


def timeline_table(events: Sequence[Event]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The same as text, for readers who cannot see the figure: time, kind and name; tokens as first, last and their
    count."""
    run = run_times(events, None, 0.0)
    rows: list[tuple[float, str, str]] = []
    for step in run.steps:
        duration = f", {format_ms(step.ended_ms - step.started_ms)}" if step.ended_ms is not None else ""
        rows.append((step.started_ms, "Step", f"{words.step_label(step)}, {words.STATE_WORDS[step.state]}{duration}"))
    rows += [(event.at_ms, "Citation", source_title(event)) for event in run.citations]
    rows += [(event.at_ms, words.readable(event.type), words.signal_text(event)) for event in run.signals]
    if run.tokens:
        count = format_count(len(run.tokens), "token event")
        rows.append((run.tokens[0].at_ms, "Answer", "first token event"))
        rows.append((run.tokens[-1].at_ms, "Answer", f"last token event, {count} in all"))
    if run.done is not None:
        rows.append((run.done.at_ms, "End", words.OUTCOME_WORDS[run.done.outcome]))
    ordered = sorted(rows, key=lambda row: row[0])
    return ("Time", "What", "Which"), tuple((format_ms(at_ms), what, which) for at_ms, what, which in ordered)


def _layout(
    run: RunTimes,
    plan: PlannedTimes | None,
    end_ms: float,
    rows: int,
    theme: Theme,
    playhead_ms: float | None,
    measures: Measures,
) -> dict[str, Any]:
    colours = COLOURS[theme]
    plot_px, lanes_px, gap = measures.plot(rows), len(LANES) * measures.lane, measures.gap
    lanes_top = lanes_px / plot_px
    density = ((lanes_px + gap) / plot_px, (lanes_px + gap + measures.density) / plot_px)
    quiet = {"zeroline": False, "fixedrange": True, "showgrid": False, "ticks": "", "showline": False}
    lane_ticks = {"tickvals": list(range(len(LANES))), "ticktext": list(LANES)}
    return {
        "template": template(theme),
        "height": plot_px + measures.top + measures.bottom,
        "margin": {"l": 68, "r": 14, "t": measures.top, "b": measures.bottom},
        "autosize": True,
        "showlegend": False,
        "barmode": "overlay",
        "hovermode": "closest",
        "dragmode": False,
        "xaxis": {
            "range": [0, end_ms * 1.02 / 1000],
            "ticksuffix": " s",
            "anchor": "free",
            "position": 0,
            "fixedrange": True,
            "zeroline": False,
            "nticks": 8,
        },
        "yaxis": {
            **quiet,
            "domain": [density[1] + gap / plot_px, 1],
            "range": [rows - 0.25, -0.75],
            "showticklabels": False,
        },
        "yaxis2": {**quiet, "domain": list(density), "rangemode": "tozero", "nticks": 3, "showgrid": True},
        "yaxis3": {**quiet, **lane_ticks, "domain": [0, lanes_top], "range": [-0.6, len(LANES) - 0.4]},
        "shapes": [*_silence_shapes(run, colours), *_moment_shapes(run, plan, colours, playhead_ms)],
        "annotations": _annotations(run, colours, density[1], end_ms),
    }


def _silence_shapes(run: RunTimes, colours: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "type": "rect", "xref": "x", "yref": "paper", "x0": start / 1000, "x1": end / 1000, "y0": 0, "y1": 1,
            "fillcolor": colours["sunken"], "line": {"width": 0}, "layer": "below",
        }
        for start, end in run.silences
    ]  # fmt: skip


def _moment_shapes(
    run: RunTimes, plan: PlannedTimes | None, colours: dict[str, str], playhead_ms: float | None
) -> list[dict[str, Any]]:
    moments: list[tuple[float, str, str, float]] = []
    if plan and plan.done_ms is not None:
        moments.append((plan.done_ms, colours["line-strong"], "dot", 1))
    if run.done:
        colour = colours["good"] if run.done.outcome == "completed" else colours["bad"]
        moments.append((run.done.at_ms, colour, "solid", 1.5))
    if playhead_ms is not None:
        moments.append((playhead_ms, colours["accent"], "solid", 2))
    return [
        {
            "type": "line", "xref": "x", "yref": "paper", "x0": at_ms / 1000, "x1": at_ms / 1000, "y0": 0, "y1": 1,
            "line": {"color": colour, "dash": dash, "width": width},
        }
        for at_ms, colour, dash, width in moments
    ]  # fmt: skip


def _annotations(run: RunTimes, colours: dict[str, str], density_top: float, end_ms: float) -> list[dict[str, Any]]:
    small = {"showarrow": False, "font": {"size": 11, "color": colours["muted"]}}
    notes = [
        {**small, "xref": "paper", "yref": "paper", "x": 0, "y": density_top, "xanchor": "left", "yanchor": "top",
         "xshift": 4, "text": "token events/s"},
    ]  # fmt: skip
    for start, end in run.silences:
        if end - start >= 0.12 * end_ms:
            middle = (start + end) / 2000
            notes.append({**small, "xref": "x", "yref": "paper", "x": middle, "y": 1, "yanchor": "bottom",
                          "text": f"{format_ms(end - start)} silent"})  # fmt: skip
    if run.done:
        text = words.OUTCOME_WORDS[run.done.outcome]
        side = "right" if run.done.at_ms > _EARLY * end_ms else "left"
        notes.append({**small, "xref": "x", "yref": "paper", "x": run.done.at_ms / 1000, "y": 1, "yanchor": "bottom",
                      "xanchor": side, "text": text})  # fmt: skip
    return notes
