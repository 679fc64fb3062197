"""The UI message stream of the AI SDK, versions 5 to 7: chunks with kebab-case types, up to ``finish`` or
``[DONE]``.

Types and fields are those of the SDK's published stream protocol. ``abort`` ends a stream as cancelled; a stream with
neither end is interrupted. The boundaries of model calls (``start-step``, ``finish-step``) are no steps of ours.
Sources go by their address, so that one that is told twice is one.
"""

from pydantic import JsonValue

from backend.dialects.answer_drafts import MAX_STEPS, THINKING, AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.reading import plain, text_of

_FAMILIES = ("text-", "reasoning-", "tool-", "source-", "data-", "start-", "finish-", "message-")
_SINGLE = frozenset({"start", "finish", "abort", "error", "file"})
_FINISH_FAILED = {
    "error": ("provider_error", "The answer ended with an error."),
    "content-filter": ("content_filter", "The provider's content filter ended the answer."),
}


class AiSdk:
    """One UI message stream."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._calls: set[str] = set()
        """Ids of all tool calls, those that are over too."""
        self._ended = False
        self._aborted = False

    def read(self, message: JsonObject, event: str) -> bool:
        """Read one chunk; its type stands in ``type``."""
        kind = text_of(message, "type")
        if not (kind in _SINGLE or kind.startswith(_FAMILIES)) or (kind == "error" and "errorText" not in message):
            return False
        if message.get("providerMetadata") is not None:
            self._drafts.lose("metadata of the provider")
        if kind == "text-delta":
            self._drafts.say(text_of(message, "delta"))
        elif kind.startswith("tool-"):
            self._read_tool(kind, message)
        elif kind.startswith("reasoning-"):
            self._read_reasoning(kind)
        elif kind.startswith("source-"):
            self._read_source(kind, message)
        elif kind.startswith("data-"):
            self._drafts.lose(f"data of type {kind[5:45]}")
        else:
            self._read_message(kind, message)
        return True

    def done_marker(self) -> None:
        """``[DONE]``: the stream is whole."""
        self._ended = True

    def finish(self) -> None:
        """The connection has ended."""
        for call in self._calls:
            if self._ended:
                self._drafts.end_step(call, detail="Called; its result is not part of the stream.")
        if self._aborted:
            self._drafts.complete("cancelled")
        elif self._ended:
            self._drafts.complete()

    def _read_message(self, kind: str, message: JsonObject) -> None:
        if kind == "error":
            self._drafts.fail("agent_error", text_of(message, "errorText"))
        elif kind == "abort":
            self._aborted = True
        elif kind == "finish":
            self._read_finish(text_of(message, "finishReason"))
        elif kind == "file":
            self._drafts.lose("files")
        elif kind not in ("start", "start-step", "finish-step", "text-start", "text-end", "message-metadata"):
            self._drafts.lose(f"chunks of type {kind[:40]}")
        if message.get("messageMetadata") is not None:
            self._drafts.lose("metadata of the message")

    def _read_finish(self, reason: str) -> None:
        self._ended = True
        if reason in _FINISH_FAILED:
            self._drafts.fail(*_FINISH_FAILED[reason])
        elif reason == "length":
            self._drafts.warn("length_limit", "The answer ends where its token limit was reached.")

    def _read_reasoning(self, kind: str) -> None:
        if kind == "reasoning-start":
            self._drafts.start_step(THINKING, THINKING, label="Thinking")
        elif kind == "reasoning-end":
            self._drafts.end_thinking()
        else:
            self._drafts.think()

    def _read_tool(self, kind: str, message: JsonObject) -> None:
        key = text_of(message, "toolCallId")
        self._start_call(key, text_of(message, "toolName"))
        if kind == "tool-input-delta":
            self._drafts.add_arguments(key, text_of(message, "inputTextDelta"))
        elif kind in ("tool-input-available", "tool-input-error"):
            self._drafts.arguments_whole(key, plain(message.get("input")))
        if kind in ("tool-output-error", "tool-input-error"):
            self._drafts.end_step(key, "failed", detail=text_of(message, "errorText")[:2000] or None)
        elif kind == "tool-output-available" and message.get("preliminary") is True:
            self._drafts.progress(key)
            self._drafts.lose("preliminary results of tools")
        elif kind == "tool-output-available":
            self._end_call(key, message.get("output"))
        elif kind == "tool-output-denied":
            self._drafts.end_step(key, "cancelled", detail="A person denied this call.")
        elif kind == "tool-approval-request":
            self._drafts.warn("input_requested", "The agent asks a person to approve a tool call.")
            self._drafts.lose("requests for a person's input")
        elif not kind.startswith("tool-input-"):
            self._drafts.lose(f"chunks of type {kind[:40]}")

    def _start_call(self, key: str, name: str) -> None:
        if key in self._calls or len(self._calls) >= MAX_STEPS:
            return
        self._calls.add(key)
        slug = "retrieving" if "search" in name else "running_tool"
        self._drafts.end_thinking()
        self._drafts.start_step(key, slug, label=name or "Tool", tool=name or "tool")

    def _end_call(self, key: str, output: JsonValue) -> None:
        self._drafts.end_step(key, result=plain(output))

    def _read_source(self, kind: str, message: JsonObject) -> None:
        title, source_id = text_of(message, "title"), text_of(message, "sourceId")
        if kind == "source-url" and (url := text_of(message, "url")):
            self._drafts.cite(url, title=title or url, url=url)
        elif kind == "source-document":
            file = text_of(message, "filename")
            key = f"document {source_id or file or title}"
            self._drafts.cite(key, title=title or file or source_id, source=file, document_id=source_id)
        else:
            self._drafts.lose(f"chunks of type {kind[:40]}")
            return
        self._drafts.lose("spans, which this dialect has none of for citations")
