"""Anthropic's messages: blocks, citations and their ranges, results, ends and errors."""

from typing import Any

import pytest

from backend.protocol.events import Locator, Span
from tests.dialects.streams import ReadStream, frames, read
from tests.dialects.test_damaged_streams import STREAMS

START: dict[str, Any] = {"type": "message_start", "message": {"content": [], "usage": {"input_tokens": 5}}}
STOP: dict[str, Any] = {"type": "message_stop"}


def anthropic(*messages: dict[str, Any]) -> ReadStream:
    return read("anthropic", frames(messages))


def begin(index: int, **block: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": block}


def grow(index: int, **delta: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": delta}


def end(index: int) -> dict[str, Any]:
    return {"type": "content_block_stop", "index": index}


def stopped(reason: str, **delta: Any) -> dict[str, Any]:
    return {"type": "message_delta", "delta": {"stop_reason": reason, **delta}, "usage": {"output_tokens": 9}}


def cited(url: str, quote: str) -> dict[str, Any]:
    return grow(0, type="citations_delta", citation={"url": url, "cited_text": quote, "title": "T"})


def test_a_citation_gets_its_range_when_its_block_stops() -> None:
    stream = read("anthropic", STREAMS["anthropic"])
    assert [(citation.number, citation.spans) for citation in stream.citations] == [
        (1, ()),
        (1, (Span(start=10, end=34),)),
    ]
    assert stream.text[10:34] == "Die Aare ist 288 km läng"
    assert stream.citations[-1].quote == "The Aare is 288 km long."
    assert stream.citation_count == 1


def test_tools_of_the_server_have_arguments_and_results_without_what_is_encrypted() -> None:
    stream = read("anthropic", STREAMS["anthropic"])
    search = next(status.tool for status in reversed(stream.statuses) if status.step == "retrieving")
    assert search is not None
    assert search.arguments == {"query": "Aare Länge"}
    assert search.result == [
        {"type": "web_search_result", "url": "https://a.example/aare", "title": "The Aare", "page_age": None}
    ]
    assert stream.losses == {"reasoning text": 1, "encrypted content": 1}
    assert stream.end.usage == {"input_tokens": 25, "output_tokens": 40}


def test_two_quotes_of_a_page_are_two_citations_and_the_same_again_is_one() -> None:
    stream = anthropic(
        START,
        begin(0, type="text", text=""),
        cited("https://a.example/", "One."),
        cited("https://a.example/", "Two."),
        cited("https://a.example/", "One."),
        grow(0, type="text_delta", text="Both."),
        end(0),
        STOP,
    )
    assert stream.citation_count == 2
    assert {citation.quote for citation in stream.citations} == {"One.", "Two."}


def test_a_document_is_cited_with_the_place_of_the_quote() -> None:
    place = {"document_title": "Report", "start_char_index": 3, "end_char_index": 9}
    stream = anthropic(
        START,
        begin(0, type="text", text=""),
        grow(0, type="citations_delta", citation={**place, "type": "char_location", "cited_text": "Quoted"}),
        grow(0, type="text_delta", text="So it is."),
        STOP,
    )
    assert stream.citations[-1].title == "Report"
    assert stream.citations[-1].locator == Locator(start=3, end=9)
    assert stream.citations[-1].spans == (Span(start=0, end=9),)


def test_a_search_result_of_the_caller_is_cited_by_its_address() -> None:
    place = {"type": "search_result_location", "source": "https://a.example/", "title": "A", "cited_text": "Quoted"}
    stream = anthropic(START, begin(0, type="text", text="So."), grow(0, type="citations_delta", citation=place), STOP)
    assert (stream.citations[-1].url, stream.citations[-1].quote) == ("https://a.example/", "Quoted")


def test_a_search_that_failed() -> None:
    failure = {"type": "web_search_tool_result_error", "error_code": "max_uses_exceeded"}
    stream = anthropic(
        START,
        begin(0, type="server_tool_use", id="s", name="web_search", input={}),
        end(0),
        begin(1, type="web_search_tool_result", tool_use_id="s", content=failure),
        end(1),
        STOP,
    )
    assert (stream.statuses[-1].state, stream.statuses[-1].detail) == ("failed", "max_uses_exceeded")


def test_a_result_of_the_message_before_is_a_step() -> None:
    result = begin(0, type="web_search_tool_result", tool_use_id="s", content=[{"title": "A", "url": "https://a/"}])
    stream = anthropic(START, result, end(0), STOP)
    assert stream.states == [("retrieving", "started"), ("retrieving", "finished")]
    assert stream.tools == 1


@pytest.mark.parametrize("said", ["They asked for rain.", None])
def test_a_summary_of_what_came_before_is_a_step_with_the_summary(said: str | None) -> None:
    stream = anthropic(
        START,
        begin(0, type="compaction", content=None),
        grow(0, type="compaction_delta", content=said, encrypted_content="x"),
        end(0),
        begin(1, type="text", text="So."),
        end(1),
        STOP,
    )
    assert stream.states == [("running_tool", "started"), ("running_tool", "finished")]
    assert stream.statuses[-1].tool is not None
    assert (stream.statuses[-1].tool.name, stream.statuses[-1].tool.result) == ("compaction", said)
    assert (stream.text, stream.losses) == ("So.", {"encrypted content": 1})


def test_a_message_that_begins_anew_ends_what_is_open() -> None:
    call = begin(0, type="tool_use", id="a", name="draw", input={})
    again = begin(0, type="tool_use", id="b", name="draw", input={})
    piece = grow(0, type="input_json_delta", partial_json='{"x": 1')
    rest = grow(0, type="input_json_delta", partial_json="}")
    stream = anthropic(START, call, piece, START, again, piece, rest, end(0), stopped("tool_use"), STOP)
    last = {status.step_id: status.tool.arguments for status in stream.statuses if status.tool is not None}
    assert list(last.values()) == ['{"x": 1', {"x": 1}]


def test_a_range_ends_where_its_message_does() -> None:
    text = grow(0, type="text_delta", text="Cited.")
    more = grow(1, type="text_delta", text=" Not cited.")
    stream = anthropic(START, begin(0, type="text"), cited("https://a.example/", "Q"), text, START, more, end(1), STOP)
    assert stream.citations[-1].spans == (Span(start=0, end=6),)


@pytest.mark.parametrize("kind", ["overloaded_error", "rate_limit_error", "api_error"])
def test_an_error_that_may_pass(kind: str) -> None:
    stream = anthropic(START, {"type": "error", "error": {"type": kind, "message": "Overloaded"}})
    assert stream.end.outcome == "failed"
    assert stream.end.error is not None
    assert (stream.end.error.code, stream.end.error.message, stream.end.error.retryable) == (kind, "Overloaded", True)


def test_an_error_that_stays_and_came_in_place_of_a_stream() -> None:
    body = b'{"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}'
    error = read("anthropic", body).end.error
    assert error is not None
    assert (error.code, error.retryable) == ("authentication_error", False)


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("max_tokens", "length_limit"),
        ("model_context_window_exceeded", "length_limit"),
        ("refusal", "refusal"),
        ("pause_turn", "paused_turn"),
    ],
)
def test_a_stop_that_is_no_plain_end_is_a_warning(reason: str, code: str) -> None:
    stream = anthropic(START, begin(0, type="text", text="So"), end(0), stopped(reason), STOP)
    assert stream.end.outcome == "completed"
    assert [warning.code for warning in stream.warnings] == [code]


