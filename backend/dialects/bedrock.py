"""Amazon Bedrock's Converse API as JSON, one event a line: ``messageStart`` to ``messageStop``, then ``metadata``.

Fields are those of the reference of ``ConverseStream``; each event is an object with one field, as SDKs hand it out, or
such an object under ``event``. A citation supports the text of its block, so its range is sent when the block stops.
A whole answer of ``Converse`` is read as well. Bedrock itself sends a binary form, which is not read.
"""

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.bedrock_citations import BedrockCitations
from backend.dialects.dialect import CONTENT_FILTER, LIMIT_REACHED, JsonObject
from backend.dialects.json_values import object_of, objects_of, plain, text_of
from backend.dialects.said_text import said_text

_EVENTS = ("messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata")

_USAGE_NAMES = {
    "inputTokens": "input_tokens",
    "outputTokens": "output_tokens",
    "totalTokens": "total_tokens",
    "cacheReadInputTokens": "cache_read_input_tokens",
    "cacheWriteInputTokens": "cache_creation_input_tokens",
}

_RETRYABLE = frozenset(
    {"throttlingException", "internalServerException", "serviceUnavailableException", "modelStreamErrorException"}
    | {"modelTimeoutException"}
)

_LIMITS = {
    "max_tokens": LIMIT_REACHED,
    "model_context_window_exceeded": "The answer ends where the model's context was full.",
}


class Bedrock:
    """One streamed answer."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._cited = BedrockCitations(drafts)
        self._calls: dict[str, str] = {}

    def read(self, message: JsonObject, event: str) -> bool:
        """Read one event, a whole answer, or an error that came in place of either."""
        inner = object_of(message, "event")
        message = inner if any(name in inner for name in _EVENTS) else message
        for name in _EVENTS:
            body = object_of(message, name)
            if name in message and (name != "metadata" or (set(body) & {"usage", "metrics"} and len(message) <= 2)):
                self._read_event(name, body)
                return True
        failed = next((name for name in message if name.endswith("Exception")), "")
        if failed:
            told = text_of(object_of(message, failed), "message") or text_of(message, failed)
            self._drafts.end.fail(failed[:80], told, retryable=failed in _RETRYABLE)
            return True
        output = object_of(object_of(message, "output"), "message")
        if not output or "stopReason" not in message:
            return False
        self._read_whole(output, message)
        return True

    def done_marker(self) -> None:
        """``[DONE]`` is not a part of this dialect, and no end."""
        self._drafts.count_loss("end markers of another dialect")

    def finish(self) -> None:
        """The connection has ended: blocks that never stopped do so now."""
        self._cited.stop_all()

    def _read_event(self, name: str, event: JsonObject) -> None:
        index = str(event.get("contentBlockIndex", 0))
        if name == "contentBlockStart":
            self._start(index, object_of(event, "start"))
        elif name == "contentBlockDelta":
            self._read_delta(index, event)
        elif name == "contentBlockStop":
            self._stop(index)
        elif name == "messageStop":
            self._end(text_of(event, "stopReason"))
        elif name == "metadata":
            self._read_metadata(event)

    def _start(self, index: str, start: JsonObject) -> None:
        self._cited.start(index)
        tool = object_of(start, "toolUse")
        if tool:
            self._calls[index] = text_of(tool, "toolUseId") or f"call {index}"
            self._drafts.steps.start_call(self._calls[index], text_of(tool, "name"))
        for kind in start:
            if kind != "toolUse":
                self._drafts.count_loss(f"blocks of type {kind[:40]}")

    def _read_delta(self, index: str, event: JsonObject) -> None:
        delta = object_of(event, "delta")
        self._cited.start(index)
        if object_of(delta, "toolUse"):
            if piece := text_of(object_of(delta, "toolUse"), "input"):
                self._drafts.steps.add_arguments(self._calls.get(index, ""), piece)
        elif "reasoningContent" in delta:
            thought = object_of(delta, "reasoningContent")
            if thought.get("signature") is None:
                self._drafts.steps.add_thinking(text_of(thought, "text"))
        elif "citation" in delta:
            self._cited.add(index, object_of(delta, "citation"))
        elif delta:
            self._drafts.add_text(said_text(delta, "text", (), self._drafts.count_loss, required=True))
        else:
            beside = ("contentBlockIndex",)
            self._drafts.add_text(said_text(event, "delta", beside, self._drafts.count_loss, required=True))

    def _stop(self, index: str) -> None:
        self._drafts.steps.end_thinking()
        if index in self._calls:
            self._drafts.steps.complete_arguments(self._calls[index])
        self._cited.stop(index)

    def _end(self, reason: str) -> None:
        self._cited.stop_all()
        self._drafts.end_calls(self._calls.values())
        if reason in ("guardrail_intervened", "content_filtered"):
            self._drafts.end.fail(reason, CONTENT_FILTER)
        elif reason.startswith("malformed"):
            self._drafts.end.fail(reason[:80], f"The provider ended the answer: {reason[:60]}.", retryable=True)
        else:
            if reason in _LIMITS:
                self._drafts.warn("length_limit", _LIMITS[reason])
            self._drafts.end.complete()

    def _read_metadata(self, metadata: JsonObject) -> None:
        usage = object_of(metadata, "usage")
        self._drafts.end.add_usage({ours: plain(usage.get(theirs)) for theirs, ours in _USAGE_NAMES.items()})
        if metadata.get("metrics"):
            self._drafts.count_loss("durations that the server measured")

    def _read_whole(self, output: JsonObject, message: JsonObject) -> None:
        for number, block in enumerate(objects_of(output, "content")):
            index = str(number)
            self._cited.start(index)
            cited, tool = object_of(block, "citationsContent"), object_of(block, "toolUse")
            if tool:
                self._start(index, {"toolUse": plain(tool)})
                self._drafts.steps.complete_arguments(self._calls[index], plain(tool.get("input")))
            elif "reasoningContent" in block:
                thought = object_of(object_of(block, "reasoningContent"), "reasoningText")
                self._drafts.steps.add_thinking(text_of(thought, "text"))
            else:
                for part in objects_of(cited, "content") or [block]:
                    self._drafts.add_text(said_text(part, "text", (), self._drafts.count_loss))
                for citation in objects_of(cited, "citations"):
                    self._cited.add(index, citation)
            self._stop(index)
        self._read_metadata({"usage": plain(message.get("usage"))})
        self._end(text_of(message, "stopReason"))
