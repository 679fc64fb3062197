"""The content of LangChain's messages: a text, or blocks of text, reasoning and calls as their provider names them."""

from collections.abc import Mapping

from pydantic import JsonValue

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import camel_case, object_of, objects_of, text_of, whole_number_of
from backend.dialects.said_text import said_text
from backend.protocol.events import Span

_THINKS = ("reasoning", "thinking", "redacted_thinking", "reasoning_content")

_THOUGHTS = ("thinking", "reasoning", "reasoning_content", "text")
"""Fields of such a block that contain what was thought."""

_OF_CALLS = frozenset(
    {"tool_use", "tool_call", "tool_call_chunk", "input_json_delta", "function_call", "invalid_tool_call"}
)
"""Blocks that repeat what stands in a message's calls."""

_TEXTS = frozenset({"text", "output_text", "text_delta", "text-plain", "refusal", ""})

_BESIDE_TEXT = frozenset({"type", "id", "index", "annotations", "citations", "extras", "phase"})
"""Fields of a block of text that are not its text."""


_DEEPEST = 4


def text_and_blocks(content: JsonValue, levels: int = _DEEPEST) -> list[JsonObject]:
    """The blocks of a content; a text alone is one block, and lists inside a list are read as one."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    items = content if isinstance(content, list) else [content]
    blocks: list[JsonObject] = []
    for item in items:
        if isinstance(item, str):
            blocks.append({"type": "text", "text": item})
        elif isinstance(item, Mapping):
            blocks.append(item)
        elif isinstance(item, list) and levels:
            blocks += text_and_blocks(item, levels - 1)
    return blocks


def block_text(block: JsonObject, drafts: AnswerDrafts) -> str:
    """The text of the answer in a block. Thinking is counted, other content is lost by its name."""
    kind = text_of(block, "type")
    if kind in _THINKS:
        named = next((text for name in _THOUGHTS if (text := text_of(block, name))), "")
        drafts.steps.add_thinking(named or "".join(text_of(part, "text") for part in objects_of(block, "summary")))
    elif kind in _TEXTS:
        return said_text(block, "refusal" if kind == "refusal" else "text", _BESIDE_TEXT, drafts.count_loss)
    elif kind not in _OF_CALLS:
        drafts.count_loss(f"content of type {kind[:40]}")
    return ""


def cite_annotations(block: JsonObject, drafts: AnswerDrafts, begins_at: int) -> None:
    """The citations of a block of text that begins there in the answer; their ranges count its code points."""
    for annotation in [*objects_of(block, "annotations"), *objects_of(block, "citations")]:
        cited = camel_case(object_of(annotation, "url_citation") or annotation)
        url, title = text_of(cited, "url"), text_of(cited, "title") or text_of(cited, "documentTitle")
        quote = text_of(cited, "citedText")
        if not (url or title or quote):
            drafts.count_loss(f"annotations of type {text_of(annotation, 'type')[:40] or 'unknown'}")
            continue
        key = url if url and not quote else f"{url or title}\n{quote}"
        drafts.add_citation(key, title=title or url, url=url, quote=quote, span=_span_of(cited, begins_at))


def _span_of(cited: JsonObject, begins_at: int) -> Span | None:
    start, end = whole_number_of(cited, "startIndex"), whole_number_of(cited, "endIndex")
    if start is None or end is None or not 0 <= start < end:
        return None
    return Span(start=begins_at + start, end=begins_at + end)


def cite_documents(value: JsonValue, drafts: AnswerDrafts) -> bool:
    """LangChain's documents, as retrievers and tools hand them out, as citations. Whether there was one."""
    documents = [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
    found = False
    for document in documents:
        inner = object_of(document, "kwargs") or document
        quote, about = text_of(inner, "page_content"), object_of(inner, "metadata")
        if not quote:
            continue
        found = True
        source = text_of(about, "source")
        url = text_of(about, "url") or (source if source.startswith(("http://", "https://")) else "")
        title = text_of(about, "title") or source or "Retrieved text"
        drafts.count_loss("spans of citations, which the stream has none of")
        drafts.add_citation(
            text_of(inner, "id") or f"{source or title}\n{quote}",
            title=title,
            url=url,
            source="" if url == source else source,
            quote=quote,
        )
    return found
