"""Ollama's native API, ``/api/chat`` and ``/api/generate``: one JSON object a line, up to the one that is ``done``.

Fields are those of Ollama's API reference. A whole answer that was not streamed is one such object. Thinking stands
beside the text; tool calls come whole. It has no citations.
"""

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import LIMIT_REACHED, JsonObject
from backend.dialects.json_values import object_of, objects_of, plain, text_of
from backend.dialects.said_text import count_unread, said_text

_USAGE_NAMES = {"prompt_eval_count": "input_tokens", "eval_count": "output_tokens"}

_BESIDE_TEXT = frozenset({"role", "thinking", "tool_calls", "images", "tool_name", "name", "tool_call_id"})
_BESIDE_MESSAGE = frozenset(
    {
        "model",
        "created_at",
        "done",
        "done_reason",
        "message",
        "response",
        "thinking",
        "context",
        "error",
        "remote_model",
    }
    | {"remote_host", "tool_calls", "images", "logprobs"}
)
"""Fields of a message, and of a line, that are not text of the answer or are read for themselves."""


class Ollama:
    """One streamed answer."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._calls: list[str] = []

    def read(self, message: JsonObject, event: str) -> bool:
        """Read one line, or an error that came in place of it."""
        error = message.get("error")
        if isinstance(error, str) and error and "jsonrpc" not in message and "type" not in message:
            self._drafts.end.fail("provider_error", error)
            return True
        if not isinstance(message.get("done"), bool) or "type" in message:
            return False
        self._read_line(message)
        if message["done"]:
            self._end(message)
        return True

    def done_marker(self) -> None:
        """``[DONE]`` is not a part of this dialect, and no end."""
        self._drafts.count_loss("end markers of another dialect")

    def finish(self) -> None:
        """The connection has ended: without a line that is ``done`` it was cut."""

    def _read_line(self, line: JsonObject) -> None:
        said = object_of(line, "message")
        if thought := text_of(said, "thinking") or text_of(line, "thinking"):
            self._drafts.steps.add_thinking(thought)
        if "message" in line and said:
            self._drafts.add_text(said_text(said, "content", _BESIDE_TEXT, self._drafts.count_loss))
        elif "response" in line:
            self._drafts.add_text(said_text(line, "response", _BESIDE_MESSAGE, self._drafts.count_loss))
        else:
            self._drafts.add_text(said_text(line, "message", _BESIDE_MESSAGE, self._drafts.count_loss))
        if said:
            count_unread(line, _BESIDE_MESSAGE, self._drafts.count_loss)
        for call in [*objects_of(said, "tool_calls"), *objects_of(line, "tool_calls")]:
            self._call(call)
        if said.get("images") or line.get("images"):
            self._drafts.count_loss("images")

    def _call(self, call: JsonObject) -> None:
        function = object_of(call, "function")
        key = text_of(call, "id") or f"call {len(self._calls)}"
        self._calls.append(key)
        self._drafts.steps.start_call(key, text_of(function, "name"), arguments=plain(function.get("arguments")))

    def _end(self, line: JsonObject) -> None:
        self._drafts.end.add_usage({ours: plain(line.get(theirs)) for theirs, ours in _USAGE_NAMES.items()})
        if any(name.endswith("_duration") for name in line):
            self._drafts.count_loss("durations that the server measured")
        self._drafts.end_calls(self._calls)
        if text_of(line, "done_reason") == "length":
            self._drafts.warn("length_limit", LIMIT_REACHED)
        self._drafts.end.complete()
