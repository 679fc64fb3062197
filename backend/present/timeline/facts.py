"""The facts of a timeline: the time of everything in a run, computed once from its events."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from backend.present.words import run as words
from backend.protocol.citations import find_markers
from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    DoneEvent,
    ErrorEvent,
    Event,
    StatusEvent,
    TokenEvent,
    WarningEvent,
)
from backend.protocol.run_view import StepView
from backend.protocol.steps import close_open_steps, fold_status

DENSITY_BINS = 96


@dataclass(frozen=True, slots=True)
class MarkerMoment:
    """A completed marker: the event that completed it, and the time of its citation (None: never)."""

    number: int
    seq: int
    at_ms: float
    cited_at_ms: float | None


@dataclass(frozen=True, slots=True)
class RunTimes:
    """A run on one clock, milliseconds since it was accepted (or since the request, for arrival times)."""

    events: tuple[Event, ...]
    steps: tuple[StepView, ...]
    tokens: tuple[TokenEvent, ...]
    citations: tuple[CitationEvent, ...]
    markers: tuple[MarkerMoment, ...]
    silences: tuple[tuple[float, float], ...]
    done: DoneEvent | None
    end_ms: float

    @property
    def signals(self) -> tuple[WarningEvent | ErrorEvent | ArtifactEvent, ...]:
        """Warnings, errors and artifacts in order."""
        return tuple(event for event in self.events if isinstance(event, WarningEvent | ErrorEvent | ArtifactEvent))


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step of a plan, in milliseconds from the acceptance of the run."""

    label: str
    started_ms: float
    ended_ms: float


@dataclass(frozen=True, slots=True)
class PlannedTimes:
    """The plan of a script: its steps, and its end. ``done_ms`` is None if it sends no done."""

    steps: tuple[PlannedStep, ...]
    done_ms: float | None
    end_ms: float


def run_times(events: Sequence[Event], times_ms: Mapping[int, float] | None, silence_ms: float) -> RunTimes:
    """The run's facts, on the events' own clock or with each event at ``times_ms[seq]`` if that is given."""
    moved = tuple(_moved(event, times_ms) for event in events)
    steps = steps_of(moved)
    done = next((event for event in moved if isinstance(event, DoneEvent)), None)
    if done is not None:
        steps = close_open_steps(steps, done.outcome, done.at_ms)
    tokens = tuple(event for event in moved if isinstance(event, TokenEvent) and event.text)
    citations = tuple(event for event in moved if isinstance(event, CitationEvent))
    moments = [0.0, *sorted(event.at_ms for event in moved)]
    return RunTimes(
        events=moved,
        steps=steps,
        tokens=tokens,
        citations=citations,
        markers=_marker_moments(tokens, citations),
        silences=tuple((before, after) for before, after in pairwise(moments) if after - before > silence_ms),
        done=done,
        end_ms=moments[-1],
    )


def planned_times(events: Sequence[Event]) -> PlannedTimes:
    """The plan in these events of a script; a step without an end reaches to the last event."""
    plan = run_times(events, None, 0.0)
    steps = tuple(
        PlannedStep(words.step_label(step), step.started_ms, plan.end_ms if step.ended_ms is None else step.ended_ms)
        for step in plan.steps
    )
    return PlannedTimes(steps, plan.done.at_ms if plan.done else None, plan.end_ms)


def steps_of(events: Sequence[Event]) -> tuple[StepView, ...]:
    """The steps in these events, open ones as open."""
    steps: tuple[StepView, ...] = ()
    for event in events:
        if isinstance(event, StatusEvent):
            steps = fold_status(steps, event)
    return steps


def token_density(tokens: Sequence[TokenEvent], end_ms: float) -> tuple[list[float], list[float]]:
    """Token events per second over the run: (middle of each bin in ms, rate), in ``DENSITY_BINS`` equal bins."""
    width = max(end_ms, 1.0) / DENSITY_BINS
    counts = [0] * DENSITY_BINS
    for token in tokens:
        counts[min(DENSITY_BINS - 1, int(token.at_ms / width))] += 1
    return [(index + 0.5) * width for index in range(DENSITY_BINS)], [count * 1000.0 / width for count in counts]


def _moved(event: Event, times_ms: Mapping[int, float] | None) -> Event:
    at_ms = None if times_ms is None else times_ms.get(event.seq)
    return event if at_ms is None else event.model_copy(update={"at_ms": max(0.0, at_ms)})


def _marker_moments(tokens: Sequence[TokenEvent], citations: Sequence[CitationEvent]) -> tuple[MarkerMoment, ...]:
    """Each marker with the token that completed it."""
    cited: dict[int, float] = {}
    for citation in citations:
        if citation.number is not None:
            cited.setdefault(citation.number, citation.at_ms)
    ends = list(accumulate(len(token.text) for token in tokens))
    moments = []
    for marker in find_markers("".join(token.text for token in tokens), cited):
        token = tokens[bisect_left(ends, marker.end)]
        moments.append(MarkerMoment(marker.number, token.seq, token.at_ms, cited.get(marker.number)))
    return tuple(moments)
