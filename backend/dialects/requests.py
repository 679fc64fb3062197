"""A question with its conversation as the HTTP request of each dialect. Pure: the sender does the I/O."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from backend.dialects.addresses import RemoteAddress
from backend.dialects.asked_person import Continuation

Body = dict[str, JsonValue]

MOST_OUTPUT_TOKENS = 8192
"""Anthropic wants a limit; this one is every present model's or below it."""

_OF_LINES = ("ollama", "bedrock")
"""Dialects of one JSON object a line, without server-sent events."""

_OWN_CONVERSATIONS = ("native", "dify", "a2a")
"""Dialects whose servers keep conversations themselves, under names of their own."""

ANTHROPIC_VERSION = "2023-06-01"


@dataclass(frozen=True, slots=True)
class ForeignQuestion:
    """What is asked. ``earlier`` are the questions and answers before it; ``run_id`` names the run, and ``thread_id``
    its conversation, where a dialect takes such names. ``stream``: which stream of the answer is asked for, from 1."""

    question: str
    earlier: Sequence[tuple[str, str]] = ()
    run_id: str = "run"
    thread_id: str = "thread"
    stream: int = 1


@dataclass(frozen=True, slots=True)
class RemoteRequest:
    """A POST: its address, headers and body."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    tells_earlier: bool = True
    """Whether the agent receives the earlier conversation."""
    is_first: bool = True
    """False for a request that continues an answer."""


def remote_request(
    address: RemoteAddress, asked: ForeignQuestion, key: str | None = None, after: Continuation | None = None
) -> RemoteRequest:
    """The request that asks this of that agent. ``key`` is sent as the dialect wants it. ``after``: what people have
    answered it since, for the request that continues the answer."""
    headers = {"Accept": "text/event-stream", "Accept-Encoding": "identity", "Content-Type": "application/json"}
    if address.dialect in _OF_LINES:
        headers["Accept"] = "application/x-ndjson, application/json"
    headers |= _key_headers(address.dialect, key)
    body = _BODIES[address.dialect](address.model, asked)
    if after is not None:
        for name, items in after.added.items():
            before = body.get(name)
            body[name] = [*(before if isinstance(before, list) else []), *items]
        body |= after.fields
    content = json.dumps(body, ensure_ascii=True).encode("ascii")
    tells_earlier = address.dialect not in _OWN_CONVERSATIONS
    return RemoteRequest(address.url, headers, content, tells_earlier, is_first=after is None)


def _key_headers(dialect: str, key: str | None) -> dict[str, str]:
    headers: dict[str, str] = {}
    if dialect == "anthropic":
        headers["anthropic-version"] = ANTHROPIC_VERSION
    if key and dialect in ("anthropic", "langgraph"):
        headers["x-api-key"] = key
    elif key and dialect == "gemini":
        headers["x-goog-api-key"] = key
    elif key:
        headers["Authorization"] = f"Bearer {key}"
    return headers


def _messages(asked: ForeignQuestion, answers: str = "assistant") -> list[tuple[str, str]]:
    """Pairs (role, text), the question last. A question that got no answer is left out with it."""
    turns = [pair for question, answer in asked.earlier if answer for pair in (("user", question), (answers, answer))]
    return [*turns, ("user", asked.question)]


def _openai_chat(model: str, asked: ForeignQuestion) -> Body:
    messages: list[JsonValue] = [{"role": role, "content": text} for role, text in _messages(asked)]
    return {"model": model, "messages": messages, "stream": True, "stream_options": {"include_usage": True}}


def _openai_responses(model: str, asked: ForeignQuestion) -> Body:
    items: list[JsonValue] = [{"role": role, "content": text} for role, text in _messages(asked)]
    return {"model": model, "input": items, "stream": True}


def _anthropic(model: str, asked: ForeignQuestion) -> Body:
    messages: list[JsonValue] = [{"role": role, "content": text} for role, text in _messages(asked)]
    return {"model": model, "messages": messages, "max_tokens": MOST_OUTPUT_TOKENS, "stream": True}


def _gemini(model: str, asked: ForeignQuestion) -> Body:
    return {"contents": [{"role": role, "parts": [{"text": text}]} for role, text in _messages(asked, "model")]}


def _ag_ui(model: str, asked: ForeignQuestion) -> Body:
    messages: list[JsonValue] = [
        {"id": f"{asked.run_id}-{place}", "role": role, "content": text}
        for place, (role, text) in enumerate(_messages(asked), start=1)
    ]
    run_id = asked.run_id if asked.stream == 1 else f"{asked.run_id}-{asked.stream}"
    return {
        "threadId": asked.thread_id, "runId": run_id, "messages": messages, "state": {}, "tools": [],
        "context": [], "forwardedProps": {},
    }  # fmt: skip


def _ai_sdk(model: str, asked: ForeignQuestion) -> Body:
    messages: list[JsonValue] = [
        {"id": f"{asked.run_id}-{place}", "role": role, "parts": [{"type": "text", "text": text}]}
        for place, (role, text) in enumerate(_messages(asked), start=1)
    ]
    return {"id": asked.thread_id, "messages": messages, "trigger": "submit-message"}


def _langgraph(model: str, asked: ForeignQuestion) -> Body:
    messages: list[JsonValue] = [{"role": role, "content": text} for role, text in _messages(asked)]
    return {
        "assistant_id": "agent" if model == "default" else model,
        "input": {"messages": messages},
        "stream_mode": ["messages-tuple", "updates", "custom"],
    }


def _chat(model: str, asked: ForeignQuestion) -> Body:
    messages: list[JsonValue] = [{"role": role, "content": text} for role, text in _messages(asked)]
    return {"model": model, "messages": messages, "stream": True}


def _dify(model: str, asked: ForeignQuestion) -> Body:
    return {
        "inputs": {}, "query": asked.question, "response_mode": "streaming", "conversation_id": "",
        "user": asked.thread_id,
    }  # fmt: skip


def _flowise(model: str, asked: ForeignQuestion) -> Body:
    *earlier, (_, question) = _messages(asked)
    roles = {"user": "userMessage", "assistant": "apiMessage"}
    history: list[JsonValue] = [{"role": roles[role], "content": text} for role, text in earlier]
    return {"question": question, "history": history, "streaming": True}


def _ai_sdk_4(model: str, asked: ForeignQuestion) -> Body:
    messages: list[JsonValue] = [
        {"id": f"{asked.run_id}-{place}", "role": role, "content": text, "parts": [{"type": "text", "text": text}]}
        for place, (role, text) in enumerate(_messages(asked), start=1)
    ]
    return {"id": asked.thread_id, "messages": messages}


def _mastra(model: str, asked: ForeignQuestion) -> Body:
    return {"messages": [{"role": role, "content": text} for role, text in _messages(asked)]}


def _a2a(model: str, asked: ForeignQuestion) -> Body:
    message: JsonValue = {
        "kind": "message", "role": "user", "messageId": f"{asked.run_id}-1",
        "parts": [{"kind": "text", "text": asked.question}],
    }  # fmt: skip
    return {"jsonrpc": "2.0", "id": asked.run_id, "method": "message/stream", "params": {"message": message}}


def _bedrock(model: str, asked: ForeignQuestion) -> Body:
    messages: list[JsonValue] = [{"role": role, "content": [{"text": text}]} for role, text in _messages(asked)]
    return {"messages": messages}


def _native(model: str, asked: ForeignQuestion) -> Body:
    # The conversation is the other server's own: it keeps sessions itself.
    return {"question": asked.question, "agent": "documents" if model == "default" else model}


_BODIES: Mapping[str, Callable[[str, ForeignQuestion], Body]] = {
    "openai-chat": _openai_chat,
    "openai-responses": _openai_responses,
    "anthropic": _anthropic,
    "gemini": _gemini,
    "ag-ui": _ag_ui,
    "ai-sdk": _ai_sdk,
    "langgraph": _langgraph,
    "ollama": _chat,
    "dify": _dify,
    "flowise": _flowise,
    "ai-sdk-4": _ai_sdk_4,
    "mastra": _mastra,
    "a2a": _a2a,
    "cohere": _chat,
    "bedrock": _bedrock,
    "native": _native,
}
