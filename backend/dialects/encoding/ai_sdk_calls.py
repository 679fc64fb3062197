"""Tool calls as parts of an AI SDK message, and approvals and questions as calls that the client ends.

A call that Playhead runs is ``providerExecuted``. A client that takes approvals is sent a call first as one that
begins, since only then it can be said to wait for the client.
"""

from backend.dialects.encoding.encoder import JsonFields
from backend.dialects.encoding.request_answers import ASK_PERSON, asked_as_tool
from backend.dialects.encoding.step_changes import StepChange
from backend.protocol.run_view import InputView, StepView


class AiSdkCalls:
    """The calls of one run, as one stream of it has them."""

    def __init__(self, run_id: str, *, approvals: bool) -> None:
        """``approvals``: the client can be asked."""
        self._run_id = run_id
        self._approvals = approvals
        self._known: dict[str, str] = {}
        """Calls that were sent whole, with what was known of them."""
        self._begun: dict[str, StepChange] = {}
        """Calls of which only the beginning was sent."""
        self._asked: set[str] = set()
        """Calls that the client decides on."""

    def take(self, change: StepChange) -> list[JsonFields]:
        """The chunks for a change of a step; none for one without a tool, unless the client decided on it."""
        call, step = self.call_id(change.step, change.round), change.step
        chunks: list[JsonFields] = []
        if step.tool is not None and call not in self._asked:
            if not self._approvals or not step.is_open or call in self._known:
                chunks = self._whole(call, step)
            elif call not in self._begun:
                chunks = [_begun(call, step)]
            if self._approvals and step.is_open and call not in self._known:
                self._begun[call] = change
        if not step.is_open and (step.tool is not None or call in self._asked):
            chunks.append(_outcome(call, step, denied=call in self._asked and _is_denied(step)))
        return chunks

    def ask(self, asked: InputView, step: StepView | None, round_: int, name: str) -> list[JsonFields]:
        """The chunks by which the client is asked; ``name`` is the request's, ``step`` the one that asks."""
        tool = asked.request.tool
        if step is None or tool is None or asked.request.kind != "approval":
            question = {"type": "tool-input-available", "toolCallId": name, "toolName": ASK_PERSON}
            return [{**question, "input": asked_as_tool(asked.request)}]
        call = self.call_id(step, round_)
        self._asked.add(call)
        self._begun.pop(call, None)
        proposed = {"type": "tool-input-available", "toolCallId": call, "toolName": tool.name, "input": tool.arguments}
        approval = {"type": "tool-approval-request", "approvalId": name, "toolCallId": call}
        return [{**proposed, "dynamic": True}, approval]

    def leave(self) -> list[JsonFields]:
        """The stream ends, and the run does not: the calls that continue are sent whole. Call this after ``ask``."""
        chunks = [chunk for call, change in self._begun.items() for chunk in self._whole(call, change.step)]
        self._begun.clear()
        return chunks

    def call_id(self, step: StepView, round_: int) -> str:
        """The id of the call that a step is."""
        return f"{self._run_id}:{step.step_id}:{round_}"

    def _whole(self, call: str, step: StepView) -> list[JsonFields]:
        if step.tool is None:
            return []
        # Sent once more where more of it is known: the same call again is an update of it.
        known = f"{step.tool.name}\n{step.tool.arguments!r}"
        if self._known.get(call) == known:
            return []
        self._known[call] = known
        self._begun.pop(call, None)
        asked: JsonFields = {"type": "tool-input-available", "toolCallId": call, "toolName": step.tool.name}
        return [{**asked, "input": step.tool.arguments, "providerExecuted": True, "dynamic": True}]


def _begun(call: str, step: StepView) -> JsonFields:
    name = "" if step.tool is None else step.tool.name
    return {"type": "tool-input-start", "toolCallId": call, "toolName": name, "dynamic": True}


def _is_denied(step: StepView) -> bool:
    return step.answer is not None and step.answer.action != "accept"


def _outcome(call: str, step: StepView, *, denied: bool) -> JsonFields:
    if denied:
        return {"type": "tool-output-denied", "toolCallId": call}
    if step.state == "finished":
        output = _answer_of(step) if step.tool is None else step.tool.result
        return {"type": "tool-output-available", "toolCallId": call, "output": output, "dynamic": True}
    error = step.detail or f"The tool's step was {step.state}."
    return {"type": "tool-output-error", "toolCallId": call, "errorText": error, "dynamic": True}


def _answer_of(step: StepView) -> JsonFields | None:
    """What a person answered, where the call itself is another step's."""
    if step.answer is None:
        return None
    return step.answer.model_dump(mode="json", include={"action", "arguments", "note"}, exclude_none=True)
