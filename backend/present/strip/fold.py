"""Events in, strip out: each event is taken once, at a flat cost, and any division into pieces gives the same model."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Final

from backend.present.strip.axis import axis_reach
from backend.present.strip.density import Density, bin_width
from backend.present.strip.markers_in_time import MarkersInTime
from backend.present.strip.model import (
    MOST_ROWS,
    RowState,
    Signal,
    StepRow,
    StripModel,
    StripPoint,
    model_json,
)
from backend.present.strip.silences import Silences, without
from backend.present.strip.step_rows import StepRows, row_state
from backend.present.theme.palette import step_series
from backend.present.words import run as words, strip as words_strip
from backend.present.words.durations import format_ms
from backend.present.words.printable import printable
from backend.protocol.attempts import standing
from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    DoneEvent,
    ErrorEvent,
    Event,
    Outcome,
    StatusEvent,
    TokenEvent,
    WarningEvent,
)
from backend.protocol.run_view import StepView

MOST_BYTES: Final = 4_000
"""Bytes of a model's text, so that a frame with its clock stays below 4 kB."""


@dataclass(frozen=True, slots=True)
class _Room:
    """How much of a run is shown: bytes of a step's label, and points of each kind."""

    label_bytes: int
    points: int
    others: int


_ROOMS: Final = (_Room(64, 64, 24), _Room(36, 64, 24), _Room(24, 64, 16), _Room(16, 48, 12), _Room(10, 24, 8))
"""From the roomiest to one that always fits: the first whose text has ``MOST_BYTES`` at most is taken."""
_LARGEST_BIN: Final = 9_999
_LONGEST_MS: Final = 99_999_999
"""Later moments are drawn at this one, which is more than a day after the start."""


class StripFold:
    """The strip of one run. ``add`` takes the events in order; what came before or after ``done`` twice is left out."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.last_seq = 0
        """The number of the last event taken."""
        self._outcome: Outcome | None = None
        self._latency = ""
        self._steps = StepRows()
        self._tokens, self._hidden = Density(), Density()
        self._token_events = 0
        self._first_token_ms: float | None = None
        self._last_token_ms: float | None = None
        self._markers = MarkersInTime()
        self._citations: list[StripPoint] = []
        self._cited: dict[str, int] = {}
        self._numbers: set[int] = set()
        self._signals: list[Signal] = []
        self._artifacts: set[str] = set()
        self._silences = Silences()
        self._drawn: dict[tuple[int, int], tuple[StepView, StepRow]] = {}
        self.add(events)

    def add(self, events: Iterable[Event]) -> None:
        """More events of the run."""
        for event in standing(events):
            if self._outcome is None and (event.seq == 0 or event.seq > self.last_seq):
                self.last_seq = max(self.last_seq, event.seq)
                self._take(event)

    def model(self) -> StripModel:
        """The strip of all events so far."""
        end_ms, ended = self._silences.latest_ms, self._outcome is not None
        bin_ms = bin_width(end_ms, ended=ended)
        markers = [
            StripPoint(_whole(at_ms), number, number in self._numbers)
            for at_ms, number in self._markers.moments(self._numbers)
        ]
        whole = StripModel(
            end_ms=_whole(end_ms),
            axis_ms=float(max(_whole(end_ms), 1)) if ended else axis_reach(end_ms),
            outcome=self._outcome,
            first_token_ms=_known(self._first_token_ms),
            first_token="" if self._first_token_ms is None else format_ms(self._first_token_ms),
            latency=self._latency,
            last_token_ms=_known(self._last_token_ms),
            token_events=self._token_events,
            bin_ms=bin_ms,
            density=tuple(min(count, _LARGEST_BIN) for count in self._tokens.bins(bin_ms)),
            hidden=tuple(index for index, count in enumerate(self._hidden.bins(bin_ms)) if count),
        )
        for room in _ROOMS:
            model = self._fitted(whole, markers, room)
            text = model_json(model)
            if len(text.encode()) <= MOST_BYTES:
                break
        return replace(model, text=text)

    def _take(self, event: Event) -> None:
        if isinstance(event, TokenEvent):
            self._take_token(event)
        elif isinstance(event, StatusEvent):
            self._steps.add(event)
            for at_ms in event.activity_ms or ():
                # Hidden activity is older than the status that carries it, and as little before the start as that.
                self._hidden.add(min(max(0.0, at_ms), event.at_ms))
                self._silences.add(min(max(0.0, at_ms), event.at_ms))
        elif isinstance(event, CitationEvent):
            self._take_citation(event)
        elif isinstance(event, WarningEvent | ErrorEvent | ArtifactEvent):
            self._take_signal(event)
        elif isinstance(event, DoneEvent):
            self._outcome = event.outcome
            self._latency = format_ms(event.at_ms if event.latency_ms is None else event.latency_ms)
            self._steps.close(event.outcome, event.at_ms)
        self._silences.add(event.at_ms)

    def _take_token(self, event: TokenEvent) -> None:
        if not event.text:
            return
        if self._first_token_ms is None:
            self._first_token_ms = event.at_ms
        self._last_token_ms = event.at_ms
        self._token_events += 1
        self._tokens.add(event.at_ms)
        self._markers.add(event.text, event.at_ms)

    def _take_citation(self, event: CitationEvent) -> None:
        if event.number is not None:
            self._numbers.add(event.number)
        known = self._cited.get(event.citation_id) if event.citation_id is not None else None
        if known is not None:
            # An update of it: the source was there from its first event on.
            self._citations[known] = replace(self._citations[known], number=event.number or 0)
            return
        if event.citation_id is not None:
            self._cited[event.citation_id] = len(self._citations)
        self._citations.append(StripPoint(_whole(event.at_ms), event.number or 0))

    def _take_signal(self, event: WarningEvent | ErrorEvent | ArtifactEvent) -> None:
        if isinstance(event, ArtifactEvent):
            if event.artifact_id and event.artifact_id in self._artifacts:
                return
            self._artifacts.add(event.artifact_id)
        self._signals.append(Signal(_whole(event.at_ms), event.type))

    def _fitted(self, whole: StripModel, markers: Sequence[StripPoint], room: _Room) -> StripModel:
        """The model with as much as there is room for."""
        rows, more_steps = self._rows(room)
        waits = [wait for wait in self._steps.waits if wait.row < len(rows) - bool(more_steps)]
        end_ms = self._silences.latest_ms
        waited = [(wait.started_ms, end_ms if wait.ended_ms is None else wait.ended_ms) for wait in self._steps.waits]
        silences = without(self._silences.gaps(), waited)
        return replace(
            whole,
            rows=rows,
            more_steps=more_steps,
            waits=tuple(
                (wait.row, _whole(wait.started_ms), _known(wait.ended_ms)) for wait in waits[: room.others]
            ),
            citations=tuple(self._citations[: room.points]),
            more_citations=max(0, len(self._citations) - room.points),
            markers=tuple(markers[: room.points]),
            more_markers=max(0, len(markers) - room.points),
            signals=tuple(self._signals[: room.others]),
            more_signals=max(0, len(self._signals) - room.others),
            silences=tuple((_whole(start), _whole(end)) for start, end in silences[: room.others]),
            more_silences=max(0, len(silences) - room.others),
        )  # fmt: skip

    def _rows(self, room: _Room) -> tuple[tuple[StepRow, ...], int]:
        steps = self._steps.steps
        own = len(steps) if len(steps) <= MOST_ROWS else MOST_ROWS - 1
        rows = [self._row(index, room) for index in range(own)]
        if own < len(steps):
            rows.append(_rest(steps[own:]))
        return tuple(rows), len(steps) - own

    def _row(self, index: int, room: _Room) -> StepRow:
        """A step's row; most have not changed since the frame before."""
        step, depth, key = self._steps.steps[index], self._steps.depth(index), (index, room.label_bytes)
        known = self._drawn.get(key)
        if known is None or known[0] is not step or known[1].depth != depth:
            known = self._drawn[key] = (step, _row(step, depth, room))
        return known[1]