def test_a_refusal_says_why() -> None:
    stream = anthropic(START, stopped("refusal", stop_details={"explanation": "Not this."}), STOP)
    assert [warning.message for warning in stream.warnings] == ["Not this."]


def test_without_its_stop_a_message_is_cut_even_with_a_reason() -> None:
    stream = anthropic(START, begin(0, type="text", text="So"), end(0), stopped("end_turn"))
    assert stream.end.outcome == "interrupted"


def test_a_message_that_was_not_streamed() -> None:
    whole = {
        "type": "message",
        "content": [
            {"type": "thinking", "thinking": "Hm.", "signature": "x"},
            {"type": "text", "text": "Zürich ", "citations": None},
            {"type": "text", "text": "liegt.", "citations": [{"url": "https://a/", "cited_text": "It lies."}]},
            {"type": "tool_use", "id": "t", "name": "draw", "input": {"x": 1}},
        ],
        "stop_reason": "tool_use",
        "usage": {"input_tokens": 3, "output_tokens": 4},
    }
    stream = read("anthropic", frames([whole])[6:])
    assert stream.text == "Zürich liegt."
    assert stream.citations[-1].spans == (Span(start=7, end=13),)
    assert (stream.tools, stream.end.outcome) == (1, "completed")
    assert stream.statuses[-1].detail == "Not run: the caller of the agent has to run it."
    assert stream.end.usage == {"input_tokens": 3, "output_tokens": 4}


def test_what_is_unknown_is_lost_and_told() -> None:
    stream = anthropic(
        START,
        begin(0, type="container_upload", file_id="f"),
        grow(0, type="strange_delta"),
        end(0),
        begin(1, type="fallback", to={"model": "other"}),
        grow(7, type="text_delta", text="Text without a block."),
        STOP,
    )
    assert stream.losses == {"blocks of type container_upload": 1, "deltas of type strange_delta": 1}
    assert stream.text == "Text without a block."
    assert [warning.code for warning in stream.warnings] == ["model_fallback"]
