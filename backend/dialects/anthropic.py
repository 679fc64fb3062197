"""Anthropic's messages: content blocks that start, grow by deltas and stop, up to ``message_stop``.

Events and fields are those of Anthropic's API reference for streaming messages. A citation comes before the text of
its block, so the range it supports is sent when the block stops. A second ``message_start`` is a message that was
begun anew: open blocks end there. A whole ``message`` that was not streamed is read as well.
"""

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.anthropic_blocks import AnthropicBlocks
from backend.dialects.dialect import LIMIT_REACHED, JsonObject
from backend.dialects.json_values import object_of, objects_of, plain, text_of

_KINDS = frozenset(
    {"message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta"}
    | {"message_stop"}
)

_USAGE_NAMES = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")

_BEDROCK_METRICS = "amazon-bedrock-invocationMetrics"
"""Where Bedrock's InvokeModel, whose last event it is added to, counts the tokens."""
_BEDROCK_NAMES = {"inputTokenCount": "input_tokens", "outputTokenCount": "output_tokens"}

_RETRYABLE = frozenset({"overloaded_error", "rate_limit_error", "api_error", "timeout_error"})

_LIMITS = {
    "max_tokens": LIMIT_REACHED,
    "model_context_window_exceeded": "The answer ends where the model's context was full.",
}


class Anthropic:
    """One streamed message."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._blocks = AnthropicBlocks(drafts)
        self._stop_reason = ""
        self._explanation = ""

    def read(self, message: JsonObject, event: str) -> bool:
        """Read one event, a whole message, or an error that came in place of either."""
        kind = text_of(message, "type") or event
        if kind == "error" or (kind == "message" and message.get("error")):
            return self._read_error(message)
        if kind == "ping":
            return True
        if kind == "message" and isinstance(message.get("content"), list):
            self._read_whole(message)
            return True
        if kind not in _KINDS:
            return kind == event and self._read_unknown(kind)
        self._read_event(kind, message)
        return True

    def done_marker(self) -> None:
        """``[DONE]`` is not a word of this dialect, and no end of it."""
        self._drafts.count_loss("end markers of another dialect")

    def finish(self) -> None:
        """The connection has ended: blocks that never stopped do so now."""
        self._blocks.stop_all()

    def _read_event(self, kind: str, message: JsonObject) -> None:
        if kind == "content_block_start":
            self._blocks.start(message.get("index", 0), object_of(message, "content_block"))
        elif kind == "content_block_delta":
            self._blocks.add(message.get("index", 0), object_of(message, "delta"))
        elif kind == "content_block_stop":
            self._blocks.stop(message.get("index", 0))
        elif kind == "message_start":
            self._blocks.stop_all()
            self._drafts.begin_text()
            self._read_head(object_of(message, "message"))
        elif kind == "message_delta":
            self._read_head(object_of(message, "delta"))
            self._read_usage(object_of(message, "usage"))
            if object_of(message, "context_management").get("applied_edits"):
                self._drafts.count_loss("edits of the context")
        else:
            metrics = object_of(message, _BEDROCK_METRICS)
            self._drafts.end.add_usage({ours: plain(metrics.get(theirs)) for theirs, ours in _BEDROCK_NAMES.items()})
            self._stop()

    def _read_unknown(self, kind: str) -> bool:
        if not kind.startswith(("message_", "content_block_")):
            return False
        self._drafts.count_loss(f"messages of type {kind[:60]}")
        return True

    def _read_whole(self, message: JsonObject) -> None:
        for index, block in enumerate(objects_of(message, "content")):
            self._blocks.start(index, block)
            self._blocks.stop(index)
        self._read_head(message)
        self._stop()

    def _read_head(self, head: JsonObject) -> None:
        self._stop_reason = text_of(head, "stop_reason") or self._stop_reason
        self._explanation = text_of(object_of(head, "stop_details"), "explanation") or self._explanation
        self._read_usage(object_of(head, "usage"))

    def _read_usage(self, usage: JsonObject) -> None:
        self._drafts.end.add_usage({name: plain(usage.get(name)) for name in _USAGE_NAMES})
        thinking = object_of(usage, "output_tokens_details").get("thinking_tokens")
        self._drafts.end.add_usage({"reasoning_tokens": plain(thinking)})

    def _stop(self) -> None:
        self._blocks.stop_all()
        self._blocks.end_calls()
        reason = self._stop_reason
        if reason in _LIMITS:
            self._drafts.warn("length_limit", _LIMITS[reason])
        elif reason == "refusal":
            self._drafts.warn("refusal", self._explanation[:1000] or "The model refused to continue.")
        elif reason == "pause_turn":
            self._drafts.warn("paused_turn", "The provider paused here: the answer continues in another request.")
        self._drafts.end.complete()

    def _read_error(self, message: JsonObject) -> bool:
        error = object_of(message, "error")
        if not error and isinstance(message.get("error"), str):
            error = {"message": text_of(message, "error")}
        if not error or "jsonrpc" in message:
            return False
        code = text_of(error, "type")[:80] or "provider_error"
        self._drafts.end.fail(code, text_of(error, "message"), retryable=code in _RETRYABLE)
        return True
