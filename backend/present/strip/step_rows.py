"""The steps of a run while it grows: what ``backend.protocol.steps`` folds, at a flat cost for each status."""

from dataclasses import dataclass
from typing import Final

from backend.present.strip.model import ROW_STATES, RowState
from backend.protocol.events import Outcome, StatusEvent
from backend.protocol.inputs import PAUSED, STEERING
from backend.protocol.run_view import StepView
from backend.protocol.steps import close_open_steps, fold_status

_OF_PEOPLE: Final[dict[str, RowState]] = {PAUSED: "paused", STEERING: "queued"}

DEEPEST: Final = 3
"""Steps nested deeper are drawn at this depth."""


@dataclass(slots=True)
class WaitStretch:
    """A stretch in which a step waited for a person, or the run was paused; open while it lasts. Milliseconds of the
    run."""

    row: int
    started_ms: float
    ended_ms: float | None = None


class StepRows:
    """The steps in order of their first status, and the stretches in which they waited."""

    def __init__(self) -> None:
        self.steps: list[StepView] = []
        self.waits: list[WaitStretch] = []
        self._index: dict[str, int] = {}
        self._announced: int | None = None
        """The announced step that is open."""

    def add(self, event: StatusEvent) -> None:
        """One more status."""
        if event.step_id is not None:
            index = self._index.get(event.step_id)
            before = () if index is None else (self.steps[index],)
            self._put(fold_status(before, event), index, event.at_ms)
            return
        index = self._announced if self._announced is not None and self.steps[self._announced].is_open else None
        before = () if index is None else (self.steps[index],)
        self._put(fold_status(before, event), index, event.at_ms)

    def close(self, outcome: Outcome, at_ms: float) -> None:
        """The run's end ends every open step."""
        self.steps = list(close_open_steps(tuple(self.steps), outcome, at_ms))
        for wait in self.waits:
            if wait.ended_ms is None:
                wait.ended_ms = at_ms

    def depth(self, row: int) -> int:
        """How deep the step of that row is nested: 0 without a parent, at most ``DEEPEST``."""
        depth, seen, step = 0, {row}, self.steps[row]
        while depth < DEEPEST and step.parent_id is not None:
            parent = self._index.get(step.parent_id)
            if parent is None or parent in seen:
                break
            seen.add(parent)
            depth, step = depth + 1, self.steps[parent]
        return depth

    def _put(self, folded: tuple[StepView, ...], index: int | None, at_ms: float) -> None:
        """Keep what became of the step at ``index``, and the step after it if one began."""
        if index is not None:
            self._note_wait(index, folded[0], at_ms)
            self.steps[index] = folded[0]
            folded = folded[1:]
        for step in folded:
            if step.announced:
                # Named by its position among all steps, as in the view.
                name = f"{step.step}~{len(self.steps) + 1}"
                step, self._announced = step.model_copy(update={"step_id": name}), len(self.steps)
            self._index.setdefault(step.step_id, len(self.steps))
            self.steps.append(step)
            if _waits(step):
                self.waits.append(WaitStretch(len(self.steps) - 1, at_ms))

    def _note_wait(self, index: int, step: StepView, at_ms: float) -> None:
        was, now = _waits(self.steps[index]), _waits(step)
        if now and not was:
            self.waits.append(WaitStretch(index, at_ms))
        elif was and not now:
            last = next(wait for wait in reversed(self.waits) if wait.row == index)
            last.ended_ms = at_ms


def row_state(step: StepView) -> RowState:
    """The state of a step's row: what people have an open part in does not count as work."""
    if step.is_open and step.step in _OF_PEOPLE:
        return _OF_PEOPLE[step.step]
    return ROW_STATES[step.state]


def _waits(step: StepView) -> bool:
    return row_state(step) in ("waiting", "paused")
