"""The report's waterfalls: the arrivals of a run, over its plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from backend.present.offline_page.two_themes import Figure, two_themes
from backend.present.theme.palette import Theme
from backend.present.timeline.facts import PlannedStep, PlannedTimes
from backend.present.timeline.figure import timeline_figure
from backend.protocol.events import Event
from evals.results.models import PlanResult, Results


@dataclass(frozen=True, slots=True)
class RunEvents:
    """The events of a run as its reader saw them, up to done, and the arrival of each: in milliseconds since the
    request, or since the acceptance of the run if only a recording is known."""

    events: tuple[Event, ...]
    times_ms: tuple[float, ...]


def waterfalls(results: Results, events: Mapping[int, RunEvents]) -> dict[str, Any]:
    """A figure for each of these runs, by its name on the page."""
    return {
        f"run-{place}": two_themes(partial(waterfall, of_run, _plan(results, place)))
        for place, of_run in events.items()
    }


def waterfall(run: RunEvents, plan: PlanResult | None, theme: Theme) -> Figure:
    """One run."""
    times = {event.seq: at_ms for event, at_ms in zip(run.events, run.times_ms, strict=True)}
    return timeline_figure(run.events, times_ms=times, plan=None if plan is None else _times(plan), theme=theme)


def _plan(results: Results, place: int) -> PlanResult | None:
    at = results.runs[place].plan
    return None if at is None else results.plans[at]


def _times(plan: PlanResult) -> PlannedTimes:
    steps = tuple(PlannedStep(step.label, step.started_ms, step.ended_ms) for step in plan.steps)
    return PlannedTimes(steps, plan.done_ms, plan.end_ms)
