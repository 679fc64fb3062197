"""The tool calls of chat completions: those that the caller has to run, in pieces, and those that the server ran."""

from pydantic import JsonValue

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, objects_of, plain, text_of


class ChatCalls:
    """The calls of one answer."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._calls: dict[str, str] = {}
        """Tool calls that are being written: the index in the message to the key of the step."""
        self._started: list[str] = []
        """The keys of all calls: some servers number each of them 0."""

    def read(self, delta: JsonObject) -> None:
        """The calls of one piece of a message."""
        for call in objects_of(delta, "tool_calls"):
            self._read_call(call)
        if legacy := object_of(delta, "function_call"):
            self._read_call({"index": "function_call", "function": dict(legacy)})
        for tool in objects_of(delta, "executed_tools"):
            self._read_executed_tool(tool)

    def _read_call(self, call: JsonObject) -> None:
        function = object_of(call, "function")
        name = text_of(function, "name")
        index = str(call.get("index", call.get("id") or ""))
        if not name and index not in self._calls and self._calls:
            # Some servers number no calls: a chunk without a number continues the last call.
            index = next(reversed(self._calls))
        if name and (index not in self._calls or text_of(call, "id") not in ("", self._calls[index])):
            self._calls[index] = text_of(call, "id") or f"call {index}"
            self._started.append(self._calls[index])
            self._drafts.steps.start_call(self._calls[index], name, kind="function")
        key = self._calls.get(index, "")
        arguments = function.get("arguments")
        if isinstance(arguments, str):
            if arguments:
                self._drafts.steps.add_arguments(key, arguments)
        elif arguments is not None:
            self._drafts.steps.complete_arguments(key, plain(arguments))

    def end(self) -> None:
        """The answer is whole: what it called is not answered in it."""
        self._drafts.end_calls(self._started)
        self._calls.clear()
        self._started.clear()

    def _read_executed_tool(self, tool: JsonObject) -> None:
        name = text_of(tool, "type") or text_of(tool, "name") or "tool"
        key = f"executed {tool.get('index', 0)}"
        self._drafts.steps.start_call(key, name)
        if arguments := text_of(tool, "arguments"):
            self._drafts.steps.add_arguments(key, arguments)
            self._drafts.steps.complete_arguments(key)
        output = tool.get("output")
        if output is not None or tool.get("search_results") is not None:
            result: JsonValue = plain(output if output is not None else tool.get("search_results"))
            self._drafts.steps.end(key, result=result)
