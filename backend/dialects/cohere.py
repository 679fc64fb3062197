"""Cohere's chat API, version 2: messages with kebab-case types, from ``message-start`` to ``message-end``.

Types and fields are those of Cohere's API reference. A citation names a range of its content, counted as the text
beside it shows (``cited_ranges``), and the documents or tool results that it rests on. The plan of a tool call is
thinking. A whole answer that was not streamed is read as well.
"""

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.cited_ranges import cited_range
from backend.dialects.dialect import LIMIT_REACHED, JsonObject
from backend.dialects.json_values import object_of, objects_of, plain, text_of, whole_number_of
from backend.dialects.said_text import said_text
from backend.protocol.events import Span

_KINDS = frozenset(
    {"message-start", "content-start", "content-delta", "content-end", "tool-plan-delta", "tool-call-start", "debug"}
    | {"tool-call-delta", "tool-call-end", "citation-start", "citation-end", "message-end"}
)

_FAILED = {
    "ERROR": "The provider ended the answer with an error.",
    "ERROR_TOXIC": "The provider's content filter ended the answer.",
    "ERROR_LIMIT": "The provider ended the answer: a limit was reached.",
    "TIMEOUT": "The provider ended the answer: it took too long.",
}

_MOST_WAITING = 100
"""Citations that may come before their text."""

_LONGEST_CITED = 500_000
"""Code points of an answer up to which ranges are looked for in it: each citation asks for the text before it."""


