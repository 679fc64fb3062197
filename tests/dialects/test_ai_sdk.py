"""The AI SDK's UI message stream: every chunk type of versions 5 to 7, and ends that are none."""

from typing import Any

import pytest

from tests.dialects.streams import ReadStream, frames, read

START = {"type": "start", "messageId": "m"}
FINISH = {"type": "finish"}


def ai_sdk(*chunks: dict[str, Any] | str) -> ReadStream:
    return read("ai-sdk", frames(chunks))


def delta(text: str) -> dict[str, Any]:
    return {"type": "text-delta", "id": "t", "delta": text}


def test_text_parts_are_one_answer() -> None:
    stream = ai_sdk(
        START,
        {"type": "start-step"},
        {"type": "text-start", "id": "t"},
        delta("One, "),
        {"type": "text-end", "id": "t"},
        {"type": "finish-step"},
        {"type": "start-step"},
        {"type": "text-start", "id": "u"},
        {"type": "text-delta", "id": "u", "delta": "two."},
        {"type": "text-end", "id": "u"},
        {"type": "finish-step"},
        FINISH,
        "[DONE]",
    )
    assert stream.text == "One, two."
    assert stream.statuses == []
    assert stream.losses == {}
    assert stream.end.outcome == "completed"


def test_reasoning_shows_and_its_text_does_not() -> None:
    stream = ai_sdk(
        {"type": "reasoning-start", "id": "r"},
        {"type": "reasoning-delta", "id": "r", "delta": "secret"},
        {"type": "reasoning-end", "id": "r"},
        delta("Open."),
        FINISH,
    )
    assert stream.states == [("thinking", "started"), ("thinking", "finished")]
    assert "secret" not in repr(stream.drafts)
    assert stream.losses == {"reasoning text": 1}


