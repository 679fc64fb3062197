"""Which dialect a captured stream is of: the one that knows most of its messages, or what else it looks like."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from backend.commands.captured_stream import CapturedStream
from backend.commands.refusals import BadInput
from backend.dialects.registry import DIALECTS, open_decoder
from backend.protocol.events import TokenEvent

_GUESS_BYTES = 1024 * 1024
"""How much of a file is looked at."""

_SPOKEN: Mapping[str, str] = {
    "openai-chat": "chat completions as OpenAI and many other servers stream them",
    "openai-responses": "OpenAI's Responses API",
    "anthropic": "Anthropic's messages",
    "gemini": "Gemini's stream",
    "ag-ui": "an AG-UI stream",
    "ai-sdk": "the AI SDK's UI message stream",
    "ai-sdk-4": "the data stream of the AI SDK 4",
    "mastra": "a Mastra agent's stream",
    "langgraph": "the stream of a LangGraph server",
    "ollama": "Ollama's native stream",
    "dify": "a Dify app's stream",
    "flowise": "a Flowise prediction",
    "a2a": "an A2A stream",
    "cohere": "Cohere's chat stream",
    "bedrock": "Bedrock's Converse as JSON lines",
    "native": "Playhead's own stream",
}

_OTHER_FORMS = (
    (rb"\A\s*<", "a web page: capture the answer of the agent's own address"),
    (rb"\A\x00\x00.{10,200}:event-type", "Amazon's binary event stream: capture its events as JSON lines"),
    (rb"\"object\"\s*:\s*\"text_completion\"", "OpenAI's legacy completions, which Playhead does not read"),
    (rb"\"object\"\s*:\s*\"thread\.", "OpenAI's Assistants API, which Playhead does not read"),
    (
        rb"\"content\"\s*:.{0,2000}?\"stop\"\s*:\s*(?:true|false)",
        "llama.cpp's own completions: capture its /v1/chat/completions",
    ),
    (rb"\"token\"\s*:\s*\{\s*\"id\"", "Text Generation Inference's own stream: capture its /v1/chat/completions"),
    (rb"\"event_type\"\s*:\s*\"(?:stream-start|text-generation)", "version 1 of Cohere's API: capture version 2"),
    (rb"\"event\"\s*:\s*\"on_(?:chat_model|llm|chain|parser|tool|retriever)_", "LangChain's callback events"),
    (rb"\"jsonrpc\"\s*:", "JSON-RPC, such as MCP's, which is not an answer"),
    (rb"(?m)^data:", "server-sent events of no dialect that Playhead reads"),
    (rb"\A\s*[{\[]", "JSON of no dialect that Playhead reads"),
)
"""Forms that are not a dialect here, by what stands in their first bytes, and what to say of each."""

_FORM_BYTES = 65_536

_ERROR_CHARS = 200
"""Characters of an error that are repeated."""


@dataclass(frozen=True, slots=True)
class _Known:
    """How much of a file's beginning one dialect takes for its own."""

    messages: int
    text_chars: int
    all_messages: int
    error: str = ""
    """The error that the stream says, if it says one."""

    @property
    def rank(self) -> tuple[int, int]:
        return self.messages, self.text_chars


def guess_dialect(file: Path) -> str:
    """The dialect that knows most of the file's messages, and at least half of them. Raises ``BadInput`` if there is
    none, or if several know the same."""
    known = _known_by_dialect(file)
    ranked = sorted(known, key=lambda name: known[name].rank, reverse=True)
    best = known[ranked[0]]
    if best.messages == 0 or 2 * best.messages < best.all_messages:
        raise BadInput(f"{file} contains no stream that Playhead reads.{_other_form(file)}")
    same = [name for name in ranked if known[name].rank == best.rank]
    if len(same) > 1:
        if best.error and not best.text_chars:
            raise BadInput(
                f"{file} contains nothing but an error: {best.error} It could be a stream of {', '.join(same)}."
            )
        raise BadInput(f"{file} could be a stream of {', '.join(same)}: name one of them with --dialect.")
    return same[0]


def refuse_other_dialect(file: Path, dialect: str, recognised: int) -> None:
    """Raise ``BadInput`` if another dialect knows far more of the file, or none of it is this one's.

    Most streams report errors in much the same form, so that a few messages are nearly everybody's.
    """
    known = _known_by_dialect(file)
    known.pop(dialect)
    ranked = sorted(known, key=lambda name: known[name].rank)
    (second, best), guess = (known[name] for name in ranked[-2:]), ranked[-1]
    if recognised and best.messages <= 2 * max(recognised, second.messages):
        return
    is_clear = best.rank > second.rank and 2 * best.messages >= best.all_messages
    hint = f" This looks like {_SPOKEN[guess]}: use --dialect {guess}." if is_clear else _other_form(file)
    what = "none of it is" if recognised == 0 else "hardly any of it is"
    raise BadInput(f"{file} contains no stream of the dialect {dialect}: {what} a message of that kind.{hint}")


def _known_by_dialect(file: Path) -> dict[str, _Known]:
    """How much of the file's beginning each dialect takes for its own."""
    found = {}
    for name in DIALECTS:
        decoder, text_chars, size = open_decoder(name), 0, 0
        drafts = []
        for piece in CapturedStream(file).pieces():
            drafts += decoder.feed(piece.data)
            size += len(piece.data)
            if size > _GUESS_BYTES:
                break
        drafts += decoder.close()
        text_chars = sum(len(draft.text) for draft in drafts if isinstance(draft, TokenEvent))
        failed = decoder.end.error if decoder.end.outcome == "failed" else None
        error = "" if failed is None else " ".join(failed.message[:_ERROR_CHARS].split()).rstrip(".") + "."
        found[name] = _Known(decoder.recognised, text_chars, decoder.messages, error)
    return found


def _other_form(file: Path) -> str:
    """A sentence on what a file looks like that no dialect knows, or nothing."""
    start = next((piece.data for piece in CapturedStream(file).pieces()), b"")[:_FORM_BYTES]
    form = next(
        (said for pattern, said in _OTHER_FORMS if re.search(pattern, start, re.DOTALL if b"A" in pattern else 0)), ""
    )
    return f" This looks like {form}." if form else ""
