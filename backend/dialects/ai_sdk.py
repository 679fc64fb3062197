"""The UI message stream of the AI SDK, versions 5 to 7: chunks with kebab-case types, up to ``finish`` or
``[DONE]``.

Types and fields are those of the SDK's published stream protocol. ``abort`` ends a stream as cancelled; a stream with
neither end is interrupted. The boundaries of model calls (``start-step``, ``finish-step``) are not steps in Playhead;
one that begins anew (``reset-step``) becomes a warning, since text that was sent cannot be taken back.
Sources are identified by address, so that one sent twice is one. Additions of Playhead's encoder are read back
(``backend.dialects.native_events``).
"""

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import CONTENT_FILTER, LIMIT_REACHED, JsonObject
from backend.dialects.json_values import object_of, plain, text_of, whole_number_of
from backend.dialects.native_events import OwnEvents
from backend.dialects.provider_citations import MAX_CITATIONS, ProviderCitation, provider_citations, read_citations
from backend.dialects.said_text import said_text
from backend.dialects.step_drafts import MAX_STEPS
from backend.protocol.events import OPEN_STATES

_FAMILIES = ("text-", "reasoning-", "tool-", "source-", "data-", "start-", "finish-", "reset-", "message-")
_OF_OTHERS = ("tool-call-", "tool-plan-", "message-start", "message-end")
"""Types that look like these and are Cohere's."""
_BESIDE_TEXT = frozenset({"type", "id", "providerMetadata"})
_SINGLE = frozenset({"start", "finish", "abort", "error", "file", "custom"})
_LONGEST_CITED = 500_000
"""Code points of an answer up to which spans are looked for in it: each text part asks for the whole of it."""

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
        self._calls: set[str] = set()
        """Ids of all tool calls, those that are over too."""
        self._tool_names: dict[str, str] = {}
        self._asked_for: str | None = None
        """The call that a person is asked to approve."""
        self._step_calls: list[str] = []
        """Those of the present model call."""
        self._own = OwnEvents(drafts)
        self._own_step: JsonObject = {}
        """The last Playhead step that is a tool call: the chunks of the tool come after it."""
        self._waiting: tuple[str, JsonObject] | None = None
        """A chunk whose meaning the next one may change, and its type: a source, or a Playhead step with its tool."""
        self._parts: dict[str, int] = {}
        """Open text parts: where in the answer they begin."""
        self._reported: dict[str, list[ProviderCitation]] = {}
        """Citations of sources that have not come yet, by their address."""
        self._error_code = "agent_error"
        self._ended = False
        self._aborted = False

    def read(self, message: JsonObject, event: str) -> bool:
        """Read one chunk; its type stands in ``type``."""
        kind = text_of(message, "type")
        if not _is_chunk(kind, message):
            return False
        if message.get("providerMetadata") is not None:
            self._read_metadata(object_of(message, "providerMetadata"), text_of(message, "id"))
        if kind == "text-start":
            self._drafts.begin_text(apart=False)
            if len(self._parts) < MAX_STEPS:
                self._parts[text_of(message, "id")] = self._drafts.length
        if self._waiting is not None and not self._completes_waiting(kind, message):
            self._read_waiting()
        self._read_chunk(kind, message)
        return True

    def _read_chunk(self, kind: str, message: JsonObject) -> None:
        if kind == "text-delta":
            self._drafts.add_text(said_text(message, "delta", _BESIDE_TEXT, self._drafts.count_loss, required=True))
        elif kind.startswith("tool-"):
            self._read_tool(kind, message)
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

    def finish(self) -> None:
        """The connection has ended."""
        self._read_waiting()
        for citations in self._reported.values():
            self._drafts.count_loss("citations that stand only in a provider's metadata", len(citations))
        for call in self._calls:
            if self._ended:
                self._drafts.steps.end_call(call)
        if self._aborted:
            self._drafts.end.complete("cancelled")
        elif self._ended:
            self._drafts.end.complete()
        self._own.close_steps("cancelled" if self._aborted else "completed" if self._ended else "interrupted")

    def _read_metadata(self, metadata: JsonObject, part_id: str) -> None:
        told = provider_citations(metadata)
        if not told or self._drafts.length > _LONGEST_CITED:
            self._drafts.count_loss("metadata of the provider")
            return
        begins_at = self._parts.pop(part_id, self._drafts.length)
        citations = read_citations(told, self._drafts.text[begins_at:], begins_at)
        if len(told) > len(citations):
            self._drafts.count_loss("citations of a form that is not known", len(told) - len(citations))
        for citation in citations:
            known = self._reported.setdefault(citation.url, []) if len(self._reported) < MAX_CITATIONS else []
            known.append(citation)

    def _completes_waiting(self, kind: str, message: JsonObject) -> bool:
        """Whether the chunk says all that the waiting one said, or the rest of it."""
        waiting, before = self._waiting or ("", {})
        if waiting == "data-step":
            return kind.startswith("tool-") and self._is_own_call(text_of(message, "toolCallId"))
        told_in_full = kind == "data-citation" and text_of(message, "id") == text_of(before, "sourceId") != ""
        if told_in_full:
            self._waiting = None
        return told_in_full

    def _read_waiting(self) -> None:
        (kind, message), self._waiting = self._waiting or ("", {}), None
        if kind == "data-step":
            self._own.read("status", _with_tool(message))
        elif kind:
            self._read_source(kind, message)

    def _read_data(self, kind: str, data: JsonObject) -> None:
        if kind == "step" and isinstance(data.get("tool"), str) and "step_id" in data and "step" in data:
            self._own_step = data
            if text_of(data, "state") in OPEN_STATES:
                self._own.read("status", _with_tool(data))
            else:
                self._waiting = ("data-step", data)
        elif not self._own.read("status" if kind == "step" else kind, data):
            self._drafts.count_loss(f"data of type {kind[:40]}")

    def _is_own_call(self, call: str) -> bool:
        """Whether the tool call is that of the last Playhead step: its id contains the step's, between colons."""
        step_id = text_of(self._own_step, "step_id")
        return self._own.knows_call(call) or (step_id != "" and call.rpartition(":")[0].endswith(f":{step_id}"))

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
            self._drafts.begin_text()
            self._step_calls.clear()
        elif kind == "reset-step":
            self._begin_anew()
        elif kind not in ("start", "finish-step", "text-start", "text-end", "message-metadata"):
            self._drafts.count_loss(f"chunks of type {kind[:40]}")
        self._read_usage(message)
        metadata = object_of(message, "messageMetadata")
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
        self._parts.clear()
        for call in self._step_calls:
            self._drafts.steps.end(call, "cancelled", detail="The agent began anew.")
        self._step_calls.clear()
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

    def _read_tool(self, kind: str, message: JsonObject) -> None:
        key = text_of(message, "toolCallId")
        if self._is_own_call(key):
            self._read_own_tool(kind, key, message)
            return
        if kind == "tool-approval-request":
            self._asked_for = key
            self._drafts.ask_person(f"Approve {self._tool_names.get(key) or 'a tool call'}?")
            return
        if key == self._asked_for and kind.startswith("tool-output-"):
            self._drafts.end.resume()
        if not kind.startswith(("tool-input-", "tool-output-")):
            self._drafts.count_loss(f"chunks of type {kind[:40]}")
            return
        self._start_call(key, text_of(message, "toolName"))
        if kind == "tool-input-delta":
            self._drafts.steps.add_arguments(key, text_of(message, "inputTextDelta"))
        elif kind in ("tool-input-available", "tool-input-error"):
            self._drafts.steps.complete_arguments(key, plain(message.get("input")))
        if kind in ("tool-output-error", "tool-input-error"):
            self._drafts.steps.end(key, "failed", detail=text_of(message, "errorText")[:2000] or None)
        elif kind == "tool-output-available" and message.get("preliminary") is True:
            self._drafts.steps.progress(key)
            self._drafts.count_loss("preliminary results of tools")
        elif kind == "tool-output-available":
            self._drafts.steps.end(key, result=plain(message.get("output")))
        elif kind == "tool-output-denied":
            self._drafts.steps.end(key, "cancelled", detail="A person denied this call.")

    def _read_own_tool(self, kind: str, key: str, message: JsonObject) -> None:
        if not self._own.knows_call(key):
            # The step has begun already, with the name of its tool.
            self._own.adopt_call(key, text_of(message, "toolName"), self._own_step)
        if kind == "tool-input-available":
            self._own.complete_arguments(key, plain(message.get("input")))
        elif kind in ("tool-output-available", "tool-output-error"):
            step, self._waiting = dict(self._own_step), None
            step.pop("tool", None)
            self._own.end_call(key, step, plain(message.get("output")))

    def _start_call(self, key: str, name: str) -> None:
        if key in self._calls or len(self._calls) >= MAX_STEPS:
            return
        self._calls.add(key)
        self._step_calls.append(key)
        self._tool_names[key] = name[:200]
        if not name:
            self._drafts.count_loss("names and arguments of tool calls of which only the result was sent")
        self._drafts.steps.start_call(key, name)

    def _read_source(self, kind: str, message: JsonObject) -> None:
        if kind == "source-url" and (url := text_of(message, "url")):
            self._read_web_source(url, text_of(message, "title"))
        elif kind == "source-document":
            self._read_document(message)
        else:
            self._drafts.count_loss(f"chunks of type {kind[:40]}")

    def _read_web_source(self, url: str, title: str) -> None:
        """A source with an address, with what a provider sent about it before it came."""
        reported = self._reported.pop(url, [])
        quotes = [citation.quote for citation in reported if citation.quote]
        spans = tuple(dict.fromkeys(citation.span for citation in reported if citation.span))
        self._count_lost_spans(url, has_spans=bool(spans))
        self._drafts.add_citation(url, title=title or url, url=url, quote=quotes[0] if quotes else "", spans=spans)
        if len(reported) > 1:
            loss = "citations that the sender made one of, since they share an address"
            self._drafts.count_loss(loss, len(reported) - 1)
        if len(quotes) > 1:
            self._drafts.count_loss("further quotes of one source", len(quotes) - 1)

    def _read_document(self, message: JsonObject) -> None:
        title, source_id, file = text_of(message, "title"), text_of(message, "sourceId"), text_of(message, "filename")
        key = f"document {source_id or file or title}"
        self._count_lost_spans(key, has_spans=False)
        self._drafts.add_citation(key, title=title or file or source_id, source=file, document_id=source_id)

    def _count_lost_spans(self, key: str, *, has_spans: bool) -> None:
        if self._drafts.citation_id(key) is not None:
            self._drafts.count_loss("citations sent twice, kept once")
        elif not has_spans:
            self._drafts.count_loss("spans of citations, which the stream has none of")


def _is_chunk(kind: str, message: JsonObject) -> bool:
    """True if the object is a chunk of an AI SDK stream, by its type."""
    if kind == "error":
        return "errorText" in message
    return kind in _SINGLE or (kind.startswith(_FAMILIES) and not kind.startswith(_OF_OTHERS))


def _with_tool(step: JsonObject) -> JsonObject:
    """A Playhead step as in its event, where the tool is an object."""
    return {**step, "tool": {"name": step.get("tool")}}