class Cohere:
    """One streamed answer."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._starts: dict[int, int] = {}
        """Contents of the answer: where each begins in it, in code points."""
        self._content = 0
        self._calls: dict[int, str] = {}
        self._waiting: list[JsonObject] = []
        """Citations of text that has not come yet."""

    def read(self, message: JsonObject, event: str) -> bool:
        """Read one message, a whole answer, or an error that came in place of either."""
        if "payload" in message:
            # Mastra's chunks have types that begin alike.
            return False
        kind = text_of(message, "type") or (event if event in _KINDS else "")
        if not kind and isinstance(message.get("message"), dict) and "finish_reason" in message:
            self._read_whole(message)
        elif kind in _KINDS:
            self._read_kind(kind, message)
        elif kind.startswith(("content-", "citation-", "tool-call-", "tool-plan-")):
            self._drafts.count_loss(f"messages of type {kind[:60]}")
        elif set(message) <= {"id", "message"} and text_of(message, "message"):
            self._drafts.end.fail("provider_error", text_of(message, "message"))
        else:
            return False
        return True

    def done_marker(self) -> None:
        """``[DONE]``, which some streams end with, adds nothing to ``message-end``."""

    def finish(self) -> None:
        """The connection has ended: citations whose text never came have no range."""
        for citation in self._waiting:
            self._cite(citation, self._range_of(citation))
        self._waiting.clear()

    def _read_kind(self, kind: str, message: JsonObject) -> None:
        delta = object_of(message, "delta")
        said = object_of(delta, "message")
        index = whole_number_of(message, "index") or 0
        if kind in ("content-start", "content-delta"):
            self._read_content(kind, index, message)
        elif kind == "tool-plan-delta":
            self._drafts.steps.add_thinking(text_of(said, "tool_plan"))
        elif kind.startswith("tool-call-"):
            self._read_call(kind, index, object_of(said, "tool_calls"))
        elif kind == "citation-start":
            self._read_citation(object_of(said, "citations"))
        elif kind == "message-end":
            self._end(delta)
        if kind == "content-end":
            self._drafts.steps.end_thinking()

    def _read_content(self, kind: str, index: int, message: JsonObject) -> None:
        delta = object_of(message, "delta")
        content = object_of(object_of(delta, "message"), "content")
        if kind == "content-start":
            self._drafts.begin_text(apart=False)
            self._content = index
            self._starts[index] = self._drafts.length
        if text_of(content, "thinking"):
            self._drafts.steps.add_thinking(text_of(content, "thinking"))
        elif text_of(content, "type") == "thinking":
            self._drafts.steps.begin_thinking()
        else:
            self._say(content, message, required=kind == "content-delta")

    def _say(self, content: JsonObject, message: JsonObject, *, required: bool) -> None:
        if content:
            text = said_text(content, "text", ("type",), self._drafts.count_loss, required=required)
        else:
            beside = ("type", "index", "logprobs", "id")
            text = said_text(message, "delta", beside, self._drafts.count_loss, required=required)
        self._drafts.add_text(text)
        if self._waiting and text:
            waiting, self._waiting = self._waiting, []
            for citation in waiting:
                self._read_citation(citation)

    def _read_call(self, kind: str, index: int, call: JsonObject) -> None:
        function = object_of(call, "function")
        if kind == "tool-call-start":
            key = self._calls[index] = text_of(call, "id") or f"call {index}"
            self._drafts.steps.start_call(key, text_of(function, "name"))
        key = self._calls.get(index, "")
        if pieces := text_of(function, "arguments"):
            self._drafts.steps.add_arguments(key, pieces)
        if kind == "tool-call-end":
            self._drafts.steps.complete_arguments(key)

    def _read_citation(self, citation: JsonObject) -> None:
        if text_of(citation, "type") == "PLAN":
            self._drafts.count_loss("citations of a plan, which is not part of the answer")
            return
        span = self._range_of(citation)
        if span is None and len(self._waiting) < _MOST_WAITING:
            self._waiting.append(citation)
        else:
            self._cite(citation, span)

    def _range_of(self, citation: JsonObject) -> Span | None:
        index = whole_number_of(citation, "content_index")
        begins_at = self._starts.get(self._content if index is None else index, 0)
        start, end = whole_number_of(citation, "start"), whole_number_of(citation, "end")
        if end is None or self._drafts.length > _LONGEST_CITED:
            return None
        text = self._drafts.text[begins_at : begins_at + end]
        return cited_range(text, start, end, text_of(citation, "text"), begins_at)

    def _cite(self, citation: JsonObject, span: Span | None) -> None:
        if span is None:
            self._drafts.count_loss("ranges of citations that fit no text")
        sources = objects_of(citation, "sources")
        for source in sources:
            self._read_source(source, span)
        if not sources:
            self._drafts.count_loss("citations without a source")

    def _read_source(self, source: JsonObject, span: Span | None) -> None:
        holder = object_of(source, "document") or object_of(source, "tool_output")
        source_id = text_of(source, "id") or text_of(holder, "id")
        url = text_of(holder, "url")
        quote = next((text for name in ("snippet", "text", "content", "data") if (text := text_of(holder, name))), "")
        title = text_of(holder, "title") or text_of(holder, "name") or url or source_id or "Source"
        self._drafts.add_citation(
            url or source_id or f"{title}\n{quote}", title=title, url=url, quote=quote, document_id=source_id, span=span
        )

    def _read_whole(self, answer: JsonObject) -> None:
        message = object_of(answer, "message")
        for index, content in enumerate(objects_of(message, "content")):
            self._read_content("content-start", index, {"delta": {"message": {"content": plain(content)}}})
            self._drafts.steps.end_thinking()
        for index, call in enumerate(objects_of(message, "tool_calls")):
            self._read_call("tool-call-start", index, call)
            self._read_call("tool-call-end", index, {})
        for citation in objects_of(message, "citations"):
            self._read_citation(citation)
        self._end(answer)

    def _end(self, end: JsonObject) -> None:
        self._read_usage(object_of(end, "usage"))
        self._drafts.end_calls(self._calls.values())
        reason = text_of(end, "finish_reason").upper()
        if reason in _FAILED or end.get("error"):
            told = text_of(end, "error") or _FAILED.get(reason, _FAILED["ERROR"])
            self._drafts.end.fail(reason.lower() or "error", told, retryable=reason in ("ERROR", "TIMEOUT"))
            return
        if reason == "MAX_TOKENS":
            self._drafts.warn("length_limit", LIMIT_REACHED)
        self._drafts.end.complete()

    def _read_usage(self, usage: JsonObject) -> None:
        tokens = object_of(usage, "tokens") or object_of(usage, "billed_units")
        counts = {name: plain(tokens.get(name)) for name in ("input_tokens", "output_tokens")}
        self._drafts.end.add_usage({**counts, "cached_tokens": plain(usage.get("cached_tokens"))})
