"""The data stream of the AI SDK 4: lines of a code and a value, as its protocol's reference lists them.

Each line says what a chunk of the later versions says, and is read as that one. Servers that still send it are those of
``toDataStreamResponse``, and Mastra's for models of that time.
"""

from collections.abc import Mapping

from pydantic import JsonValue

from backend.dialects.ai_sdk import AiSdk
from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, plain, text_of

_TEXT_ID = "answer"

_TEXTS = {"0": "text-delta", "g": "reasoning-delta"}

_LOST = {
    "1": "function calls of the AI SDK 3",
    "2": "data of the application",
    "4": "messages of OpenAI's Assistants API",
    "5": "messages of OpenAI's Assistants API",
    "6": "messages of OpenAI's Assistants API",
    "7": "function calls of the AI SDK 3",
    "8": "annotations of messages",
    "i": "encrypted reasoning",
    "k": "files",
}

_QUIET = frozenset({"j"})
"""Signatures of thinking say nothing to a reader."""


class AiSdk4:
    """One data stream."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._chunks = AiSdk(drafts)

    def read(self, message: JsonObject, event: str) -> bool:
        """Read a line whose value is an object."""
        return self.read_other(dict(message), event)

    def read_other(self, value: JsonValue, event: str) -> bool:
        """Read a line."""
        if event in _LOST:
            self._drafts.count_loss(_LOST[event])
            return True
        if event in _QUIET:
            return True
        chunk = _chunk(event, value)
        return chunk is not None and self._chunks.read(chunk, event)

    def done_marker(self) -> None:
        """``[DONE]`` is not a part of this dialect, and no end."""
        self._drafts.count_loss("end markers of another dialect")

    def finish(self) -> None:
        """The connection has ended: whole if the message's end was among its lines."""
        self._chunks.finish()


def _chunk(code: str, value: JsonValue) -> JsonObject | None:
    """The chunk of later versions that says the same; None for a code that is not of this dialect."""
    if code in _TEXTS:
        return {"type": _TEXTS[code], "id": _TEXT_ID, "delta": value}
    if code == "3":
        return {"type": "error", "errorText": value if isinstance(value, str) else str(plain(value))}
    fields = value if isinstance(value, Mapping) else {}
    if code == "f":
        return {"type": "start-step"}
    if code == "e":
        return {"type": "finish-step"}
    if code == "d":
        reason, usage = plain(fields.get("finishReason")), dict(object_of(fields, "usage"))
        return {"type": "finish", "finishReason": reason, "usage": usage}
    if code == "h":
        source = {"sourceId": text_of(fields, "id"), "url": text_of(fields, "url"), "title": text_of(fields, "title")}
        return {"type": "source-url", **source}
    return _chunk_of_call(code, fields)


def _chunk_of_call(code: str, fields: JsonObject) -> JsonObject | None:
    call: dict[str, JsonValue] = {"toolCallId": text_of(fields, "toolCallId"), "toolName": text_of(fields, "toolName")}
    if code == "b":
        return {"type": "tool-input-start", **call}
    if code == "c":
        return {"type": "tool-input-delta", **call, "inputTextDelta": plain(fields.get("argsTextDelta"))}
    if code == "9":
        return {"type": "tool-input-available", **call, "input": plain(fields.get("args"))}
    if code == "a":
        return {"type": "tool-output-available", **call, "output": plain(fields.get("result"))}
    return None
