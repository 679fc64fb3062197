"""OpenAI chat completions: tool calls in pieces, sources of several providers, ends and errors."""

import json
from typing import Any

import pytest

from backend.protocol.events import Span
from tests.dialects.streams import ReadStream, frames, read
from tests.dialects.test_damaged_streams import STREAMS


def chunk(delta: dict[str, Any], reason: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"object": "chat.completion.chunk", "choices": [{"delta": delta, "finish_reason": reason}], **fields}


def call(index: int | None, name: str | None, arguments: str | None, **fields: Any) -> dict[str, Any]:
    place = {} if index is None else {"index": index}
    return chunk({"tool_calls": [{**place, **fields, "function": {"name": name, "arguments": arguments}}]})


def chat(*messages: dict[str, Any] | str) -> ReadStream:
    return read("openai-chat", frames(messages))


def arguments(stream: ReadStream) -> list[tuple[str, Any]]:
    """Each call's name and its last arguments."""
    last = {status.step_id: status.tool for status in stream.statuses if status.tool is not None}
    return [(tool.name, tool.arguments) for tool in last.values()]


def test_sources_and_usage() -> None:
    stream = read("openai-chat", STREAMS["openai_chat_sources"])
    assert stream.text == "Zürich 🎉 lies on a lake [1]."
    assert stream.citations[0].spans == (Span(start=0, end=28),)
    assert stream.citations[0].quote == "Zürich lies on Lake Zürich."
    assert stream.end.usage == {"input_tokens": 11, "output_tokens": 9, "total_tokens": 20}
    assert stream.losses == {"reasoning text": 2}


def test_calls_in_pieces() -> None:
    stream = read("openai-chat", STREAMS["openai_chat_tools"])
    assert arguments(stream) == [("get_weather", {"city": "Zürich"}), ("get_time", {})]
    assert stream.states[-2:] == [("running_tool", "cancelled")] * 2, "nobody ran what is left to the caller"
    assert [warning.code for warning in stream.warnings] == ["call_not_run"]


def test_pieces_of_a_call_keep_coming_where_each_chunk_repeats_the_message() -> None:
    first, second = call(0, "draw", None, id="a"), call(0, None, '{"x": 1}', id=None)
    for message in (first, second):
        message["choices"][0]["message"] = message["choices"][0]["delta"]
    stream = chat(first, second, chunk({}, "tool_calls"))
    assert arguments(stream) == [("draw", {"x": 1})]
    assert stream.losses == {}


def test_calls_of_one_index_with_other_ids_are_two() -> None:
    stream = chat(call(0, "draw", '{"x": 1}', id="a"), call(0, "draw", '{"x": 2}', id="b"), chunk({}, "stop"), "[DONE]")
    assert arguments(stream) == [("draw", {"x": 1}), ("draw", {"x": 2})]


def test_pieces_without_index_or_id_belong_to_the_last_call() -> None:
    stream = chat(call(None, "draw", '{"x"', id="a"), call(None, None, ": 1}"), chunk({}, "tool_calls"), "[DONE]")
    assert arguments(stream) == [("draw", {"x": 1})]


def test_sources_before_the_text_are_told_once() -> None:
    sources: dict[str, Any] = {"citations": ["https://a.example/", "https://b.example/"]}
    results: dict[str, Any] = {"search_results": [{"url": "https://a.example/", "title": "A", "snippet": "As is."}]}
    stream = chat(*[chunk({"content": "x"}, **sources, **results)] * 3, chunk({}, "stop", **sources), "[DONE]")
    assert [(citation.number, citation.title, citation.quote) for citation in stream.citations] == [
        (1, "A", "As is."),
        (2, "https://b.example/", None),
    ]


def test_passages_in_the_context_are_sources_with_quotes() -> None:
    passage = {"content": "It rained.", "title": "Diary", "url": None, "filepath": "diary.pdf", "chunk_id": "0"}
    again = {**passage, "content": "It snowed."}
    stream = chat(chunk({"context": {"citations": [passage, again]}}), chunk({"content": "Rain [doc1]."}, "stop"))
    assert [(citation.title, citation.source, citation.quote) for citation in stream.citations] == [
        ("Diary", "diary.pdf", "It rained."),
        ("Diary", "diary.pdf", "It snowed."),
    ]


def test_a_function_call_of_the_old_kind() -> None:
    pieces = [{"name": "draw", "arguments": ""}, {"arguments": '{"x": '}, {"arguments": "1}"}]
    stream = chat(*(chunk({"function_call": piece}) for piece in pieces), chunk({}, "function_call"), "[DONE]")
    assert arguments(stream) == [("draw", {"x": 1})]


