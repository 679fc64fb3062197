"""The steps of a schedule: the id of each step, and the step that a later action means."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pydantic import JsonValue

from backend.agents.scripted.action_parts import ToolCall
from backend.protocol.events import StatusEvent, StepStateName, ToolLog
from backend.yaml_lines.complaints import did_you_mean


@dataclass(frozen=True, slots=True)
class RunTool:
    """A tool call, with the arguments that ran where a person changed them."""

    call: ToolCall
    effective: JsonValue = None

    def log(self, result: JsonValue = None) -> ToolLog:
        """The entry of the tool log."""
        call = self.call
        return ToolLog(name=call.name, arguments=call.arguments, effective_arguments=self.effective, result=result)


@dataclass(slots=True)
class _Started:
    step_id: str
    step: str
    tool: RunTool | None
    is_open: bool = True


@dataclass(slots=True)
class StartedSteps:
    """Every step started so far. Complaints are ``ValueError`` with one sentence."""

    _steps: dict[str, _Started] = field(default_factory=dict)
    _inside: list[str] = field(default_factory=list)

    def start(
        self,
        step: str,
        step_id: str | None,
        *,
        label: str | None,
        detail: str | None,
        tool: RunTool | None,
        parent: str | None = None,
    ) -> StatusEvent:
        """The status that starts a step. A step without an id is named after its kind: retrieving, retrieving-2, ..."""
        chosen = step_id or self._free_id(step)
        if chosen in self._steps:
            raise ValueError(f"a step with the id {chosen!r} was started before; give this one another id.")
        parent_id = self.find(parent) if parent is not None else (self._inside[-1] if self._inside else None)
        self._steps[chosen] = _Started(chosen, step, tool)
        log = None if tool is None else tool.log()
        return StatusEvent(step_id=chosen, step=step, label=label, detail=detail, parent_id=parent_id, tool=log)

    def progress(self, name: str, *, at: float | None, detail: str | None) -> StatusEvent:
        """The status with the progress of an open step."""
        known = self._open(name)
        return StatusEvent(step_id=known.step_id, step=known.step, state="progress", progress=at, detail=detail)

    def end(self, name: str, state: StepStateName, *, detail: str | None, result: JsonValue) -> StatusEvent:
        """The status that ends an open step, with the result of its tool."""
        known = self._open(name)
        if result is not None and known.tool is None:
            raise ValueError(f"the step {name!r} has no tool, so it can have no result; start it with 'tool'.")
        known.is_open = False
        return StatusEvent(
            step_id=known.step_id,
            step=known.step,
            state=state,
            detail=detail,
            tool=_tool_log(known.tool, result),
        )

    @contextmanager
    def inside(self, step_id: str) -> Iterator[None]:
        """Steps that start inside have this step as their parent."""
        self._inside.append(step_id)
        yield
        self._inside.pop()

    @property
    def innermost(self) -> str | None:
        """The step that a new one would be part of."""
        return self._inside[-1] if self._inside else None

    def find(self, name: str) -> str:
        """The id of the meant step. Raises ``ValueError`` if none was started."""
        return self._meant(name).step_id

    def _meant(self, name: str) -> _Started:
        """The step by its own id, or by its name: then the latest open step of that name, else the latest."""
        by_id = self._steps.get(name)
        if by_id is not None and by_id.step != name:
            return by_id
        named = [started for started in self._steps.values() if started.step == name]
        if not named:
            known = dict.fromkeys([*self._steps, *(started.step for started in self._steps.values())])
            raise ValueError(f"no step {name!r} was started before this{did_you_mean(name, known)}")
        return ([started for started in named if started.is_open] or named)[-1]

    def _open(self, name: str) -> _Started:
        meant = self._meant(name)
        if not meant.is_open:
            raise ValueError(f"the step {name!r} has ended before this.")
        return meant

    def _free_id(self, step: str) -> str:
        count = 1
        chosen = step
        while chosen in self._steps:
            count += 1
            chosen = f"{step}-{count}"
        return chosen


def _tool_log(tool: RunTool | None, result: JsonValue) -> ToolLog | None:
    if tool is None:
        return None
    return tool.log(tool.call.result if result is None else result)
