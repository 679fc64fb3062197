"""Mastra's chunks, and the data stream of the AI SDK 4: read as the chunks of the AI SDK that say the same."""

from typing import Any

import pytest

from tests.dialects.streams import frames, read


def chunk(kind: str, **payload: Any) -> dict[str, Any]:
    return {"type": kind, "runId": "r", "from": "AGENT", "payload": payload}


FINISH = chunk("finish", stepResult={"reason": "stop"}, output={"usage": {"inputTokens": 3, "outputTokens": 4}})


@pytest.mark.parametrize(
    ("kind", "payload", "outcome", "code"),
    [
        ("tool-call-approval", {"toolCallId": "c", "toolName": "pay"}, "interrupted", "input_requested"),
        ("tool-call-suspended", {"toolName": "pay", "suspendPayload": {"question": "How much?"}}, "interrupted",
         "input_requested"),
        ("tripwire", {"reason": "No secrets."}, "failed", "tripwire"),
        ("error", {"error": "Down."}, "failed", "agent_error"),
    ],
)  # fmt: skip
def test_an_end_that_is_not_a_success(kind: str, payload: dict[str, Any], outcome: str, code: str) -> None:
    end = read("mastra", frames([chunk(kind, **payload), FINISH, "[DONE]"])).end
    assert end.error is not None
    assert (end.outcome, end.error.code) == (outcome, code)


@pytest.mark.parametrize(
    ("payload", "asked"),
    [
        ({"toolName": "pay", "suspendPayload": {"sum": 5}}, "pay waits for an answer."),
        ({"toolName": "pay", "suspendPayload": {"question": "How much?"}}, "How much?"),
    ],
)
def test_a_suspended_tool_asks_what_it_says_and_not_for_an_approval(payload: dict[str, Any], asked: str) -> None:
    (warning,) = read("mastra", frames([chunk("tool-call-suspended", **payload)])).warnings
    assert warning.message == f"The agent stopped to ask a person: {asked}"


def test_usage_and_a_failed_tool_of_mastra() -> None:
    failed = chunk("tool-result", toolCallId="c", toolName="look", result="No net", isError=True)
    stream = read("mastra", frames([chunk("tool-call", toolCallId="c", toolName="look", args={}), failed, FINISH]))
    assert (stream.statuses[-1].state, stream.statuses[-1].detail) == ("failed", "No net")
    assert stream.end.usage == {"input_tokens": 3, "output_tokens": 4}


def test_a_data_stream_is_read_however_it_is_cut_and_is_whole_only_with_its_end() -> None:
    lines = (
        b'0:"Gr\xc3\xbc"\r\n0:"ezi"\nb:{"toolCallId":"c","toolName":"x"}\nc:{"toolCallId":"c","argsTextDelta":"{}"}\n'
    )
    whole = lines + b'8:[{"a":1}]\nd:{"finishReason":"stop","usage":{"promptTokens":3,"completionTokens":4}}'
    for size in (1, 2, 3, 1000):
        stream = read("ai-sdk-4", whole, size)
        assert (stream.text, stream.end.outcome) == ("Grüezi", "completed")
        assert stream.end.usage == {"input_tokens": 3, "output_tokens": 4}
        assert stream.losses == {"annotations of messages": 1}
    assert read("ai-sdk-4", lines).end.outcome == "interrupted"
