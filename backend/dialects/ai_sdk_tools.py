"""The tool calls of an AI SDK stream: those of the sender, and those that are steps of Playhead's own.

An approval is asked of a person; so is a call of ``ask_person``, the tool by which Playhead asks in this dialect.
Other calls that the client would have to run get no result, and end with the stream.
"""

from backend.dialects.answer_drafts import MAX_ASKED, AnswerDrafts
from backend.dialects.asked_person import AskedPerson
from backend.dialects.asked_schema import asked_form, own_request
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, plain, text_of
from backend.dialects.native_events import OwnEvents
from backend.dialects.step_drafts import MAX_STEPS
from backend.protocol.inputs import ProposedTool

ASK_PERSON = "ask_person"


class AiSdkTools:
    """The calls of one stream."""

    def __init__(self, drafts: AnswerDrafts, own: OwnEvents) -> None:
        self._drafts = drafts
        self._own = own
        self._calls: dict[str, None] = {}
        """Ids of all tool calls, those that are over too."""
        self._step_calls: list[str] = []
        """Those of the present model call."""
        self._questions: set[str] = set()
        """Calls of ``ask_person``."""
        self._requests: dict[str, JsonObject] = {}
        """Playhead's own requests that are open, by their ids."""
        self._asking: set[str] = set()
        """Steps of Playhead's that asked: a call that is not one of their tools stands for what they ask."""
        self.own_step: JsonObject = {}
        """The last Playhead step that is a tool call: the chunks of the tool come after it."""

    def read_request(self, data: JsonObject) -> bool:
        """What Playhead asks, as a part beside the call by which it asks. False if it is not that."""
        key, request = text_of(data, "input_id"), object_of(data, "request")
        if not key or not request:
            return False
        if len(self._requests) < MAX_ASKED:
            self._requests[key] = request
        if len(self._asking) < MAX_STEPS:
            self._asking.add(text_of(data, "step_id"))
        if text_of(data, "state") != "open":
            self._requests.pop(key, None)
        return True

    def begin_step(self) -> None:
        """Another model call begins."""
        self._step_calls.clear()

    def begin_anew(self) -> None:
        """The model call is made again: a client would drop what came of it so far."""
        for call in self._step_calls:
            self._drafts.steps.end(call, "cancelled", detail="The agent began anew.")
        self._step_calls.clear()

    def end_all(self) -> None:
        """The stream is whole: results that were not sent do not come, and what nobody decided on never ran."""
        undecided = {asked.call for asked in self._drafts.asked}
        self._drafts.end_calls(call for call in self._calls if call not in undecided)

    def is_own(self, call: str) -> bool:
        """Whether the tool call is that of the last Playhead step: its id contains the step's, between colons."""
        step_id = text_of(self.own_step, "step_id")
        return self._own.knows_call(call) or (step_id != "" and call.rpartition(":")[0].endswith(f":{step_id}"))

    def _is_asked(self, call: str) -> bool:
        """Whether the call only stands for what a Playhead step asks."""
        parts = call.split(":")
        return len(parts) == 3 and parts[1] in self._asking

    def read(self, kind: str, message: JsonObject) -> bool:
        """Read one chunk. True if it ends the last Playhead step, of which nothing else is due."""
        key = text_of(message, "toolCallId")
        if kind == "tool-approval-request":
            if message.get("isAutomatic") is True:
                self._drafts.steps.progress(key, detail="A rule of the agent decides on this call.")
            else:
                self._ask(key, text_of(message, "approvalId") or key)
        elif kind == "tool-approval-response":
            self._drafts.answered(text_of(message, "approvalId"))
        elif text_of(message, "toolName") == ASK_PERSON or key in self._questions:
            self._read_question(kind, key, message)
        elif self.is_own(key):
            return self._read_own(kind, key, message)
        elif self._is_asked(key):
            if kind.startswith("tool-output-"):
                self._drafts.answered(key)
        elif not kind.startswith(("tool-input-", "tool-output-")):
            self._drafts.count_loss(f"chunks of type {kind[:40]}")
        else:
            self._read_call(kind, key, message)
        return False

    def _ask(self, key: str, approval: str) -> None:
        request = self._requests.get(_input_of(approval), {})
        own = own_request(request)
        if own is not None:
            self._drafts.ask_person(own.asked(approval, text_of(request, "prompt"), call=key))
            return
        tool = self._drafts.steps.proposed(key) or self._own.proposed(key)
        proposed = None if tool is None else ProposedTool(name=tool.name[:200], arguments=tool.arguments)
        name = "a tool call" if tool is None else tool.name[:200]
        self._drafts.ask_person(AskedPerson(approval, f"Approve {name}?", kind="approval", tool=proposed, call=key))

    def _read_question(self, kind: str, key: str, message: JsonObject) -> None:
        asked = object_of(message, "input")
        if kind == "tool-input-available" and text_of(asked, "prompt"):
            self._questions.add(key)
            form = own_request(self._requests.get(_input_of(key), {})) or asked_form(
                object_of(asked, "schema"), is_approval=text_of(asked, "kind") == "approval"
            )
            self._drafts.ask_person(form.asked(key, text_of(asked, "prompt"), call=key))
        elif kind.startswith("tool-output-"):
            self._drafts.answered(key)

    def _read_call(self, kind: str, key: str, message: JsonObject) -> None:
        if kind.startswith("tool-output-"):
            self._drafts.answered(key)
        self._start(key, text_of(message, "toolName"))
        if kind == "tool-input-delta":
            self._drafts.steps.add_arguments(key, text_of(message, "inputTextDelta"))
        elif kind in ("tool-input-available", "tool-input-error"):
            self._drafts.steps.complete_arguments(key, plain(message.get("input")))
        if kind in ("tool-output-error", "tool-input-error"):
            self._drafts.steps.end(key, "failed", detail=text_of(message, "errorText")[:2000] or None)
        elif kind == "tool-output-available" and message.get("preliminary") is True:
            self._drafts.steps.progress(key)
            self._drafts.count_loss("preliminary results of tools")
        elif kind == "tool-output-available":
            self._drafts.steps.end(key, result=plain(message.get("output")))
        elif kind == "tool-output-denied":
            self._drafts.steps.end(key, "cancelled", detail="A person denied this call.")

    def _read_own(self, kind: str, key: str, message: JsonObject) -> bool:
        if not self._own.knows_call(key):
            # The step has begun already, with the name of its tool.
            self._own.adopt_call(key, text_of(message, "toolName"), self.own_step)
        if kind == "tool-input-available":
            self._own.complete_arguments(key, plain(message.get("input")))
        elif kind.startswith("tool-output-"):
            self._drafts.answered(key)
            step = dict(self.own_step)
            step.pop("tool", None)
            self._own.end_call(key, step, plain(message.get("output")))
            return True
        return False

    def _start(self, key: str, name: str) -> None:
        if key in self._calls or len(self._calls) >= MAX_STEPS:
            return
        self._calls[key] = None
        self._step_calls.append(key)
        if not name:
            self._drafts.count_loss("names and arguments of tool calls of which only the result was sent")
        self._drafts.steps.start_call(key, name)


def _input_of(name: str) -> str:
    """The id of the request in the name that Playhead's encoder gives it."""
    parts = name.split(".")
    return parts[1] if len(parts) == 3 else ""
