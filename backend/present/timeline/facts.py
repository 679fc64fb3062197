"""The facts of a timeline: the steps of a run and of a plan, and events at other times than their own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from backend.present.words import run as words
from backend.protocol.events import DoneEvent, Event, StatusEvent
from backend.protocol.run_view import StepView
from backend.protocol.steps import close_open_steps, fold_status


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


def planned_times(events: Sequence[Event]) -> PlannedTimes:
    """The plan in these events of a script; a step without an end reaches to the last event."""
    done = next((event for event in events if isinstance(event, DoneEvent)), None)
    end_ms = max((event.at_ms for event in events), default=0.0)
    steps = tuple(
        PlannedStep(words.step_label(step), step.started_ms, end_ms if step.ended_ms is None else step.ended_ms)
        for step in closed_steps_of(events)
    )
    return PlannedTimes(steps, done.at_ms if done else None, end_ms)


def steps_of(events: Sequence[Event]) -> tuple[StepView, ...]:
    """The steps in these events, open ones as open."""
    steps: tuple[StepView, ...] = ()
    for event in events:
        if isinstance(event, StatusEvent):
            steps = fold_status(steps, event)
    return steps


def closed_steps_of(events: Sequence[Event]) -> tuple[StepView, ...]:
    """The steps in these events, as the end of the run leaves them if it is among them."""
    done = next((event for event in events if isinstance(event, DoneEvent)), None)
    steps = steps_of(events)
    return close_open_steps(steps, done.outcome, done.at_ms) if done is not None else steps


def moved(events: Sequence[Event], times_ms: Mapping[int, float]) -> Iterator[Event]:
    """Each event at ``times_ms[seq]`` if that is given, else at its own time, in milliseconds.

    Hidden activity keeps its distance to the status that carries it.
    """
    for event in events:
        at_ms = times_ms.get(event.seq)
        if at_ms is None:
            yield event
            continue
        changes: dict[str, object] = {"at_ms": max(0.0, at_ms)}
        if isinstance(event, StatusEvent) and event.activity_ms:
            changes["activity_ms"] = tuple(one + at_ms - event.at_ms for one in event.activity_ms)
        yield event.model_copy(update=changes)
