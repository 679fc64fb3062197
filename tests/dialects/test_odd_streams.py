"""What servers and proxies do to a stream beside its dialect: keep-alives, other frames, bare errors, speech."""

import json
from typing import Any

import pytest

from tests.dialects.streams import ReadStream, frames, read

ANSWER = (
    {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "Hel"}}]},
    {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "lo"}}]},
    {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    "[DONE]",
)
STREAM = frames(ANSWER)


def chat(*deltas: dict[str, Any]) -> ReadStream:
    chunks = [{"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    return read("openai-chat", frames([*chunks, *ANSWER[2:]]))


@pytest.mark.parametrize(
    "kept_alive",
    [
        "data:\n\n",
        "data: \n\n",
        ": OPENROUTER PROCESSING\n\n",
        "event: ping\ndata: {}\n\n",
        "event: ping\ndata: 2026-01-02 03:04:05.678\n\n",
        "event: heartbeat\ndata: 7\n\n",
        'data: {"type": "ping"}\n\n',
        'data: {"type": "heartbeat", "timestamp": "2026-01-02T03:04:05Z"}\n\n',
        'data: {"event": "keep-alive"}\n\n',
    ],
)
def test_what_keeps_a_connection_open_is_neither_a_loss_nor_a_reason_to_trust_less(kept_alive: str) -> None:
    stream = read("openai-chat", kept_alive.encode() + STREAM + kept_alive.encode())
    assert (stream.text, stream.end.outcome, stream.losses, stream.warnings) == ("Hello", "completed", {}, [])


@pytest.mark.parametrize(
    "other",
    [
        'event: ping\ndata: {"text": "A part of the answer"}\n\n',
        'data: {"type": "ping", "content": "A part of the answer"}\n\n',
        f"event: ping\ndata: {'A part of the answer. ' * 9}\n\n",
        "event: note\ndata: A part of the answer\n\n",
    ],
)
def test_a_keep_alive_that_contains_more_is_a_loss(other: str) -> None:
    assert sum(read("openai-chat", other.encode() + STREAM).losses.values()) == 1


@pytest.mark.parametrize(
    "stream",
    [
        STREAM.replace(b"data: ", b"data: data: "),
        STREAM.replace(b"data: ", b"data:data:"),
        frames([json.dumps(ANSWER[:2]), json.dumps(ANSWER[2:3]), "[DONE]"]),
        frames([json.dumps([message]) if isinstance(message, dict) else message for message in ANSWER]),
    ],
)
def test_messages_that_were_framed_twice_or_came_in_lists_are_read(stream: bytes) -> None:
    answer = read("openai-chat", stream)
    assert (answer.text, answer.end.outcome, answer.losses) == ("Hello", "completed", {})


@pytest.mark.parametrize(
    "failure",
    [
        'error: {"code": 503, "message": "Overloaded", "type": "server_error"}\n\n',
        'data: [{"error": {"code": 503, "message": "Overloaded", "status": "UNAVAILABLE"}}]\n\n',
        'data: data: {"error": {"code": 503, "message": "Overloaded"}}\n\n',
    ],
)
def test_an_error_in_another_frame_is_the_end(failure: str) -> None:
    end = read("openai-chat", frames(ANSWER[:1]) + failure.encode()).end
    assert end.error is not None
    assert (end.outcome, end.error.code, end.error.message) == ("failed", "503", "Overloaded")
    assert end.error.retryable


def test_calls_with_the_same_number_are_all_named_if_nobody_ran_them() -> None:
    functions = [{"index": 0, "id": name, "function": {"name": name, "arguments": "{}"}} for name in "fg"]
    stream = chat(*({"tool_calls": [function]} for function in functions))
    last = {status.step_id: status.state for status in stream.statuses}
    assert list(last.values()) == ["cancelled", "cancelled"]
    assert stream.warnings[0].message.endswith("f, g.")


def test_what_is_spoken_is_read_by_its_transcript() -> None:
    sound = {"id": "a", "transcript": "Good "}, {"data": "AAAA"}, {"transcript": "day."}
    spoken = chat(*({"audio": piece} for piece in sound))
    assert (spoken.text, spoken.losses) == ("Good day.", {"audio and images": 1})


@pytest.mark.parametrize("name", ["audio.transcript", "output_audio_transcript"])
@pytest.mark.parametrize("pieces", [["Good ", "day."], []])
def test_what_a_response_says_aloud_is_read_by_its_transcript(name: str, pieces: list[str]) -> None:
    place = {"item_id": "m", "output_index": 0, "content_index": 0}
    messages: list[dict[str, Any] | str] = [
        {"type": "response.created", "response": {}},
        *({"type": f"response.{name}.delta", "delta": piece, **place} for piece in pieces),
        {"type": f"response.{name}.done", "transcript": "Good day.", **place},
        {"type": "response.audio.done"},
        {"type": "response.completed", "response": {"status": "completed"}},
    ]
    spoken = read("openai-responses", frames(messages))
    assert (spoken.text, spoken.end.outcome, spoken.losses) == ("Good day.", "completed", {})


@pytest.mark.parametrize(
    "fields",
    [
        {"citation": {"type": "char_location", "cited_text": "Words", "document_title": "Report"}},
        {"citations": [[{"type": "char_location", "cited_text": "Words", "document_title": "Report"}]]},
    ],
)
def test_citations_that_a_gateway_puts_beside_the_text_are_read(fields: dict[str, Any]) -> None:
    cited = chat({"content": "A claim."}, {"provider_specific_fields": fields})
    assert [(citation.title, citation.quote) for citation in cited.citations] == [("Report", "Words")]
    assert cited.losses == {"places of citations that name no range": 1}


def test_what_bedrock_counts_at_the_end_of_a_message_is_its_usage() -> None:
    messages: list[dict[str, Any] | str] = [
        {"type": "message_start", "message": {"usage": {"input_tokens": 5, "output_tokens": 1}}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello"}},
        {
            "type": "message_stop",
            "amazon-bedrock-invocationMetrics": {"inputTokenCount": 11, "outputTokenCount": 22, "invocationLatency": 9},
        },
    ]
    stream = read("anthropic", frames(messages))
    assert (stream.text, stream.end.usage) == ("Hello", {"input_tokens": 11, "output_tokens": 22})
