"""Foreign streams for tests: written from objects, and read through their decoder."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from backend.dialects.dialect import StreamEnd
from backend.dialects.registry import open_decoder
from backend.protocol.events import ArtifactEvent, CitationEvent, Draft, StatusEvent, TokenEvent, WarningEvent

DIALECT_OF_PROTOCOL = {
    "openai-chat": "openai-chat",
    "openai-responses": "openai-responses",
    "anthropic-messages": "anthropic",
    "gemini-generateContent": "gemini",
    "gemini-interactions": "gemini",
    "ag-ui": "ag-ui",
    "vercel-ui-message": "ai-sdk",
    "langgraph": "langgraph",
    "ollama": "ollama",
    "dify": "dify",
    "flowise": "flowise",
    "vercel-data-stream": "ai-sdk-4",
    "mastra": "mastra",
    "a2a": "a2a",
    "cohere-v2": "cohere",
    "bedrock-converse": "bedrock",
}
"""Which dialect reads a protocol of the recorded streams' index."""


def frames(messages: Iterable[dict[str, Any] | str]) -> bytes:
    """An event stream of data lines only; a text is sent as it is."""
    return b"".join(
        f"data: {message if isinstance(message, str) else json.dumps(message)}\n\n".encode() for message in messages
    )


@dataclass(frozen=True, slots=True)
class ReadStream:
    """What a decoder made of a stream."""

    drafts: tuple[Draft, ...]
    end: StreamEnd
    losses: dict[str, int]
    recognised: int
    tools: int
    citation_count: int

    @property
    def text(self) -> str:
        """The answer."""
        return "".join(draft.text for draft in self.drafts if isinstance(draft, TokenEvent))

    @property
    def citations(self) -> list[CitationEvent]:
        """The citation events, updates too."""
        return [draft for draft in self.drafts if isinstance(draft, CitationEvent)]

    @property
    def statuses(self) -> list[StatusEvent]:
        """The status events."""
        return [draft for draft in self.drafts if isinstance(draft, StatusEvent)]

    @property
    def states(self) -> list[tuple[str, str]]:
        """Step and state of each status."""
        return [(status.step, status.state) for status in self.statuses]

    @property
    def warnings(self) -> list[WarningEvent]:
        """The warnings."""
        return [draft for draft in self.drafts if isinstance(draft, WarningEvent)]

    @property
    def artifacts(self) -> list[ArtifactEvent]:
        """The artifacts."""
        return [draft for draft in self.drafts if isinstance(draft, ArtifactEvent)]


def read(dialect: str, data: bytes, size: int | None = None) -> ReadStream:
    """Decode a stream that comes in pieces of ``size`` bytes, or at once."""
    decoder = open_decoder(dialect)
    step = size or max(1, len(data))
    drafts: list[Draft] = []
    for start in range(0, len(data), step):
        drafts += decoder.feed(data[start : start + step])
    drafts += decoder.close()
    losses = {loss.what: loss.count for loss in decoder.losses}
    return ReadStream(tuple(drafts), decoder.end, losses, decoder.recognised, decoder.tools, decoder.citations)
