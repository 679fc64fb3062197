"""Several texts of one answer are separate paragraphs, in every dialect that says where one ends."""

import json
from typing import Any

import pytest

from backend.protocol.events import Span
from tests.dialects.streams import frames, read

CALL = {"index": 0, "id": "t", "function": {"name": "look_up", "arguments": "{}"}}


def anthropic(index: int, block: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"type": "content_block_start", "index": index, "content_block": block},
        {"type": "content_block_stop", "index": index},
    ]


def chat(**delta: Any) -> dict[str, Any]:
    return {"id": "c", "choices": [{"index": 0, "delta": delta}]}


def artifact(name: str, text: str) -> dict[str, Any]:
    part = {"kind": "text", "text": text}
    return {"kind": "artifact-update", "taskId": "t", "artifact": {"artifactId": name, "parts": [part]}}


def message(name: str, text: str) -> list[Any]:
    return [{"type": "AIMessageChunk", "id": name, "content": text}, {}]


FIRST, SECOND = "Let me look.", "## Result"

AROUND_A_TOOL: dict[str, list[Any]] = {
    "openai-chat": [chat(content=FIRST), chat(tool_calls=[CALL]), chat(content=SECOND)],
    "anthropic": [
        *anthropic(0, {"type": "text", "text": FIRST}),
        *anthropic(1, {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}),
        *anthropic(2, {"type": "text", "text": SECOND}),
    ],
    "gemini": [
        {"candidates": [{"content": {"parts": [{"text": FIRST}, {"functionCall": {"name": "f"}}, {"text": SECOND}]}}]}
    ],
    "ag-ui": [
        {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": FIRST},
        {"type": "TOOL_CALL_START", "toolCallId": "t", "toolCallName": "look"},
        {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": SECOND},
    ],
    "ai-sdk": [
        {"type": "text-delta", "id": "0", "delta": FIRST},
        {"type": "tool-input-available", "toolCallId": "c", "toolName": "search", "input": {}},
        {"type": "text-delta", "id": "0", "delta": SECOND},
    ],
    "ollama": [
        {"message": {"content": FIRST, "tool_calls": [{"function": {"name": "f"}}]}, "done": False},
        {"message": {"content": SECOND}, "done": False},
    ],
    "dify": [
        {"event": "agent_message", "answer": FIRST},
        {"event": "agent_thought", "id": "a", "tool": "look", "tool_input": "{}"},
        {"event": "agent_message", "answer": SECOND},
    ],
    "flowise": [
        {"event": "token", "data": FIRST},
        {"event": "usedTools", "data": [{"tool": "look", "toolInput": {}, "toolOutput": "1"}]},
        {"event": "token", "data": SECOND},
    ],
    "cohere": [
        {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": FIRST}}}},
        {"type": "tool-call-start", "index": 0, "delta": {"message": {"tool_calls": {"id": "t"}}}},
        {"type": "content-delta", "index": 1, "delta": {"message": {"content": {"text": SECOND}}}},
    ],
    "bedrock": [
        {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": FIRST}}},
        {"contentBlockStart": {"contentBlockIndex": 1, "start": {"toolUse": {"toolUseId": "t", "name": "f"}}}},
        {"contentBlockDelta": {"contentBlockIndex": 2, "delta": {"text": SECOND}}},
    ],
    "openai-responses": [
        {"type": "response.output_text.delta", "output_index": 0, "delta": FIRST},
        {"type": "response.output_item.added", "output_index": 1, "item": {"type": "web_search_call", "id": "w"}},
        {"type": "response.output_text.delta", "output_index": 2, "delta": SECOND},
    ],
    "langgraph": [
        message("a", FIRST),
        [{"type": "tool", "tool_call_id": "t", "name": "look", "content": "1"}, {}],
        message("a", SECOND),
    ],
    "native": [
        {"type": "token", "text": FIRST},
        {"type": "status", "step_id": "s", "step": "running_tool", "tool": {"name": "look"}},
        {"type": "token", "text": SECOND},
    ],
}

TWO_TEXTS: dict[str, list[Any]] = {
    "anthropic": [*anthropic(0, {"type": "text", "text": FIRST}), *anthropic(1, {"type": "text", "text": SECOND})],
    "ag-ui": [
        {"type": "TEXT_MESSAGE_CONTENT", "messageId": name, "delta": text}
        for name, text in (("a", FIRST), ("b", SECOND))
    ],
    "ai-sdk": [
        chunk
        for name, text in (("a", FIRST), ("b", SECOND))
        for chunk in ({"type": "text-start", "id": name}, {"type": "text-delta", "id": name, "delta": text})
    ],
    "bedrock": [
        {"contentBlockDelta": {"contentBlockIndex": index, "delta": {"text": text}}}
        for index, text in enumerate((FIRST, SECOND))
    ],
    "openai-responses": [
        {"type": "response.output_text.delta", "output_index": index, "delta": text}
        for index, text in enumerate((FIRST, SECOND))
    ],
    "openai-chat": [
        chat(content=FIRST),
        {"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        chat(content=SECOND),
    ],
    "a2a": [artifact("a", FIRST), artifact("b", SECOND)],
    "langgraph": [message("a", FIRST), message("b", SECOND)],
    "cohere": [
        chunk
        for index, text in enumerate((FIRST, SECOND))
        for chunk in (
            {"type": "content-start", "index": index, "delta": {"message": {"content": {"type": "text"}}}},
            {"type": "content-delta", "index": index, "delta": {"message": {"content": {"text": text}}}},
        )
    ],
    "dify": [{"event": "text_chunk", "data": {"text": FIRST}}, {"event": "text_replace", "data": {"text": SECOND}}],
}


def stream_of(dialect: str, messages: list[Any]) -> bytes:
    head = "event: messages\n" if dialect == "langgraph" else ""
    return "".join(f"{head}data: {json.dumps(each)}\n\n" for each in messages).encode()


@pytest.mark.parametrize("dialect", AROUND_A_TOOL)
def test_texts_around_a_tool_call(dialect: str) -> None:
    assert read(dialect, stream_of(dialect, AROUND_A_TOOL[dialect])).text == f"{FIRST}\n\n{SECOND}"


@pytest.mark.parametrize("dialect", TWO_TEXTS)
def test_two_messages_or_blocks(dialect: str) -> None:
    assert read(dialect, stream_of(dialect, TWO_TEXTS[dialect])).text == f"{FIRST}\n\n{SECOND}"


def test_a_block_for_each_citation_is_no_paragraph() -> None:
    blocks = ["According to the report, ", "sales rose", " by 3 %.", " Costs fell."]
    messages = [each for index, text in enumerate(blocks) for each in anthropic(index, {"type": "text", "text": text})]
    assert read("anthropic", frames(messages)).text == "".join(blocks)


def test_a_sentence_that_continues_after_a_tool_call_is_one() -> None:
    stream = read("openai-chat", frames([chat(content="The answer is"), chat(tool_calls=[CALL]), chat(content=" 42.")]))
    assert stream.text == "The answer is 42."


def test_ranges_and_markers_are_right_after_the_break() -> None:
    note = {"type": "url_citation", "url": "https://a.example/", "start_index": 0, "end_index": 9}
    messages = [
        *TWO_TEXTS["openai-responses"],
        {"type": "response.output_text.annotation.added", "output_index": 1, "content_index": 0, "annotation": note},
    ]
    stream = read("openai-responses", frames(messages))
    assert stream.citations[0].spans == (Span(start=len(FIRST) + 2, end=len(FIRST) + 2 + len(SECOND)),)
