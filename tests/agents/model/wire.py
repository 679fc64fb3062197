"""Replies of providers as their bytes go over the wire: OpenAI chat completions, Anthropic messages, Gemini."""

import json
from typing import Any

CHAT = "openai:small"
ANTHROPIC = "anthropic:claude-small"
GEMINI = "gemini:gemini-small"


def chat(*deltas: dict[str, Any], finish: str | None = "stop", usage: tuple[int, int] = (11, 7)) -> bytes:
    """A stream of chat completions with these deltas; without ``finish`` it is one that was cut."""
    chunks: list[dict[str, Any]] = [_chunk([{"index": 0, "delta": delta, "finish_reason": None}]) for delta in deltas]
    if finish is not None:
        chunks.append(_chunk([{"index": 0, "delta": {}, "finish_reason": finish}]))
        tokens = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
        chunks.append(_chunk([], usage=tokens))
    end = b"data: [DONE]\n\n" if finish is not None else b""
    return b"".join(b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in chunks) + end


def said(*pieces: str) -> list[dict[str, Any]]:
    """Deltas of text."""
    return [{"content": piece} for piece in pieces]


def called(tool: str, **arguments: object) -> list[dict[str, Any]]:
    """Deltas of a tool call, its arguments in two pieces."""
    text = json.dumps(arguments)
    half = len(text) // 2
    first = {"index": 0, "id": "call_1", "type": "function", "function": {"name": tool, "arguments": text[:half]}}
    return [{"tool_calls": [first]}, {"tool_calls": [{"index": 0, "function": {"arguments": text[half:]}}]}]


def chat_tool_call(tool: str, **arguments: object) -> bytes:
    """A whole reply that calls one tool."""
    return chat(*called(tool, **arguments), finish="tool_calls")


def chat_text(*pieces: str) -> bytes:
    """A whole reply of text."""
    return chat(*said(*pieces))


def _chunk(choices: list[dict[str, Any]], **more: object) -> dict[str, Any]:
    shared = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "small"}
    return {**shared, "choices": choices, **more}


def anthropic(*blocks: dict[str, Any], stop: str | None = "end_turn") -> bytes:
    """A stream of Anthropic messages; a block is what ``text_block`` and its like give. Without ``stop`` it is cut."""
    usage = {"input_tokens": 12, "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-small", "content": []}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**message, "stop_reason": None, "stop_sequence": None, "usage": usage}}
    ]
    for index, block in enumerate(blocks):
        events.append({"type": "content_block_start", "index": index, "content_block": block["start"]})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in block["deltas"]]
        events.append({"type": "content_block_stop", "index": index})
    if stop is not None:
        delta = {"stop_reason": stop, "stop_sequence": None}
        events.append({"type": "message_delta", "delta": delta, "usage": {"output_tokens": 9}})
        events.append({"type": "message_stop"})
    return b"".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events)


def text_block(*pieces: str, citations: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """A block of text; Anthropic sends the citations of a block before its text."""
    deltas = [{"type": "citations_delta", "citation": citation} for citation in citations]
    deltas += [{"type": "text_delta", "text": piece} for piece in pieces]
    start: dict[str, Any] = {"type": "text", "text": ""}
    return {"start": {**start, "citations": []} if citations else start, "deltas": deltas}


def thinking_block(*pieces: str) -> dict[str, Any]:
    """A block of thinking."""
    deltas = [{"type": "thinking_delta", "thinking": piece} for piece in pieces]
    signature = {"type": "signature_delta", "signature": "c2ln"}
    return {"start": {"type": "thinking", "thinking": "", "signature": ""}, "deltas": [*deltas, signature]}


def tool_block(tool: str, **arguments: object) -> dict[str, Any]:
    """A block that calls a tool."""
    delta = {"type": "input_json_delta", "partial_json": json.dumps(arguments)}
    return {"start": {"type": "tool_use", "id": "toolu_1", "name": tool, "input": {}}, "deltas": [delta]}


def anthropic_error(kind: str, message: str) -> bytes:
    """An error as an event of a stream."""
    event = {"type": "error", "error": {"type": kind, "message": message}}
    return f"event: error\ndata: {json.dumps(event)}\n\n".encode()


def gemini(*parts: dict[str, Any], finish: str | None = "STOP", **candidate: object) -> bytes:
    """A stream of Gemini's, one part a chunk; ``candidate`` goes into the last. Without ``finish`` it is cut."""
    chunks: list[dict[str, Any]] = [
        {"candidates": [{"content": {"role": "model", "parts": [part]}, "index": 0}]} for part in parts
    ]
    last = chunks[-1]
    last["candidates"][0] |= candidate | ({"finishReason": finish} if finish is not None else {})
    for chunk in chunks:
        chunk["usageMetadata"] = {"promptTokenCount": 13, "candidatesTokenCount": 5, "totalTokenCount": 18}
    return b"".join(b"data: " + json.dumps(chunk).encode() + b"\r\n\r\n" for chunk in chunks)