def strip_of(events: Iterable[Event]) -> StripModel:
    """The strip of a run whose events are all known."""
    return StripFold(events).model()


def _row(step: StepView, depth: int, room: _Room) -> StepRow:
    label = _within(words.step_label(step), room.label_bytes)
    series = step_series(step.step)
    started, ended = step.started_ms, step.ended_ms
    lasted = _lasted(started, ended)
    return StepRow(label, _whole(started), _known(ended), row_state(step), series, depth, lasted)


def _lasted(started_ms: float, ended_ms: float | None) -> str:
    return "" if ended_ms is None else format_ms(ended_ms - started_ms)


def _rest(steps: Sequence[StepView]) -> StepRow:
    """One row for steps that have none of their own: from the first start to the last end, failed if one failed."""
    states = {row_state(step) for step in steps}
    order: tuple[RowState, ...] = ("paused", "waiting", "running", "queued", "failed", "cancelled", "finished")
    ends = [step.ended_ms for step in steps if step.ended_ms is not None]
    started_ms, ended_ms = min(step.started_ms for step in steps), max(ends) if len(ends) == len(steps) else None
    return StepRow(
        label=words_strip.MORE_STEPS.format(len(steps)),
        started_ms=_whole(started_ms),
        ended_ms=_known(ended_ms),
        state=next(state for state in order if state in states),
        series=step_series(""),
        lasted=_lasted(started_ms, ended_ms),
    )


def _within(text: str, most_bytes: int) -> str:
    """The text, cut with an ellipsis so that its JSON has at most so many bytes."""
    clean = printable(text).encode("utf-8", "replace").decode().replace("\\", "/").replace('"', "'")
    if len(clean.encode()) <= most_bytes:
        return clean
    return clean.encode()[: most_bytes - 3].decode(errors="ignore").rstrip() + "…"


def _whole(at_ms: float) -> int:
    """Rounded up, so that a playhead there has the event behind it."""
    return min(ceil(at_ms), _LONGEST_MS)


def _known(at_ms: float | None) -> int | None:
    return None if at_ms is None else _whole(at_ms)


EMPTY_STRIP: Final = StripFold().model()
"""The strip before the first event."""
