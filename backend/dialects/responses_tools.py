"""The tools of OpenAI's Responses API: items such as ``web_search_call``, and the messages that tell how they go on.

Each call is one step. What a server ran itself brings its result in its item, or in an item of its own that names the
call (``shell_call_output``); a function call is the caller's to run, so its result is in no stream.
"""

from collections.abc import Mapping

from pydantic import JsonValue

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.reading import object_of, parsed, plain, text_of

_CALLER_RUNS = ("function_call", "custom_tool_call", "computer_call", "local_shell_call", "apply_patch_call")

_ARGUMENT_FIELDS = ("arguments", "input", "action", "queries", "code", "operation", "server_label")
"""Fields that say what a call was given; the first that is there counts."""

_RESULT_FIELDS = ("output", "results", "outputs", "tools", "error")

_IMAGES = ("image_generation_call", "computer_screenshot")


class ResponsesTools:
    """The tool calls of one response."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._seen: set[str] = set()
        self._pieces: set[str] = set()
        """Calls whose arguments came in pieces."""
        self._waiting: dict[str, str] = {}
        """Calls of tools that the server runs whose result comes in an item of its own: call id to key."""
        self._answered: set[str] = set()

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
            self._drafts.add_arguments(key, text_of(message, "delta"))
        elif phase == "done" and (arguments := text_of(message, "arguments") or text_of(message, "input")):
            self._drafts.arguments_whole(key, parsed(arguments))
        elif phase == "partial_image":
            self._drafts.lose("images")
        return True

    def read_item(self, message: JsonObject, item: JsonObject, *, done: bool) -> bool:
        """An item that begins, or is ``done``. False if it is no tool's."""
        kind = text_of(item, "type")
        if kind.endswith(("_call_output", "_output")):
            if done:
                self._read_output(item, kind)
            return True
        if not kind.endswith("_call") and kind not in ("mcp_list_tools", "mcp_approval_request"):
            return False
        key = _key(message)
        if key not in self._seen:
            self._start(key, kind, item)
        if done and self._drafts.is_open(key):
            self._end(key, kind, item)
        return True

    def finish(self) -> None:
        """No result comes any more."""
        for key in self._waiting.values():
            self._drafts.end_call(key)

    def _start(self, key: str, kind: str, item: JsonObject) -> None:
        self._seen.add(key)
        name = text_of(item, "name") or kind.removesuffix("_call")
        self._drafts.start_call(key, name, arguments=_arguments_of(item), kind=kind)

    def _end(self, key: str, kind: str, item: JsonObject) -> None:
        arguments = _arguments_of(item)
        if arguments is not None:
            self._drafts.arguments_whole(key, arguments)
        if kind in _IMAGES and item.get("result"):
            self._drafts.lose("images")
        result = next((plain(item[field]) for field in _RESULT_FIELDS if item.get(field) not in (None, "", [])), None)
        if text_of(item, "status") in ("failed", "incomplete") or item.get("error"):
            self._drafts.end_step(key, "failed", result=result, detail=_reason(item))
        elif kind == "shell_call" and result is None and text_of(item, "call_id"):
            self._waiting[text_of(item, "call_id")] = key
        elif result is None and (kind in _CALLER_RUNS or text_of(item, "execution") == "client"):
            self._drafts.end_call(key)
        else:
            self._drafts.end_step(key, result=result)

    def _read_output(self, item: JsonObject, kind: str) -> None:
        call = text_of(item, "call_id")
        key = self._waiting.pop(call, None)
        if key is not None:
            self._answered.add(call)
            self._drafts.end_step(key, result=plain(item.get("output", item.get("tools"))))
        elif call not in self._answered:
            self._drafts.lose(f"items of type {kind[:40]}")


def _key(message: JsonObject) -> str:
    return f"item {message.get('output_index', message.get('item_id', ''))}"


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
