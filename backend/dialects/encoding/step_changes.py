"""The effect of a status: the step that it begins, continues or ends, steps without an id included."""

from dataclasses import dataclass

from backend.protocol.events import Outcome, StatusEvent
from backend.protocol.run_view import StepView
from backend.protocol.steps import close_open_steps, fold_status


@dataclass(frozen=True, slots=True)
class StepChange:
    """A step after a status. A step may begin and end at once, and begin anew after its end: ``round`` counts that."""

    step: StepView
    began: bool
    ended: bool
    round: int


class StepChanges:
    """Follows the steps of a run."""

    def __init__(self) -> None:
        self._steps: tuple[StepView, ...] = ()
        self._rounds: dict[str, int] = {}

    @property
    def open(self) -> tuple[StepView, ...]:
        """The running steps, in the order in which they began."""
        return tuple(step for step in self._steps if step.is_open)

    def round(self, step_id: str) -> int:
        """How often the step has begun."""
        return self._rounds.get(step_id, 0)

    def take(self, event: StatusEvent) -> list[StepChange]:
        """What the status changes: what ends by it comes before what begins."""
        return self._became(fold_status(self._steps, event))

    def close(self, outcome: Outcome, at_ms: float) -> list[StepChange]:
        """The run has ended, and every step that is still open with it: the latest first."""
        return self._became(close_open_steps(self._steps, outcome, at_ms))[::-1]

    def _became(self, steps: tuple[StepView, ...]) -> list[StepChange]:
        before = {step.step_id: step for step in self._steps}
        self._steps = steps
        return [self._change(before.get(step.step_id), step) for step in steps if step is not before.get(step.step_id)]

    def _change(self, before: StepView | None, step: StepView) -> StepChange:
        began = before is None or (step.is_open and not before.is_open)
        if began:
            self._rounds[step.step_id] = self.round(step.step_id) + 1
        ended = not step.is_open and (before is None or before.is_open)
        return StepChange(step, began, ended, self.round(step.step_id))
