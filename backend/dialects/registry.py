"""The dialects that can be read, by name."""

from collections.abc import Callable, Mapping

from backend.dialects.a2a import A2a
from backend.dialects.ag_ui import AgUi
from backend.dialects.ai_sdk import AiSdk
from backend.dialects.ai_sdk_4 import AiSdk4
from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.anthropic import Anthropic
from backend.dialects.bedrock import Bedrock
from backend.dialects.cohere import Cohere
from backend.dialects.decoder import DialectDecoder
from backend.dialects.dialect import Dialect
from backend.dialects.dify import Dify
from backend.dialects.flowise import Flowise
from backend.dialects.gemini import Gemini
from backend.dialects.langgraph.events import LangGraph
from backend.dialects.mastra import Mastra
from backend.dialects.native import Native
from backend.dialects.ollama import Ollama
from backend.dialects.openai_chat import OpenAIChat
from backend.dialects.openai_responses import OpenAIResponses
from backend.protocol.sse import MAX_MESSAGE_BYTES

DIALECTS: Mapping[str, Callable[[AnswerDrafts], Dialect]] = {
    "openai-chat": OpenAIChat,
    "openai-responses": OpenAIResponses,
    "anthropic": Anthropic,
    "gemini": Gemini,
    "ag-ui": AgUi,
    "ai-sdk": AiSdk,
    "ai-sdk-4": AiSdk4,
    "langgraph": LangGraph,
    "ollama": Ollama,
    "dify": Dify,
    "flowise": Flowise,
    "mastra": Mastra,
    "a2a": A2a,
    "cohere": Cohere,
    "bedrock": Bedrock,
    "native": Native,
}


class UnknownDialectError(LookupError):
    """No dialect of that name; the message says which there are."""


def open_decoder(
    name: str,
    max_message_bytes: int = MAX_MESSAGE_BYTES,
    *,
    key: str | None = None,
    show_reasoning: bool = False,
    opened: bool = False,
) -> DialectDecoder:
    """A decoder for one stream of the dialect, whose error will not repeat the ``key``. ``show_reasoning`` and
    ``opened`` are as in ``AnswerDrafts``. Raises ``UnknownDialectError``."""
    if name not in DIALECTS:
        raise UnknownDialectError(f"There is no dialect {name!r}: choose one of {', '.join(sorted(DIALECTS))}.")
    drafts = AnswerDrafts(show_reasoning=show_reasoning, opened=opened)
    return DialectDecoder(drafts, DIALECTS[name](drafts), max_message_bytes, key=key)