def test_tools_that_the_server_ran() -> None:
    tool = {"index": 0, "type": "search", "arguments": '{"q": "x"}'}
    stream = chat(
        chunk({"executed_tools": [tool]}), chunk({"executed_tools": [{**tool, "output": "found"}]}, "stop"), "[DONE]"
    )
    assert stream.states == [("retrieving", "started"), ("retrieving", "progress"), ("retrieving", "finished")]
    assert stream.tools == 1


@pytest.mark.parametrize(
    ("messages", "outcome", "code"),
    [
        ([chunk({"content": "So"})], "interrupted", "stream_cut"),
        ([chunk({"content": "So"}), "[DONE]"], "interrupted", "stream_cut"),
        ([chunk({"content": "So"}), {"choices": [], "usage": {"completion_tokens": 1}}, "[DONE]"], "completed", None),
        ([chunk({"content": "So"}, "stop")], "completed", None),
        ([chunk({"content": "So"}, "content_filter"), "[DONE]"], "failed", "content_filter"),
        ([chunk({"content": "So"}, "error"), "[DONE]"], "failed", "provider_error"),
        ([chunk({"content": "So"}), {"error": {"message": "Quota.", "code": "insufficient_quota"}}], "failed",
         "insufficient_quota"),
        ([chunk({"content": "So"}, "stop", error={"message": "No.", "code": 400}), "[DONE]"], "failed", "400"),
        ([{"object": "error", "message": "No such model.", "type": "NotFoundError"}], "failed", "NotFoundError"),
    ],
)  # fmt: skip
def test_ends(messages: list[dict[str, Any] | str], outcome: str, code: str | None) -> None:
    stream = chat(*messages)
    assert (stream.end.outcome, stream.end.error and stream.end.error.code) == (outcome, code)


@pytest.mark.parametrize(
    ("code", "retryable"), [(429, True), ("rate_limit_exceeded", True), ("503", True), (401, False)]
)
def test_errors_that_may_pass(code: int | str, retryable: bool) -> None:
    error = chat({"error": {"message": "No.", "code": code}}).end.error
    assert error is not None
    assert error.retryable is retryable


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ('{"message": "Overloaded"}', "Overloaded"),
        ('{"detail": {"error": "No room"}}', "No room"),
        ("upstream is gone", "upstream is gone"),
        ("[1]", "The stream reports an error."),
    ],
)
def test_an_event_named_error_is_one_whatever_it_contains(data: str, told: str) -> None:
    begun = frames([chunk({"content": "A"})])
    stream = read("openai-chat", begun + f"event: error\ndata: {data}\n\n".encode())
    assert stream.text == "A"
    assert stream.end.outcome == "failed"
    assert stream.end.error is not None
    assert (stream.end.error.code, stream.end.error.message) == ("stream_error", told)


def test_a_limit_is_one_warning() -> None:
    stream = chat(chunk({"content": "So"}, "length"), "[DONE]")
    assert (stream.end.outcome, [warning.code for warning in stream.warnings]) == ("completed", ["length_limit"])


def test_a_completion_that_was_not_streamed() -> None:
    function = {"name": "draw", "arguments": '{"x": 1}'}
    message = {"role": "assistant", "content": "Zürich", "tool_calls": [{"id": "a", "function": function}]}
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    whole = {"object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    stream = read("openai-chat", json.dumps({**whole, "usage": usage}, indent=2).encode())
    assert (stream.text, stream.end.outcome) == ("Zürich", "completed")
    assert arguments(stream) == [("draw", {"x": 1})]
    assert stream.end.usage == {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}


def test_completions_of_the_old_kind_are_no_stream_of_this_dialect() -> None:
    stream = chat({"object": "text_completion", "choices": [{"text": "So", "index": 0}]}, "[DONE]")
    assert (stream.recognised, stream.text) == (0, "")


@pytest.mark.parametrize("without", [{"choices": None}, {}, {"choices": []}, {"choices": {}}])
def test_usage_in_a_chunk_without_choices_is_read(without: dict[str, Any]) -> None:
    used = {"usage": {"prompt_tokens": 5, "completion_tokens": 3, "total_tokens": 8}}
    stream = chat(chunk({"content": "Hi"}, "stop"), {"object": "chat.completion.chunk", **without, **used}, "[DONE]")
    assert stream.end.usage == {"input_tokens": 5, "output_tokens": 3, "total_tokens": 8}
    assert stream.end.outcome == "completed"
    assert ("choices of another form than known" in stream.losses) == (without == {"choices": {}})


def test_usage_in_a_choice_is_read() -> None:
    last = chunk({}, "stop")
    last["choices"][0]["usage"] = {"prompt_tokens": 5, "completion_tokens": 3, "total_tokens": 8}
    assert chat(chunk({"content": "Hi"}), last).end.usage["total_tokens"] == 8
