"""The UI message stream of the AI SDK, versions 5 to 7: chunks with kebab-case types, up to ``finish`` or
``[DONE]``.

Types and fields are those of the SDK's published stream protocol. ``abort`` ends a stream as cancelled; a stream with
neither end is interrupted. The boundaries of model calls (``start-step``, ``finish-step``) are not steps in Playhead;
one that begins anew (``reset-step``) becomes a warning, since text that was sent cannot be taken back.
Additions of Playhead's encoder are read back
(``backend.dialects.native_events``).
"""

from collections.abc import Mapping

from pydantic import JsonValue

from backend.dialects.ai_sdk_message import AiSdkMessage
from backend.dialects.ai_sdk_sources import AiSdkSources
from backend.dialects.ai_sdk_tools import AiSdkTools
from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.asked_person import Continuation, PersonReply
from backend.dialects.dialect import CONTENT_FILTER, LIMIT_REACHED, JsonObject
from backend.dialects.json_values import object_of, plain, text_of, whole_number_of
from backend.dialects.native_events import OwnEvents
from backend.dialects.said_text import said_text
from backend.protocol.events import OPEN_STATES

_FAMILIES = ("text-", "reasoning-", "tool-", "source-", "data-", "start-", "finish-", "reset-", "message-")
_OF_OTHERS = ("tool-call-", "tool-plan-", "message-start", "message-end")
"""Types that look like these and are Cohere's."""
_BESIDE_TEXT = frozenset({"type", "id", "providerMetadata"})
_SINGLE = frozenset({"start", "finish", "abort", "error", "file", "custom"})
_USAGE_NAMES = {
    "inputTokens": "input_tokens",
    "outputTokens": "output_tokens",
    "totalTokens": "total_tokens",
    "reasoningTokens": "reasoning_tokens",
    "promptTokens": "input_tokens",
    "completionTokens": "output_tokens",
}

_FINISH_FAILED = {
    "error": ("provider_error", "The answer ended with an error."),
    "content-filter": ("content_filter", CONTENT_FILTER),
}


