"""How statuses become steps: by their id, or, where a stream only announces steps, one after the other."""

from tests.protocol.release_0_1.events import OPEN_STATES, Outcome, StatusEvent, StepStateName
from tests.protocol.release_0_1.run_view import StepView

_CLOSING_STATE: dict[Outcome, StepStateName] = {
    "completed": "finished",
    "cancelled": "cancelled",
    "timed_out": "failed",
    "failed": "failed",
    "interrupted": "failed",
}


def closing_state(outcome: Outcome) -> StepStateName:
    """The state in which a step that is still open ends when the run ends like this."""
    return _CLOSING_STATE[outcome]


def fold_status(steps: tuple[StepView, ...], event: StatusEvent) -> tuple[StepView, ...]:
    """The steps after one more status."""
    if event.step_id is None:
        return _fold_announcement(steps, event)
    at = next((index for index, step in enumerate(steps) if step.step_id == event.step_id), None)
    if at is None:
        return (*steps, _new_step(event, event.step_id, announced=False))
    return (*steps[:at], _updated(steps[at], event), *steps[at + 1 :])


def close_open_steps(steps: tuple[StepView, ...], outcome: Outcome, at_ms: float) -> tuple[StepView, ...]:
    """The steps with every open one ended, as the end of the run says."""
    state = closing_state(outcome)
    return tuple(
        step.model_copy(update={"state": state, "ended_ms": at_ms}) if step.is_open else step for step in steps
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
        started_ms=event.at_ms,
        ended_ms=None if state in OPEN_STATES else event.at_ms,
        announced=announced,
    )


def _updated(step: StepView, event: StatusEvent) -> StepView:
    """The step with what the event says; what it leaves out stays. A finished step that starts again starts anew."""
    told = {
        name: getattr(event, name)
        for name in ("label", "detail", "progress", "parent_id", "tool", "request")
        if getattr(event, name) is not None
    }
    is_open = event.state in OPEN_STATES
    started_ms = event.at_ms if is_open and not step.is_open else step.started_ms
    ended_ms = None if is_open else event.at_ms
    return step.model_copy(
        update={**told, "step": event.step, "state": event.state, "started_ms": started_ms, "ended_ms": ended_ms}
    )
