"""How statuses become steps: by their id, or, where a stream only announces steps, one after the other."""

from typing import Final

from backend.protocol.events import OPEN_STATES, Outcome, StatusEvent, StepStateName
from backend.protocol.inputs import PAUSED, STEERING
from backend.protocol.places import MemberPlaces
from backend.protocol.run_view import Activity, StepView

_CLOSING_STATE: dict[Outcome, StepStateName] = {
    "completed": "finished",
    "cancelled": "cancelled",
    "timed_out": "failed",
    "failed": "failed",
    "interrupted": "failed",
}


_KEPT = (
    *("label", "detail", "progress", "parent_id", "tool", "request", "answer"),
    *("by", "mode", "delivered_to", "reason"),
)
"""What stays as it was where a later status of the step leaves it out."""


def closing_state(outcome: Outcome) -> StepStateName:
    """The state in which a step that is still open ends when the run ends like this."""
    return _CLOSING_STATE[outcome]


def closing_state_of(step: StepView, outcome: Outcome) -> StepStateName:
    """The state in which an open step ends: what is a person's is cancelled, however the run ends."""
    return "cancelled" if is_for_person(step) else closing_state(outcome)


def is_for_person(step: StepView) -> bool:
    """Whether the step waits for an answer, or is a pause or a message."""
    return step.step in (PAUSED, STEERING) or waits_for_person(step)


def waits_for_person(step: StepView) -> bool:
    """Whether the step's request is open."""
    return step.state == "waiting" and step.request is not None and step.answer is None


def activity_of(steps: tuple[StepView, ...]) -> Activity:
    """What the run is doing: a pause is shown before a request."""
    if any(step.step == PAUSED and step.is_open for step in steps):
        return "paused"
    return "waiting" if any(map(waits_for_person, steps)) else "running"


def activity_after(activity: Activity, steps: tuple[StepView, ...], event: StatusEvent) -> Activity:
    """What the run is doing after a status that has led to these steps."""
    if activity == "running" and event.step != PAUSED and event.state != "waiting":
        return activity
    return activity_of(steps)


def fold_status(steps: tuple[StepView, ...], event: StatusEvent) -> tuple[StepView, ...]:
    """The steps after one more status."""
    if event.step_id is None:
        return _fold_announcement(steps, event)
    step_id = event.step_id
    return _PLACES.put(
        steps,
        step_id,
        lambda step: _new_step(event, step_id, announced=False) if step is None else _updated(step, event),
    )


_PLACES: Final = MemberPlaces[StepView](lambda step: step.step_id)


def close_open_steps(steps: tuple[StepView, ...], outcome: Outcome, at_ms: float) -> tuple[StepView, ...]:
    """The steps with every open one ended, as the end of the run says."""
    return tuple(
        step.model_copy(update={"state": closing_state_of(step, outcome), "ended_ms": at_ms}) if step.is_open else step
        for step in steps
    )


def _fold_announcement(steps: tuple[StepView, ...], event: StatusEvent) -> tuple[StepView, ...]:
    """A status without an id belongs to the open announced step of its name; any other name ends that step."""
    at = next((index for index, step in enumerate(steps) if step.announced and step.is_open), None)
    if at is not None and steps[at].step == event.step:
        return (*steps[:at], _updated(steps[at], event), *steps[at + 1 :])
    if at is not None:
        ended = steps[at].model_copy(update={"state": "finished", "ended_ms": event.at_ms})
        steps = (*steps[:at], ended, *steps[at + 1 :])
    return (*steps, _new_step(event, f"{event.step}~{len(steps) + 1}", announced=True))


def _new_step(event: StatusEvent, step_id: str, *, announced: bool) -> StepView:
    # "completed" says that the work is over: it is a milestone and never a step that runs.
    state: StepStateName = "finished" if event.step == "completed" and announced else event.state
    return StepView(
        step_id=step_id,
        step=event.step,
        state=state,
        label=event.label,
        detail=event.detail,
        progress=event.progress,
        parent_id=event.parent_id,
        tool=event.tool,
        request=event.request,
        answer=event.answer,
        by=event.by,
        mode=event.mode,
        delivered_to=event.delivered_to,
        reason=event.reason,
        thought=event.thought or "",
        started_ms=event.at_ms,
        ended_ms=None if state in OPEN_STATES else event.at_ms,
        announced=announced,
    )


def _updated(step: StepView, event: StatusEvent) -> StepView:
    """The step with what the event says; what it leaves out stays. A finished step that starts again starts anew."""
    told = {name: value for name in _KEPT if (value := getattr(event, name)) is not None}
    if event.request is not None:
        # An earlier answer was to an earlier request.
        told["answer"] = event.answer
    if event.thought:
        told["thought"] = step.thought + event.thought
    is_open = event.state in OPEN_STATES
    started_ms = event.at_ms if is_open and not step.is_open else step.started_ms
    ended_ms = None if is_open else event.at_ms
    return step.model_copy(
        update={**told, "step": event.step, "state": event.state, "started_ms": started_ms, "ended_ms": ended_ms}
    )