class AiSdk:
    """One UI message stream."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._own = OwnEvents(drafts)
        self._sources = AiSdkSources(drafts)
        self._tools = AiSdkTools(drafts, self._own)
        self._message = AiSdkMessage()
        self._waiting: tuple[str, JsonObject] | None = None
        """A chunk whose meaning the next one may change, and its type: a source, or a Playhead step with its tool."""
        self._is_own = False
        """Whether the stream is one of Playhead's."""
        self._error_code = "agent_error"
        self._ended = False
        self._aborted = False

    def read(self, message: JsonObject, event: str) -> bool:
        """Read one chunk; its type stands in ``type``."""
        kind = text_of(message, "type")
        if not _is_chunk(kind, message):
            return False
        if message.get("providerMetadata") is not None:
            self._sources.read_metadata(object_of(message, "providerMetadata"), text_of(message, "id"))
        if kind == "text-start":
            self._drafts.begin_text(apart=False)
            self._sources.begin_part(text_of(message, "id"))
        if self._waiting is not None and not self._completes_waiting(kind, message):
            self._read_waiting()
        self._message.take(kind, message)
        self._read_chunk(kind, message)
        return True

    def _read_chunk(self, kind: str, message: JsonObject) -> None:
        if kind == "text-delta":
            self._drafts.add_text(said_text(message, "delta", _BESIDE_TEXT, self._drafts.count_loss, required=True))
        elif kind.startswith("tool-"):
            if self._tools.read(kind, message):
                self._waiting = None
        elif kind.startswith("reasoning-"):
            self._read_reasoning(kind, message)
        elif kind.startswith("source-"):
            self._waiting = (kind, message)
        elif kind.startswith("data-"):
            self._read_data(kind[5:], object_of(message, "data"))
        else:
            self._read_message(kind, message)

    def done_marker(self) -> None:
        """``[DONE]``: the stream is whole."""
        self._ended = True

    def answer(self, replies: Mapping[str, PersonReply]) -> Continuation:
        """The messages are sent again, with this one and its answers. Edited arguments stand beside them, for a
        Playhead."""
        self._read_waiting()
        self._ended = False
        edited: dict[str, JsonValue] = {}
        for asked in self._drafts.asked:
            reply = replies[asked.key]
            self._message.answered(asked, reply)
            if reply.accepted and reply.arguments is not None:
                edited[asked.key] = {"action": "accept", "arguments": reply.arguments}
        message = plain(self._message.whole())
        return Continuation({"messages": [message]}, {"answers": edited} if edited else {})

    def finish(self) -> None:
        """The connection has ended."""
        self._read_waiting()
        self._sources.finish()
        if self._ended:
            self._tools.end_all()
        if self._aborted:
            self._drafts.end.complete("cancelled")
        elif self._ended:
            self._drafts.end.complete()
        self._own.close_steps("cancelled" if self._aborted else "completed" if self._ended else "interrupted")

    def _completes_waiting(self, kind: str, message: JsonObject) -> bool:
        """Whether the chunk says all that the waiting one said, or the rest of it."""
        waiting, before = self._waiting or ("", {})
        if waiting == "data-step":
            return kind.startswith("tool-") and self._tools.is_own(text_of(message, "toolCallId"))
        told_in_full = kind == "data-citation" and text_of(message, "id") == text_of(before, "sourceId") != ""
        if told_in_full:
            self._waiting = None
        return told_in_full

    def _read_waiting(self) -> None:
        (kind, message), self._waiting = self._waiting or ("", {}), None
        if kind == "data-step":
            self._own.read("status", _with_tool(message))
        elif kind:
            self._sources.read(kind, message)

    def _read_data(self, kind: str, data: JsonObject) -> None:
        if kind == "step" and isinstance(data.get("tool"), str) and "step_id" in data and "step" in data:
            self._tools.own_step = data
            if text_of(data, "state") in OPEN_STATES:
                self._own.read("status", _with_tool(data))
            else:
                self._waiting = ("data-step", data)
        elif kind == "request" and self._tools.read_request(data):
            return
        elif not self._own.read("status" if kind == "step" else kind, data):
            self._drafts.count_loss(f"data of type {kind[:40]}")

    def _read_message(self, kind: str, message: JsonObject) -> None:
        if kind == "error":
            outcome = self._own.outcome
            told = outcome if outcome not in (None, "completed", "cancelled") else "failed"
            self._drafts.end.fail(self._error_code, text_of(message, "errorText"), outcome=told)
        elif kind == "abort":
            self._aborted = True
        elif kind == "finish":
            self._read_finish(text_of(message, "finishReason"))
        elif kind == "file":
            self._drafts.count_loss("files")
        elif kind == "start-step":
            # A step of Playhead's is the rest of one text, after an answer.
            self._drafts.begin_text(apart=not self._is_own)
            self._tools.begin_step()
        elif kind == "reset-step":
            self._begin_anew()
        elif kind not in ("start", "finish-step", "text-start", "text-end", "message-metadata"):
            self._drafts.count_loss(f"chunks of type {kind[:40]}")
        self._read_usage(message)
        metadata = object_of(message, "messageMetadata")
        self._is_own = self._is_own or {"run_id", "session_id"} <= set(metadata)
        self._read_usage(metadata)
        if self._own.read_end(metadata):
            self._error_code = text_of(metadata, "error")[:80] or self._error_code
        elif metadata and set(metadata) - {"usage", "totalUsage"} not in (set(), {"run_id", "session_id", "agent"}):
            self._drafts.count_loss("metadata of the message")

    def _read_usage(self, holder: JsonObject) -> None:
        """What servers say of usage, in the metadata of the message or beside it."""
        usage = object_of(holder, "totalUsage") or object_of(holder, "usage")
        self._drafts.end.add_usage(
            {ours: whole_number_of(usage, theirs) for theirs, ours in _USAGE_NAMES.items() if theirs in usage}
        )

    def _begin_anew(self) -> None:
        """The model call is made again: a client would drop what came of it so far."""
        self._sources.begin_anew()
        self._tools.begin_anew()
        self._drafts.begin_text()
        self._drafts.warn("answer_restarted", "The agent began anew here: what it said just before no longer counts.")

    def _read_finish(self, reason: str) -> None:
        self._ended = True
        if reason in _FINISH_FAILED:
            self._drafts.end.fail(*_FINISH_FAILED[reason])
        elif reason == "length":
            self._drafts.warn("length_limit", LIMIT_REACHED)

    def _read_reasoning(self, kind: str, message: JsonObject) -> None:
        if kind == "reasoning-start":
            self._drafts.steps.begin_thinking()
        elif kind == "reasoning-end":
            self._drafts.steps.end_thinking()
        elif kind == "reasoning-file":
            self._drafts.count_loss("files")
        else:
            self._drafts.steps.add_thinking(text_of(message, "delta"))


def _is_chunk(kind: str, message: JsonObject) -> bool:
    """True if the object is a chunk of an AI SDK stream, by its type. Mastra's have a payload."""
    if "payload" in message and "from" in message:
        return False
    if kind == "error":
        return "errorText" in message
    return kind in _SINGLE or (kind.startswith(_FAMILIES) and not kind.startswith(_OF_OTHERS))


def _with_tool(step: JsonObject) -> JsonObject:
    """A Playhead step as in its event, where the tool is an object."""
    return {**step, "tool": {"name": step.get("tool")}}
