"""The report's waterfalls: the arrivals of a run, over its plan."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.present.markup import Markup
from backend.present.strip.fold import strip_of
from backend.present.strip.still import still_strip
from backend.present.timeline.facts import PlannedStep, PlannedTimes, moved
from backend.protocol.events import Event
from evals.results.models import PlanResult, Results


@dataclass(frozen=True, slots=True)
class RunEvents:
    """The events of a run as its reader saw them, up to done, and the arrival of each: in milliseconds since the
    request, or since the acceptance of the run if only a recording is known."""

    events: tuple[Event, ...]
    times_ms: tuple[float, ...]


def waterfalls(results: Results, events: Mapping[int, RunEvents]) -> dict[int, Markup]:
    """The strip of each of these runs, by its index in the results."""
    return {place: waterfall(of_run, _plan(results, place)) for place, of_run in events.items()}


def waterfall(run: RunEvents, plan: PlanResult | None) -> Markup:
    """One run: its strip by the times of its arrivals, over its plan."""
    times = {event.seq: at_ms for event, at_ms in zip(run.events, run.times_ms, strict=True)}
    model = strip_of(moved(run.events, times))
    return still_strip(model, plan=None if plan is None else _times(plan), linked=False)


def _plan(results: Results, place: int) -> PlanResult | None:
    at = results.runs[place].plan
    return None if at is None else results.plans[at]


def _times(plan: PlanResult) -> PlannedTimes:
    steps = tuple(PlannedStep(step.label, step.started_ms, step.ended_ms) for step in plan.steps)
    return PlannedTimes(steps, plan.done_ms, plan.end_ms)
