"""How long each step took: from its start to its own end, on whichever clock the times were read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backend.protocol.events import DoneEvent, Event, StatusEvent, StepStateName
from backend.protocol.run_view import StepView
from backend.protocol.steps import fold_status

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class StepSpan:
    """One step, or one attempt of it where it started again. Times are milliseconds; ``ended_ms`` is None
    if the stream never closed it: such a step has no latency, and an end is not made up for it.
    """

    step_id: str
    step: str
    state: StepStateName
    started_ms: float
    ended_ms: float | None
    parent_id: str | None = None
    label: str | None = None

    @property
    def duration_ms(self) -> float | None:
        """From the start to the step's own end."""
        return None if self.ended_ms is None else self.ended_ms - self.started_ms


def step_spans(events: Iterable[Event], times_ms: Iterable[float]) -> tuple[StepSpan, ...]:
    """Every step in order of its start. A step that a stream only announces ends with the next one or with
    done.
    """
    steps: tuple[StepView, ...] = ()
    earlier_attempts: list[StepView] = []
    for event, at_ms in zip(events, times_ms, strict=True):
        if isinstance(event, StatusEvent):
            closed = {step.step_id: step for step in steps if not step.is_open}
            steps = fold_status(steps, event.model_copy(update={"at_ms": at_ms}))
            earlier_attempts += [closed[step.step_id] for step in steps if step.is_open and step.step_id in closed]
        elif isinstance(event, DoneEvent):
            steps = tuple(_ended_by_done(step, at_ms) for step in steps)
            break
    spans = [_span(step) for step in (*earlier_attempts, *steps)]
    return tuple(sorted(spans, key=lambda span: span.started_ms))


def self_time_ms(span: StepSpan, spans: Sequence[StepSpan]) -> float | None:
    """The step's duration less the time in which at least one of its children ran; None if it never ended."""
    if span.ended_ms is None:
        return None
    children = [
        (max(child.started_ms, span.started_ms), min(_end_within(child, span.ended_ms), span.ended_ms))
        for child in spans
        if child.parent_id == span.step_id and child is not span
    ]
    return span.ended_ms - span.started_ms - covered_ms(children)


def covered_ms(intervals: Iterable[Interval]) -> float:
    """The length of the union of intervals; an interval that ends before it starts covers nothing."""
    total, reached = 0.0, float("-inf")
    for start, end in sorted(intervals):
        if end > max(start, reached):
            total += end - max(start, reached)
            reached = end
    return total


def _end_within(span: StepSpan, otherwise: float) -> float:
    return otherwise if span.ended_ms is None else span.ended_ms


def _ended_by_done(step: StepView, at_ms: float) -> StepView:
    if step.announced and step.is_open:
        return step.model_copy(update={"state": "finished", "ended_ms": at_ms})
    return step


def _span(step: StepView) -> StepSpan:
    return StepSpan(step.step_id, step.step, step.state, step.started_ms, step.ended_ms, step.parent_id, step.label)
