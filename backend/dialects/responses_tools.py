"""The tools of OpenAI's Responses API: items such as ``web_search_call``, and the messages about their progress.

Each call is one step. A call that the server ran has its result in its item, or in a separate item that names the
call (``shell_call_output``, ``program_output``), perhaps one response later; a function call is the caller's to run, so
its result is in no stream. Where the server made a summary of what came before (``compaction``), that is a step too: it
takes time, and only the server can read its text.
"""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.asked_person import AskedPerson
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, parsed, plain, text_of
from backend.protocol.inputs import ProposedTool

_CALLER_RUNS = ("function_call", "custom_tool_call", "computer_call", "local_shell_call", "apply_patch_call")

_ARGUMENT_FIELDS = ("arguments", "input", "action", "queries", "code", "operation", "server_label")
"""Fields that say what a call was given; the first that is there counts."""

_RESULT_FIELDS = ("output", "results", "outputs", "tools", "error")

_APPROVAL = "mcp_approval_request"

_CALLS = frozenset({"mcp_list_tools", _APPROVAL, "program", "compaction"})
"""Items that are calls, whose types do not end as those of calls do."""

_ANSWERED_BY_ITEM = frozenset({"shell_call", "program", "tool_search_call"})
"""Calls that the server runs and whose result comes in a separate item."""

_OUTPUTS = frozenset({"shell_call_output", "program_output", "tool_search_output"})
"""Those items."""

_RESULTS = ("output", "tools", "result")
"""Fields of such an item that contain the result."""

_IMAGES = ("image_generation_call", "computer_screenshot")


class ResponsesTools:
    """The tool calls of one response."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._seen: set[str] = set()
        self._pieces: set[str] = set()
        """Calls whose arguments came in pieces."""
        self._waiting: dict[str, str] = {}
        """Calls of tools that the server runs whose result comes in a separate item: call id to key."""
        self._answered: set[str] = set()
        self._of_caller: list[str] = []
        """Calls that the caller has to run."""

    def read(self, what: str, phase: str, message: JsonObject) -> bool:
        """A message about a call. ``what`` and ``phase`` are the last parts of its type, such as
        ``function_call_arguments`` and ``delta``. False if it is about none."""
        if "_call" not in what and not what.startswith("mcp_"):
            return False
        key = _key(message)
        if what.endswith("_output_content"):
            return True
        if phase == "delta":
            self._pieces.add(key)
            self._drafts.steps.add_arguments(key, text_of(message, "delta"))
        elif phase == "done" and (arguments := text_of(message, "arguments") or text_of(message, "input")):
            self._drafts.steps.complete_arguments(key, parsed(arguments))
        elif phase == "partial_image":
            self._drafts.count_loss("images")
        return True

    def read_item(self, message: JsonObject, item: JsonObject, *, done: bool) -> bool:
        """An item that begins, or is ``done``. False if it is not a tool's."""
        kind = text_of(item, "type")
        if kind.endswith(("_call_output", "_output")):
            if done:
                self._read_output(item, kind)
            return True
        if not kind.endswith("_call") and kind not in _CALLS:
            return False
        key = _key(message)
        if key not in self._seen:
            self._start(key, kind, item)
        if done and self._drafts.steps.is_open(key):
            self._end(key, kind, item)
        return True

    def begin_response(self, decided: Iterable[AskedPerson]) -> None:
        """Another response continues the answer: its items are numbered anew."""
        for asked in decided:
            self._drafts.steps.end(asked.call)
        self._seen.clear()
        self._pieces.clear()

    def finish(self) -> None:
        """No result comes any more."""
        self._drafts.end_calls(self._of_caller)
        for key in self._waiting.values():
            self._drafts.steps.end(key, detail="Called; its result is not part of the stream.")

    def _start(self, key: str, kind: str, item: JsonObject) -> None:
        self._seen.add(key)
        name = text_of(item, "name") or kind.removesuffix("_call")
        self._drafts.steps.start_call(key, name, arguments=_arguments_of(item), kind=kind)
        if kind == _APPROVAL:
            self._ask(key, name[:200], item)

    def _ask(self, key: str, name: str, item: JsonObject) -> None:
        request = text_of(item, "id")
        if not request:
            self._drafts.ask_person(f"Approve {name}?")
            return
        tool = ProposedTool(name=name, arguments=_arguments_of(item))
        server = text_of(item, "server_label")[:100]
        prompt = f"Run {name} of {server}?" if server else f"Run {name}?"
        self._drafts.ask_person(AskedPerson(request, prompt, kind="approval", tool=tool, call=key))

    def _end(self, key: str, kind: str, item: JsonObject) -> None:
        if kind == _APPROVAL:
            # Open until somebody has decided.
            return
        arguments = _arguments_of(item)
        if arguments is not None:
            self._drafts.steps.complete_arguments(key, arguments)
        if kind in _IMAGES and item.get("result"):
            self._drafts.count_loss("images")
        result = next((plain(item[field]) for field in _RESULT_FIELDS if item.get(field) not in (None, "", [])), None)
        if text_of(item, "status") in ("failed", "incomplete") or item.get("error"):
            self._drafts.steps.end(key, "failed", result=result, detail=_reason(item))
        elif result is None and (kind in _CALLER_RUNS or text_of(item, "execution") == "client"):
            self._of_caller.append(key)
        elif result is None and kind in _ANSWERED_BY_ITEM:
            self._waiting[_call_of(item, kind)] = key
        else:
            self._drafts.steps.end(key, result=result)

    def _read_output(self, item: JsonObject, kind: str) -> None:
        call = _call_of(item, kind)
        key = self._waiting.pop(call, None)
        if call in self._answered and key is None:
            # The end of the response repeats what it held.
            return
        if key is None and kind not in _OUTPUTS:
            self._drafts.count_loss(f"items of type {kind[:40]}")
            return
        if key is None:
            # A program waits for its caller, and continues in the next response.
            key = f"output {call}"
            self._drafts.steps.start_call(key, kind.removesuffix("_output").removesuffix("_call"))
        self._answered.add(call)
        result = next((item[field] for field in _RESULTS if item.get(field) not in (None, "")), None)
        self._drafts.steps.end(key, result=parsed(result) if isinstance(result, str) else plain(result))


def _key(message: JsonObject) -> str:
    return f"item {message.get('output_index', message.get('item_id', ''))}"


def _call_of(item: JsonObject, kind: str) -> str:
    """What a call and its output share: an id, or what they are called where there is none."""
    return text_of(item, "call_id") or kind.removesuffix("_output").removesuffix("_call")


def _arguments_of(item: JsonObject) -> JsonValue:
    for field in _ARGUMENT_FIELDS:
        value = item.get(field)
        if isinstance(value, str) and value:
            return parsed(value)
        if isinstance(value, Mapping | list) and value:
            return plain(value)
    return None


def _reason(item: JsonObject) -> str | None:
    error = item.get("error")
    message = error if isinstance(error, str) else text_of(object_of(item, "error"), "message")
    return message[:500] or None