def tool(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": f"tool-{kind}", "toolCallId": "c", **fields}


def test_a_tool_call_is_a_step_with_its_log() -> None:
    stream = ai_sdk(
        tool("input-start", toolName="search_web"),
        tool("input-delta", inputTextDelta='{"q": '),
        tool("input-delta", inputTextDelta='"rain"}'),
        tool("input-available", toolName="search_web", input={"q": "rain"}),
        tool("output-available", output={"rows": 1}, preliminary=True),
        tool("output-available", output={"rows": 2}),
        FINISH,
    )
    assert [state for _, state in stream.states] == ["started", "progress", "progress", "finished"]
    log = stream.statuses[-1].tool
    assert log is not None
    assert (log.name, log.arguments, log.result) == ("search_web", {"q": "rain"}, {"rows": 2})
    assert stream.losses == {"preliminary results of tools": 1}


@pytest.mark.parametrize(
    ("chunk", "state", "detail"),
    [
        (tool("output-error", errorText="No net"), "failed", "No net"),
        (tool("input-error", toolName="x", input="{", errorText="No JSON"), "failed", "No JSON"),
        (tool("output-denied"), "cancelled", "A person denied this call."),
    ],
)
def test_a_tool_call_that_fails(chunk: dict[str, Any], state: str, detail: str) -> None:
    last = ai_sdk(tool("input-start", toolName="x"), chunk, FINISH).statuses[-1]
    assert (last.state, last.detail) == (state, detail)


def test_an_output_without_its_call_is_a_step_too_and_a_call_without_output_says_so() -> None:
    stream = ai_sdk(
        tool("output-available", output=1), {**tool("input-start", toolName="x"), "toolCallId": "d"}, FINISH
    )
    assert stream.tools == 2
    assert stream.statuses[-1].detail == "Not run: the caller of the agent has to run it."


def test_a_request_for_approval_is_a_warning() -> None:
    stream = ai_sdk(tool("input-start", toolName="rm"), tool("approval-request", approvalId="a"), FINISH)
    assert [warning.message for warning in stream.warnings] == ["The agent stopped to ask a person: Approve rm?"]
    assert stream.end.outcome == "interrupted"


def test_an_approved_call_that_runs_in_the_same_stream_is_no_interruption() -> None:
    asked = tool("approval-request", approvalId="a")
    stream = ai_sdk(tool("input-start", toolName="rm"), asked, tool("output-available", output=1), FINISH)
    assert stream.end.outcome == "completed"


def test_a_model_call_that_begins_anew_is_a_warning_and_what_it_called_is_cancelled() -> None:
    stream = ai_sdk(
        START,
        {"type": "start-step"},
        tool("input-start", toolName="before"),
        {"type": "finish-step"},
        {"type": "start-step"},
        delta("No. "),
        {"type": "tool-input-start", "toolCallId": "d", "toolName": "look"},
        {"type": "reset-step"},
        delta("Yes."),
        FINISH,
    )
    assert stream.text == "No. \n\nYes."
    assert [warning.code for warning in stream.warnings] == ["answer_restarted"]
    assert [status.state for status in stream.statuses] == ["started", "started", "cancelled", "finished"]
    assert (stream.recognised, stream.losses) == (10, {})


def test_sources_go_by_their_address() -> None:
    source = {"type": "source-url", "sourceId": "1", "url": "https://a.example/x", "title": "X"}
    document = {
        "type": "source-document",
        "sourceId": "9",
        "mediaType": "text/plain",
        "title": "Y",
        "filename": "y.txt",
    }
    stream = ai_sdk(source, {**source, "sourceId": "2"}, document, FINISH)
    first, second = stream.citations
    assert (first.number, first.url, first.title) == (1, "https://a.example/x", "X")
    assert (second.number, second.document_id, second.source, second.title) == (2, "9", "y.txt", "Y")
    assert stream.citation_count == 2
    assert stream.losses["citations sent twice, kept once"] == 1
    assert stream.losses["spans of citations, which the stream has none of"] == 2


def test_what_has_no_place_here_is_counted() -> None:
    stream = ai_sdk(
        {"type": "file", "url": "data:,", "mediaType": "text/plain"},
        {"type": "data-weather", "data": {}},
        {"type": "message-metadata", "messageMetadata": {"a": 1}},
        {"type": "text-start", "id": "t", "providerMetadata": {}},
        {"type": "tool-strange", "toolCallId": "c"},
        {"type": "reasoning-file", "url": "data:,", "mediaType": "text/plain"},
        {"type": "custom", "kind": "a.b"},
        FINISH,
    )
    assert stream.recognised == 8
    assert stream.losses == {
        "files": 2,
        "chunks of type custom": 1,
        "data of type weather": 1,
        "metadata of the message": 1,
        "metadata of the provider": 1,
        "chunks of type tool-strange": 1,
    }


@pytest.mark.parametrize(
    ("chunks", "outcome", "code"),
    [
        ([START, delta("Hal")], "interrupted", "stream_cut"),
        ([START, {"type": "error", "errorText": "No."}, FINISH, "[DONE]"], "failed", "agent_error"),
        ([START, delta("Hal"), {"type": "abort"}, "[DONE]"], "cancelled", None),
        ([START, {**FINISH, "finishReason": "error"}], "failed", "provider_error"),
        ([START, {**FINISH, "finishReason": "content-filter"}], "failed", "content_filter"),
        ([START, delta("Whole."), "[DONE]"], "completed", None),
        ([START, delta("Whole."), FINISH], "completed", None),
    ],
)
def test_how_it_ends(chunks: list[dict[str, Any] | str], outcome: str, code: str | None) -> None:
    end = ai_sdk(*chunks).end
    assert end.outcome == outcome
    assert (end.error.code if end.error else None) == code


def test_an_answer_at_its_limit_is_warned_of() -> None:
    stream = ai_sdk(START, {**FINISH, "finishReason": "length"}, "[DONE]")
    assert [warning.code for warning in stream.warnings] == ["length_limit"]


def test_other_streams_are_not_taken_for_this_one() -> None:
    stream = ai_sdk({"type": "RUN_STARTED"}, {"type": "error", "error": {}}, {"type": "token", "text": "a"}, {"id": 1})
    assert stream.recognised == 0


def part(text: str, *citations: dict[str, Any]) -> list[dict[str, Any]]:
    """A text part whose end carries what a provider said of it, as pydantic-ai's encoder hands it on."""
    metadata = {"pydantic_ai": {"provider_details": {"citations": list(citations)}}}
    return [
        {"type": "text-start", "id": "p"},
        {"type": "text-delta", "id": "p", "delta": text},
        {"type": "text-end", "id": "p", "providerMetadata": metadata},
    ]


def source(url: str) -> dict[str, Any]:
    return {"type": "source-url", "sourceId": url, "url": url, "title": "T"}


def spans(stream: ReadStream) -> list[str]:
    return [stream.text[span.start : span.end] for span in stream.citations[-1].spans]


def test_spans_stand_in_code_points_of_the_answer_whatever_the_provider_counts() -> None:
    first, second = "\U0001f600 before. ", "Ünder \U0001f600 the sun. And more."
    url = "https://a.example/"
    openai = {"type": "url_citation", "url": url, "start_index": 0, "end_index": 15}
    segment = {"start_index": len("Ünder \U0001f600 the sun. ".encode()), "end_index": len(second.encode())}
    google = {"segment": segment, "grounding_chunks": [{"web": {"uri": url}}, {"retrieved_context": {}}]}
    stream = ai_sdk(delta(first), *part(second, openai, google, {"segment": {}}), source(url), FINISH)
    assert spans(stream) == ["Ünder \U0001f600 the sun", "And more."]
    assert stream.citation_count == 1
    assert stream.losses == {
        "citations of a form that is not known": 1,
        "citations that the sender made one of, since they share an address": 1,
    }


def test_quotes_come_from_the_provider_and_ranges_outside_the_part_do_not() -> None:
    url = "https://a.example/"
    first = {"url": url, "cited_text": "One.", "start_index": 3, "end_index": 900}
    stream = ai_sdk(*part("Text", first, {"url": url, "cited_text": "Two."}), source(url), FINISH)
    assert stream.citations[-1].quote == "One."
    assert spans(stream) == []
    assert stream.losses == {
        "spans of citations, which the stream has none of": 1,
        "citations that the sender made one of, since they share an address": 1,
        "further quotes of one source": 1,
    }


def test_a_citation_that_no_source_tells_of_is_counted() -> None:
    stream = ai_sdk(*part("Text", {"url": "https://a.example/"}), FINISH)
    assert stream.citations == []
    assert stream.losses == {"citations that stand only in a provider's metadata": 1}


@pytest.mark.parametrize("field", ["usage", "totalUsage"])
def test_usage_in_the_metadata_of_the_message_is_read(field: str) -> None:
    used = {field: {"inputTokens": 5, "outputTokens": 3, "totalTokens": 8}}
    stream = ai_sdk(START, delta("Hi"), {**FINISH, "messageMetadata": used})
    assert stream.end.usage == {"input_tokens": 5, "output_tokens": 3, "total_tokens": 8}
    assert stream.losses == {}
