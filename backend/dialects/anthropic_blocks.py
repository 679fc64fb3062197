"""The content blocks of Anthropic's messages: text with its citations, thinking, tool calls and their results.

A ``compaction``, the summary that the provider makes of a long conversation, is a step whose result is the summary.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, objects_of, plain, text_of, whole_number_of
from backend.dialects.said_text import said_text
from backend.protocol.events import Locator, Span

_MAX_OPEN_BLOCKS = 1_000
_MAX_CITATIONS_A_BLOCK = 1_000
_MAX_SUMMARY_CHARS = 1_000_000


@dataclass(slots=True)
class _Block:
    kind: str
    start: int
    """Where its text begins in the answer, in code points."""
    call: str = ""
    cited: list[str] = field(default_factory=list)
    summary: str = ""


class AnthropicBlocks:
    """The blocks of one message, by their index."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._open: dict[str, _Block] = {}
        self._calls: list[str] = []
        """Calls that the caller is to run."""
        self._names: dict[str, str] = {}

    def start(self, index: JsonValue, block: JsonObject) -> None:
        """A block begins, with all of its content if it was not streamed."""
        kind = text_of(block, "type")
        self.stop(index)
        if len(self._open) >= _MAX_OPEN_BLOCKS:
            self.stop_all()
        made = self._open[str(index)] = _Block(kind, self._drafts.length)
        if kind == "text":
            self._drafts.begin_text(apart=False)
            self._drafts.add_text(said_text(block, "text", ("type", "citations"), self._drafts.count_loss))
            for citation in objects_of(block, "citations"):
                self._cite(made, citation)
        elif kind in ("thinking", "redacted_thinking"):
            self._drafts.steps.begin_thinking()
            if text_of(block, "thinking") or kind == "redacted_thinking":
                self._drafts.steps.add_thinking(text_of(block, "thinking"))
        elif kind.endswith("tool_use"):
            self._start_call(made, block)
        elif kind.endswith("tool_result"):
            self._read_result(block, kind)
        elif kind == "compaction":
            made.call = f"compaction {self._drafts.tool_calls}"
            self._drafts.steps.start_call(made.call, kind)
            self._summarise(made, block)
        elif kind == "fallback":
            model = text_of(object_of(block, "to"), "model") or "another one"
            self._drafts.warn("model_fallback", f"The provider answers with another model: {model[:100]}.")
        else:
            self._drafts.count_loss(f"blocks of type {kind[:40] or 'unknown'}")

    def add(self, index: JsonValue, delta: JsonObject) -> None:
        """A block grows. Text is said even if its block was never started."""
        block = self._open.get(str(index))
        kind = text_of(delta, "type")
        if kind == "text_delta" or (not kind and "text" in delta):
            if block is None:
                self._drafts.begin_text(apart=False)
                block = self._open[str(index)] = _Block("text", self._drafts.length)
            self._drafts.add_text(said_text(delta, "text", ("type",), self._drafts.count_loss, required=True))
        elif kind == "thinking_delta":
            self._drafts.steps.add_thinking(text_of(delta, "thinking"))
        elif kind == "input_json_delta":
            if piece := text_of(delta, "partial_json"):
                self._drafts.steps.add_arguments(block.call if block else "", piece)
        elif kind == "citations_delta" and block is not None:
            self._cite(block, object_of(delta, "citation"))
        elif kind == "compaction_delta" and block is not None:
            self._summarise(block, delta)
        elif kind != "signature_delta":
            self._drafts.count_loss(f"deltas of type {kind[:40] or 'unknown'}")

    def stop(self, index: JsonValue) -> None:
        """A block is whole; nothing happens if it is not open."""
        block = self._open.pop(str(index), None)
        if block is None:
            return
        if block.kind == "compaction":
            self._drafts.steps.end(block.call, result=block.summary or None)
        elif block.call:
            self._drafts.steps.complete_arguments(block.call)
        elif "thinking" in block.kind:
            self._drafts.steps.end_thinking()
        if block.cited and block.start < self._drafts.length:
            span = Span(start=block.start, end=self._drafts.length)
            for key in block.cited:
                self._drafts.add_citation(key, span=span)

    def stop_all(self) -> None:
        """Every open block stops."""
        for index in list(self._open):
            self.stop(index)

    def end_calls(self) -> None:
        """The message is whole: what it called is not answered in it."""
        self._drafts.end_calls(self._calls)
        self._calls.clear()

    def _summarise(self, block: _Block, said: JsonObject) -> None:
        block.summary = (block.summary + text_of(said, "content"))[:_MAX_SUMMARY_CHARS]
        if said.get("encrypted_content"):
            self._drafts.count_loss("encrypted content")

    def _start_call(self, made: _Block, block: JsonObject) -> None:
        name = text_of(block, "name") or text_of(block, "type")
        made.call = text_of(block, "id") or f"call {made.start} {len(self._names)}"
        arguments = plain(block.get("input")) or None
        self._drafts.steps.start_call(made.call, name, arguments=arguments)
        if text_of(block, "type") == "tool_use" and self._drafts.steps.is_open(made.call):
            self._calls.append(made.call)

    def _read_result(self, block: JsonObject, kind: str) -> None:
        call = text_of(block, "tool_use_id")
        content = block.get("content")
        if not self._drafts.steps.is_open(call):
            # A turn that was paused continues with the result of a call from the message before.
            name = kind.removesuffix("_tool_result")
            call = call or f"result {self._drafts.tool_calls}"
            self._drafts.steps.start_call(call, name)
        error = content if isinstance(content, Mapping) and text_of(content, "type").endswith("error") else None
        if error is not None or block.get("is_error") is True:
            code = text_of(error, "error_code") if error is not None else ""
            self._drafts.steps.end(call, "failed", result=plain(content), detail=code[:200] or f"{kind} with an error")
            return
        for result in objects_of(block, "content"):
            url, title = text_of(result, "url"), text_of(result, "title")
            if url and title and len(self._names) < 10_000:
                self._names[url] = title
        self._drafts.steps.end(call, result=self._readable(content))

    def _readable(self, content: JsonValue) -> JsonValue:
        """A result without what only the provider can read."""
        if isinstance(content, list):
            return [self._readable(item) for item in content]
        if isinstance(content, dict):
            kept = {name: item for name, item in content.items() if not name.startswith("encrypted")}
            if len(kept) < len(content):
                self._drafts.count_loss("encrypted content")
            return plain(kept)
        return content

    def _cite(self, block: _Block, citation: JsonObject) -> None:
        source, file = text_of(citation, "source"), text_of(citation, "file_id")
        url = text_of(citation, "url") or (source if source.startswith(("http://", "https://")) else "")
        document = file or source
        quote = text_of(citation, "cited_text")
        if not (url or quote or document):
            self._drafts.count_loss(f"citations of type {text_of(citation, 'type')[:40] or 'unknown'}")
            return
        place = url or document or _numbered_document(citation)
        title = text_of(citation, "title") or text_of(citation, "document_title") or self._names.get(url) or place
        key = f"{place}\n{quote}"
        self._drafts.add_citation(
            key, title=title, url=url, quote=quote, source=document, document_id=file, locator=_locator_of(citation)
        )
        if key not in block.cited and len(block.cited) < _MAX_CITATIONS_A_BLOCK:
            block.cited.append(key)


def _numbered_document(citation: JsonObject) -> str:
    """A name for a document or search result that the citation gives only by its number."""
    number = citation.get("document_index", citation.get("search_result_index"))
    return f"document {number}" if isinstance(number, int) else "Cited text"


def _locator_of(citation: JsonObject) -> Locator | None:
    page = whole_number_of(citation, "start_page_number")
    start, end = whole_number_of(citation, "start_char_index"), whole_number_of(citation, "end_char_index")
    return Locator(page=page, start=start, end=end) if page is not None or start is not None else None
