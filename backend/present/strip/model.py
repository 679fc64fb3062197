"""What a strip shows, as plain values, and the text that carries it: at most 4 kB, whatever the run."""

import json
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from backend.protocol.events import Outcome, StepStateName

MOST_ROWS: Final = 40
"""Rows of steps; of more steps, the last row stands for all that have none of their own."""

RowState = Literal["running", "waiting", "paused", "queued", "finished", "failed", "cancelled"]
"""``paused``: the run stands still; ``queued``: a message that is not delivered yet. Their first two letters differ."""

SignalKind = Literal["warning", "error", "artifact"]

ROW_STATES: Final[dict[StepStateName, RowState]] = {
    "started": "running",
    "progress": "running",
    "waiting": "waiting",
    "finished": "finished",
    "failed": "failed",
    "cancelled": "cancelled",
}


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step, or all steps without a row of their own. ``ended_ms`` is None while it is open."""

    label: str
    started_ms: int
    ended_ms: int | None
    state: RowState
    series: int
    """Which colour of the series its bar has."""
    depth: int = 0
    lasted: str = ""
    """How long it took, in the words of the list of steps; empty while it is open."""


@dataclass(frozen=True, slots=True)
class StripPoint:
    """A citation or a marker: its time, its number (0 without one). A marker is ``resolved`` once it has a source."""

    at_ms: int
    number: int
    resolved: bool = True


@dataclass(frozen=True, slots=True)
class Signal:
    """A warning, an error or an artifact."""

    at_ms: int
    kind: SignalKind


@dataclass(frozen=True, slots=True)
class StripModel:
    """A run on its clock; all times are whole milliseconds since it was accepted, rounded up.

    Of citations, markers, signals, silences and waits the first ones are here; each ``more_…`` counts the rest.
    """

    end_ms: int = 0
    """The last moment so far, or the run's end."""
    axis_ms: float = 5_000.0
    """The end of the axis."""
    outcome: Outcome | None = None
    """None while the run is running."""
    first_token_ms: int | None = None
    first_token: str = ""
    """The same in the words of the answer's line: made of the exact time, which may round to another number."""
    latency: str = ""
    """How long the run took, in those words; empty while it is running."""
    last_token_ms: int | None = None
    token_events: int = 0
    bin_ms: float = 0.0
    density: tuple[int, ...] = ()
    """Token events in each bin."""
    hidden: tuple[int, ...] = ()
    """The bins in which hidden activity came, such as a model's reasoning."""
    rows: tuple[StepRow, ...] = ()
    more_steps: int = 0
    """The steps that the last row stands for; 0 if each step has a row."""
    waits: tuple[tuple[int, int, int | None], ...] = ()
    """(row, start, end) of each stretch in which a step waited for a person, or the run was paused."""
    citations: tuple[StripPoint, ...] = ()
    more_citations: int = 0
    markers: tuple[StripPoint, ...] = ()
    more_markers: int = 0
    signals: tuple[Signal, ...] = ()
    more_signals: int = 0
    silences: tuple[tuple[int, int], ...] = ()
    more_silences: int = 0
    text: str = field(default="", compare=False)
    """The model as JSON: what the pages' script and an exported page get."""

    @property
    def ended(self) -> bool:
        """True if the run is over."""
        return self.outcome is not None


def model_json(model: StripModel) -> str:
    """The model as one line of JSON. Points are flat lists of times and numbers; a negative number has no source."""
    value: dict[str, Any] = {
        "end": model.end_ms,
        "axis": model.axis_ms,
        "outcome": model.outcome,
        "first": model.first_token_ms,
        "last": model.last_token_ms,
        "said": [model.first_token, model.latency],
        "tokens": model.token_events,
        "bin": round(model.bin_ms, 4),
        "density": model.density,
        "hidden": model.hidden,
        "steps": [
            [row.label, row.started_ms, row.ended_ms, row.state[:2], row.series, row.depth, row.lasted]
            for row in model.rows
        ],
        "waits": model.waits,
        "citations": _flat(model.citations),
        "markers": _flat(model.markers),
        "signals": [part for signal in model.signals for part in (signal.at_ms, signal.kind[0])],
        "silences": [part for silence in model.silences for part in silence],
        "more": [
            model.more_steps, model.more_citations, model.more_markers, model.more_signals, model.more_silences
        ],
    }  # fmt: skip
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _flat(points: tuple[StripPoint, ...]) -> list[int]:
    return [part for point in points for part in (point.at_ms, point.number if point.resolved else -point.number)]
