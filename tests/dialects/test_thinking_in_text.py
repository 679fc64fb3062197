"""Thinking that a model writes into its answer, in every dialect that carries text."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from backend.dialects.registry import DIALECTS, open_decoder
from backend.protocol.events import StatusEvent, TokenEvent
from tests.dialects.streams import ReadStream, frames, read

THOUGHT = "<think>\nThe user asks about [1].\n</think>\n\n"
ANSWER = "It is 4."


def chat(text: str) -> dict[str, Any]:
    return {"id": "c", "choices": [{"index": 0, "delta": {"content": text}}]}


SAYS: dict[str, Any] = {
    "openai-chat": chat,
    "openai-responses": lambda text: {"type": "response.output_text.delta", "output_index": 0, "delta": text},
    "anthropic": lambda text: {"type": "content_block_delta", "delta": {"type": "text_delta", "text": text}},
    "gemini": lambda text: {"candidates": [{"content": {"parts": [{"text": text}]}}]},
    "ag-ui": lambda text: {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": text},
    "ai-sdk": lambda text: {"type": "text-delta", "id": "0", "delta": text},
    "langgraph": lambda text: [{"type": "AIMessageChunk", "id": "m", "content": text}, {}],
    "ollama": lambda text: {"message": {"role": "assistant", "content": text}, "done": False},
    "dify": lambda text: {"event": "message", "answer": text},
    "flowise": lambda text: {"event": "token", "data": text},
    "a2a": lambda text: {
        "kind": "artifact-update", "taskId": "t", "append": True,
        "artifact": {"artifactId": "a", "parts": [{"kind": "text", "text": text}]},
    },
    "cohere": lambda text: {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": text}}}},
    "bedrock": lambda text: {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": text}}},
    "ai-sdk-4": lambda text: text,
    "mastra": lambda text: {"type": "text-delta", "from": "AGENT", "payload": {"text": text}},
    "native": lambda text: {"type": "token", "text": text},
}  # fmt: skip
"""A message of each dialect that says a piece of text."""


def said(dialect: str, pieces: list[str], *, show_reasoning: bool = False) -> ReadStream:
    """The stream of these pieces, as if its end were missing."""
    decoder = open_decoder(dialect, show_reasoning=show_reasoning)
    drafts = []
    for piece in pieces:
        message = SAYS[dialect](piece)
        event = {"langgraph": "event: messages\n", "ai-sdk-4": "event: 0\n"}.get(dialect, "")
        drafts += decoder.feed(f"{event}data: {json.dumps(message)}\n\n".encode())
    drafts += decoder.close()
    losses = {loss.what: loss.count for loss in decoder.losses}
    return ReadStream(tuple(drafts), decoder.end, losses, decoder.recognised, decoder.tools, decoder.citations)


def thought(stream: ReadStream) -> str:
    return "".join(status.thought or "" for status in stream.statuses)


def test_every_dialect_is_tried() -> None:
    assert set(SAYS) == set(DIALECTS)


@pytest.mark.parametrize("dialect", SAYS)
def test_thinking_is_a_step_and_no_part_of_the_answer(dialect: str) -> None:
    stream = said(dialect, list(THOUGHT + ANSWER))
    assert stream.text == ANSWER
    assert [state for state in stream.states if state[0] == "thinking"] == [
        ("thinking", "started"), ("thinking", "finished"),
    ]  # fmt: skip
    assert stream.losses["reasoning text"] > 0
    assert thought(stream) == ""


@pytest.mark.parametrize("dialect", SAYS)
def test_what_was_thought_is_in_its_step_where_readers_may_see_it(dialect: str) -> None:
    stream = said(dialect, [THOUGHT, ANSWER], show_reasoning=True)
    assert (stream.text, thought(stream)) == (ANSWER, "The user asks about [1].\n")
    assert "reasoning text" not in stream.losses


@given(st.data())
def test_the_same_is_read_wherever_the_text_is_cut(data: st.DataObject) -> None:
    text = f"{THOUGHT}A `<think>` tag, [2].\n\n<thinking>So</thinking>\n\n- one\n"
    cuts = sorted(data.draw(st.sets(st.integers(1, len(text) - 1), max_size=20)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    stream = said("openai-chat", pieces, show_reasoning=True)
    assert stream.text == "A `<think>` tag, [2].\n\n\n\n- one\n"
    assert thought(stream) == "The user asks about [1].\nSo"


def test_a_sign_alone_at_the_end_of_thinking() -> None:
    late = said("openai-chat", ["Okay.", "\n</think>", "\n\nIt is 4."])
    assert [warning.code for warning in late.warnings] == ["thinking_shown"]
    decoder = open_decoder("openai-chat", opened=True)
    drafts = decoder.feed(frames([chat("Okay."), chat("\n</think>\n\nIt is"), chat(" 4.")])) + decoder.close()
    assert "".join(draft.text for draft in drafts if isinstance(draft, TokenEvent)) == "It is 4."
    assert decoder.begins_in_thought


def test_an_opened_stream_that_marks_its_thinking_otherwise_is_shown_at_once() -> None:
    decoder = open_decoder("openai-chat", opened=True)
    decoder.feed(frames([{"choices": [{"index": 0, "delta": {"reasoning_content": "Hm"}}]}]))
    assert [draft.text for draft in decoder.feed(frames([chat("Four.")])) if isinstance(draft, TokenEvent)] == ["Four."]


def test_time_spent_thinking_in_the_text_is_activity() -> None:
    decoder = open_decoder("openai-chat")
    drafts = []
    for at_ms, piece in [
        (0.0, "<think>"),
        (500.0, "a"),
        (900.0, "b"),
        (1700.0, "c"),
        (2100.0, "</think>"),
        (2200.0, "4"),
    ]:
        drafts += decoder.feed(frames([chat(piece)]), at_ms)
    times = [each for draft in drafts if isinstance(draft, StatusEvent) for each in draft.activity_ms or ()]
    assert times == [0.0, 900.0, 1700.0]


def test_ranges_of_citations_count_the_thinking_that_was_taken_out() -> None:
    text = f"{THOUGHT}{ANSWER}"
    note = {"url": "https://a.example/", "start_index": len(THOUGHT), "end_index": len(text)}
    delta = {"annotations": [{"type": "url_citation", "url_citation": note}]}
    stream = read("openai-chat", frames([chat(text), {"choices": [{"index": 0, "delta": delta}]}]))
    (span,) = stream.citations[-1].spans
    assert stream.text[span.start : span.end] == ANSWER


def test_gemini_marks_thinking_beside_its_text_behind_openais_api() -> None:
    marked = {"content": "Hm", "extra_content": {"google": {"thought": True}}}
    stream = read("openai-chat", frames([{"choices": [{"index": 0, "delta": marked}]}, chat("Four.")]))
    assert (stream.text, stream.losses) == ("Four.", {"reasoning text": 1})
