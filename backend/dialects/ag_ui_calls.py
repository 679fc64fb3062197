"""The tool calls of AG-UI: events that start, grow and end one, and calls as messages of the thread have them."""

from collections.abc import Collection

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import is_lookup, object_of, parsed, plain, text_of
from backend.dialects.native_events import OwnEvents
from backend.dialects.step_drafts import MAX_STEPS
from backend.protocol.inputs import ProposedTool

OWN = "playhead"
"""The key of our metadata, and what the names of our CUSTOM events begin with."""


class AgUiCalls:
    """The calls of one stream."""

    def __init__(self, drafts: AnswerDrafts, own: OwnEvents) -> None:
        self._drafts = drafts
        self._own = own
        self._calls: dict[str, None] = {}
        """Ids of all tool calls, those that are over too."""
        self._last_call = ""
        self.searches = 0
        """Calls that look something up."""

    def read(self, kind: str, message: JsonObject) -> None:
        """Read one event of a call."""
        key = text_of(message, "toolCallId") or self._last_call
        self._last_call = key
        if kind in ("TOOL_CALL_START", "TOOL_CALL_CHUNK"):
            self._start(key, text_of(message, "toolCallName"), own_metadata(message))
        if self._own.knows_call(key):
            self._read_own(kind, key, message)
            return
        if kind in ("TOOL_CALL_ARGS", "TOOL_CALL_CHUNK"):
            if delta := text_of(message, "delta"):
                self._drafts.steps.add_arguments(key, delta)
        elif kind == "TOOL_CALL_END":
            self._drafts.steps.complete_arguments(key)
        elif kind == "TOOL_CALL_RESULT":
            self.end(key, message)
        elif kind != "TOOL_CALL_START":
            self._drafts.count_loss(f"events of type {kind[:40]}")

    def _read_own(self, kind: str, key: str, message: JsonObject) -> None:
        if kind in ("TOOL_CALL_ARGS", "TOOL_CALL_CHUNK"):
            self._own.add_arguments(key, text_of(message, "delta"))
        elif kind == "TOOL_CALL_END":
            self._own.complete_arguments(key)
        elif kind == "TOOL_CALL_RESULT":
            self.end(key, message)

    def _start(self, key: str, name: str, step: JsonObject) -> None:
        if key in self._calls or len(self._calls) >= MAX_STEPS:
            return
        self._calls[key] = None
        self._drafts.steps.end_thinking()
        if self._own.start_call(key, name or "tool", step):
            return
        if not name:
            self._drafts.count_loss("names and arguments of tool calls of which only the result was sent")
        self.searches += is_lookup(name)
        self._drafts.steps.start_call(key, name)

    def end(self, key: str, message: JsonObject) -> None:
        """The result of a tool call, as an event or as a message of the thread."""
        content, step = message.get("content"), own_metadata(message)
        self._start(key, "", step)
        result = parsed(content) if isinstance(content, str) else plain(content)
        if not self._own.knows_call(key):
            self._drafts.steps.end(key, result=result)
            return
        # Our encoder puts a step's last words where there is no result.
        self._own.end_call(key, step, None if content in ("", step.get("detail")) else result)

    def read_whole(self, call: JsonObject) -> None:
        """A call as a message of the thread has it."""
        key, function = text_of(call, "id"), object_of(call, "function")
        if key in self._calls:
            return
        self._start(key, text_of(function, "name"), own_metadata(call))
        arguments = parsed(text_of(function, "arguments")) if text_of(function, "arguments") else None
        if self._own.knows_call(key):
            self._own.complete_arguments(key, arguments)
        else:
            self._drafts.steps.complete_arguments(key, arguments)

    def proposed(self, key: str) -> ProposedTool | None:
        """The call of that id, as a person is shown it."""
        tool = self._drafts.steps.proposed(key) or self._own.proposed(key)
        return None if tool is None else ProposedTool(name=tool.name[:200], arguments=tool.arguments)

    def end_all(self, undecided: Collection[str] = ()) -> None:
        """The run is over: results that were not sent do not come. ``undecided`` calls never ran."""
        self._drafts.end_calls(call for call in self._calls if call not in undecided)


def own_metadata(message: JsonObject) -> JsonObject:
    """What Playhead's encoder has put into the metadata of an event or message."""
    return object_of(object_of(message, "metadata"), OWN)
