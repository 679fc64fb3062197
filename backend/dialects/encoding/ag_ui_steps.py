"""Steps and tool calls as AG-UI has them: two lists, each of which is opened and closed.

A step without a tool begins and ends by its name; a step that calls a tool is that call. A step that asks an approval
for a tool call has both: the proposed call, whose result is the answer.
"""

from typing import Protocol

from pydantic import JsonValue

from backend.dialects.encoding.encoder import JsonFields, json_text, text_of
from backend.dialects.encoding.step_changes import StepChange, StepChanges
from backend.protocol.events import Outcome, StatusEvent, ToolLog
from backend.protocol.run_view import StepView

METADATA_KEY = "playhead"
"""What Playhead adds to an event or a message stands under this key of its metadata."""

_STEP_FIELDS = {"step_id", "step", "state", "label", "detail", "progress", "parent_id"}


class MakeEvent(Protocol):
    """Makes an event of AG-UI."""

    def __call__(self, kind: str, **fields: object) -> JsonFields:
        """The event of that type, with its time."""
        ...


class AgUiSteps:
    """The steps of one run, as they are sent in one stream."""

    def __init__(self, run_id: str, event: MakeEvent) -> None:
        self._run_id = run_id
        self._event = event
        self._steps = StepChanges()
        self._names: dict[str, str] = {}
        self._calls: dict[str, bool] = {}
        """Calls that were sent, and whether their arguments were."""

    def take(self, event: StatusEvent) -> tuple[list[JsonFields], bool]:
        """The events for a status, and whether one of its steps only continued."""
        changes = self._steps.take(event)
        events = [made for change in changes for made in self._changed(change)]
        return events, any(not change.began and not change.ended for change in changes)

    def end(self, outcome: Outcome, at_ms: float) -> list[JsonFields]:
        """The run has ended, and every step with it."""
        return [made for change in self._steps.close(outcome, at_ms) for made in self._changed(change)]

    def call_of(self, step_id: str | None) -> str | None:
        """The tool call that stands for that step, if one does."""
        call = self._call_id(step_id or "", self._steps.round(step_id or ""))
        return call if call in self._calls else None

    def open_again(self) -> list[JsonFields]:
        """What is open, for a stream that another one was sent before: steps, and calls whose arguments are due."""
        events = []
        for step_id, name in self._names.items():
            step = next(step for step in self._steps.open if step.step_id == step_id)
            events.append(self._event("STEP_STARTED", stepName=name, metadata=_told_of(step)))
        for step in self._steps.open:
            call = self._call_id(step.step_id, self._steps.round(step.step_id))
            if step.tool is not None and self._calls.get(call) is False:
                events.append(self._event("TOOL_CALL_START", toolCallId=call, toolCallName=step.tool.name))
        return events

    def close(self) -> list[JsonFields]:
        """The stream ends, and the run does not: close what is open. ``open_again`` opens the steps once more; of a
        call only its result is due."""
        events = []
        for step in self._steps.open:
            call = self._call_id(step.step_id, self._steps.round(step.step_id))
            if self._calls.get(call) is False:
                events += self._arguments(call, None)
        for step in reversed(self._steps.open):
            if step.step_id in self._names:
                name = self._names[step.step_id]
                events.append(self._event("STEP_FINISHED", stepName=name, metadata=_told_of(step)))
        return events

    def _changed(self, change: StepChange) -> list[JsonFields]:
        step = change.step
        events: list[JsonFields] = []
        if change.began and step.tool is None:
            name = step.step
            # Two open steps of one name would end a client.
            while name in self._names.values():
                name = f"{name} ({step.step_id})"
            self._names[step.step_id] = name
            events.append(self._event("STEP_STARTED", stepName=name, metadata=_told_of(step)))
        if (tool := _tool_of(step)) is not None:
            events += self._call(change, tool)
        if change.ended and step.step_id in self._names:
            name = self._names.pop(step.step_id)
            events.append(self._event("STEP_FINISHED", stepName=name, metadata=_told_of(step)))
        return events

    def _call(self, change: StepChange, tool: ToolLog) -> list[JsonFields]:
        step, call = change.step, self._call_id(change.step.step_id, change.round)
        if call not in self._calls and not step.is_open and not change.ended:
            return []
        events = []
        if call not in self._calls:
            self._calls[call] = False
            events.append(
                self._event("TOOL_CALL_START", toolCallId=call, toolCallName=tool.name, metadata=_told_of(step))
            )
        if not self._calls[call] and (tool.arguments is not None or change.ended):
            events += self._arguments(call, tool.arguments)
        if change.ended:
            content = text_of(tool.result) or _answer_of(step) or step.detail or ""
            result = self._event("TOOL_CALL_RESULT", messageId=f"{call}:result", toolCallId=call, content=content)
            events.append({**result, "role": "tool", "metadata": _told_of(step)})
        return events

    def _arguments(self, call: str, arguments: JsonValue) -> list[JsonFields]:
        self._calls[call] = True
        said = json_text({} if arguments is None else arguments)
        whole = self._event("TOOL_CALL_ARGS", toolCallId=call, delta=said)
        return [whole, self._event("TOOL_CALL_END", toolCallId=call)]

    def _call_id(self, step_id: str, time: int) -> str:
        return f"{self._run_id}:{step_id}:{time}"


def _tool_of(step: StepView) -> ToolLog | None:
    """The tool that the step calls, or that it asks an approval for."""
    if step.tool is None and step.request is not None and step.request.tool is not None:
        return ToolLog(name=step.request.tool.name, arguments=step.request.tool.arguments)
    return step.tool


def _answer_of(step: StepView) -> str:
    """What a person answered, as the result of the call that was proposed; empty without an answer."""
    if step.answer is None:
        return ""
    return json_text(step.answer.model_dump(mode="json", include={"action", "arguments", "note"}, exclude_none=True))


def _told_of(step: StepView) -> JsonFields:
    return {METADATA_KEY: step.model_dump(mode="json", include=_STEP_FIELDS, exclude_none=True)}
