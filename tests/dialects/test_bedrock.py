"""Bedrock's Converse as JSON lines: blocks, citations with their places, and exceptions."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.protocol.events import Locator, Span
from tests.dialects.streams import ReadStream, read

DATA = Path(__file__).parent / "data"


def bedrock(*events: dict[str, Any]) -> ReadStream:
    return read("bedrock", b"".join(json.dumps(event).encode() + b"\n" for event in events))


def text(said: str) -> dict[str, Any]:
    return {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": said}}}


def stop(reason: str) -> dict[str, Any]:
    return {"messageStop": {"stopReason": reason}}


def test_a_citation_supports_the_text_of_its_block() -> None:
    stream = read("bedrock", (DATA / "bedrock.jsonl").read_bytes())
    last = stream.citations[-1]
    assert (last.spans, last.locator) == ((Span(start=9, end=22),), Locator(page=3))
    assert stream.end.usage == {"input_tokens": 30, "output_tokens": 12, "total_tokens": 42}


def test_events_in_an_envelope_and_a_whole_answer_are_read() -> None:
    assert bedrock(*({"event": event} for event in (text("Hi"), stop("end_turn")))).text == "Hi"
    cited = {"citationsContent": {"content": [{"text": "Hi"}], "citations": [{"title": "T", "location": {}}]}}
    message = {"role": "assistant", "content": [cited]}
    whole = bedrock({"output": {"message": message}, "stopReason": "end_turn", "usage": {"inputTokens": 1}})
    assert (whole.text, whole.citations[-1].spans) == ("Hi", (Span(start=0, end=2),))
    assert whole.end.usage == {"input_tokens": 1}


@pytest.mark.parametrize(
    ("event", "outcome"),
    [
        (stop("end_turn"), "completed"),
        (stop("guardrail_intervened"), "failed"),
        (stop("malformed_tool_use"), "failed"),
        ({"throttlingException": {"message": "Wait."}}, "failed"),
        ({"contentBlockStop": {"contentBlockIndex": 0}}, "interrupted"),
    ],
)
def test_ends(event: dict[str, Any], outcome: str) -> None:
    assert bedrock(text("So"), event).end.outcome == outcome
