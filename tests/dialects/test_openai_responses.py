"""OpenAI's Responses API: text and its repetitions, ranges, tools, ends and errors."""

import json
from typing import Any

import pytest

from backend.protocol.events import Span
from tests.dialects.streams import ReadStream, frames, read
from tests.dialects.test_damaged_streams import MESSAGES, STREAMS


def typed(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}", **fields}


def delta(text: str, output: int = 0, content: int = 0) -> dict[str, Any]:
    return typed("output_text.delta", output_index=output, content_index=content, item_id="m", delta=text)


def item(done: bool, place: int = 0, **fields: Any) -> dict[str, Any]:
    return typed(f"output_item.{'done' if done else 'added'}", output_index=place, item=fields)


def completed(**fields: Any) -> dict[str, Any]:
    return typed("completed", response={"status": "completed", "output": [], **fields})


def responses(*messages: dict[str, Any] | str) -> ReadStream:
    return read("openai-responses", frames(messages))


def test_a_stream_with_everything() -> None:
    stream = read("openai-responses", STREAMS["openai_responses"])
    (citation,) = stream.citations
    assert [stream.text[span.start : span.end] for span in citation.spans] == ["([guide](https://t.example/))"]
    assert (citation.title, citation.url, stream.citation_count) == ("Tokyo", "https://t.example/", 1)
    assert stream.states == [
        ("thinking", "started"),
        ("thinking", "finished"),
        ("retrieving", "started"),
        ("retrieving", "progress"),
        ("retrieving", "finished"),
        ("running_tool", "started"),
        ("running_tool", "progress"),
        ("running_tool", "cancelled"),
    ]
    call = stream.statuses[-1].tool
    assert call is not None
    assert (call.name, call.arguments) == ("get_weather", {"city": "東京"})
    assert stream.losses == {"reasoning text": 1}
    assert stream.end.usage == {"input_tokens": 30, "output_tokens": 12, "total_tokens": 42, "reasoning_tokens": 3}


def test_the_response_that_was_not_streamed_is_the_same_answer() -> None:
    streamed = read("openai-responses", STREAMS["openai_responses"])
    last = json.loads(MESSAGES["openai_responses"][-1].partition(b"data: ")[2])
    whole = read("openai-responses", json.dumps(last["response"], indent=1).encode())
    assert (whole.text, whole.end, whole.tools) == (streamed.text, streamed.end, streamed.tools)
    assert whole.citations == streamed.citations


def test_ranges_are_counted_from_their_part() -> None:
    note = {"type": "url_citation", "url": "https://a.example/", "start_index": 0, "end_index": 4}
    stream = responses(
        delta("日本 🎉 first. "),
        delta("Then", output=1),
        typed("output_text.annotation.added", output_index=1, content_index=0, annotation=note),
        completed(),
    )
    assert stream.citations[0].spans == (Span(start=14, end=18),)


def test_a_source_cited_at_two_places_is_one_with_two_ranges() -> None:
    def note(start: int, end: int) -> dict[str, Any]:
        cited = {"type": "url_citation", "url": "https://a.example/", "start_index": start, "end_index": end}
        return typed("output_text.annotation.added", output_index=0, content_index=0, annotation=cited)

    stream = responses(delta("One, two."), note(0, 3), note(5, 8), note(5, 8), completed())
    assert [len(citation.spans) for citation in stream.citations] == [1, 2]
    assert stream.citation_count == 2


def test_a_file_cited_at_a_point_has_no_range_and_its_places_count() -> None:
    def note(index: int) -> dict[str, Any]:
        cited = {"type": "file_citation", "file_id": "f", "filename": "a.pdf", "index": index}
        return typed("output_text.annotation.added", output_index=0, content_index=0, annotation=cited)

    part = {"type": "output_text", "text": "One, two.", "annotations": [note(3)["annotation"], note(8)["annotation"]]}
    whole = item(True, type="message", content=[part])
    stream = responses(delta("One, two."), note(3), note(8), whole, completed(output=[whole["item"]]))
    assert [(citation.title, citation.document_id, citation.spans) for citation in stream.citations] == [
        ("a.pdf", "f", ())
    ]
    assert stream.citation_count == 2
    assert stream.losses == {"places of citations that name no range": 2}


def test_a_text_whose_pieces_never_came_is_said_from_its_whole() -> None:
    done = typed("output_text.done", output_index=0, content_index=0, text="Whole.")
    part = typed("content_part.done", output_index=0, content_index=0, part={"type": "output_text", "text": "Whole."})
    assert responses(done, part, completed()).text == "Whole."


def test_a_text_that_differs_from_its_pieces_is_a_warning() -> None:
    stream = responses(delta("Who"), typed("output_text.done", output_index=0, text="Whole."), completed())
    assert stream.text == "Who"
    assert [warning.code for warning in stream.warnings] == ["text_differs"]


def test_an_end_that_numbers_its_items_anew_repeats_nothing() -> None:
    answer = {"type": "message", "id": "m", "content": [{"type": "output_text", "text": "Whole."}]}
    call = {"type": "function_call", "id": "f", "name": "look", "arguments": "{}"}
    stream = responses(
        item(False, 1, **answer | {"content": []}),
        delta("Whole.", output=1),
        item(True, 1, **answer),
        item(False, 3, **call),
        item(True, 3, **call),
        completed(output=[answer, call]),
    )
    assert (stream.text, stream.tools) == ("Whole.", 1)
    assert [warning.code for warning in stream.warnings] == ["call_not_run"]


def test_an_item_that_is_told_by_its_id_alone_is_not_said_again_at_the_end() -> None:
    piece = typed("output_text.delta", item_id="m", delta="Whole.")
    answer = {"type": "message", "id": "m", "content": [{"type": "output_text", "text": "Whole."}]}
    assert responses(piece, completed(output=[answer])).text == "Whole."


def test_an_id_that_many_items_share_says_no_place() -> None:
    answers = [{"type": "message", "id": "m", "content": [{"type": "output_text", "text": said}]} for said in "abc"]
    stream = responses(delta("a", output=0), delta("b", output=1), completed(output=answers))
    assert stream.text == "abc"


def test_a_refusal_is_said_with_a_warning() -> None:
    stream = responses(
        typed("refusal.delta", output_index=0, delta="I can"),
        typed("refusal.delta", output_index=0, delta="not."),
        typed("refusal.done", output_index=0, refusal="I cannot."),
        item(True, type="message", content=[{"type": "refusal", "refusal": "I cannot."}]),
        completed(),
    )
    assert (stream.text, [warning.code for warning in stream.warnings]) == ("I cannot.", ["refusal"])


def test_an_output_of_its_own_ends_the_call_it_names() -> None:
    call: dict[str, Any] = {"type": "shell_call", "call_id": "c", "action": {"commands": ["ls"]}}
    output: dict[str, Any] = {"type": "shell_call_output", "call_id": "c", "output": [{"stdout": "a"}]}
    last = completed(output=[call, output])
    stream = responses(item(False, **call), item(True, **call), item(True, 1, **output), last)
    assert stream.statuses[-1].state == "finished"
    assert stream.statuses[-1].tool is not None
    assert stream.statuses[-1].tool.result == [{"stdout": "a"}]
    assert stream.losses == {}


def tools(stream: ReadStream) -> list[tuple[str, str, Any, Any]]:
    """Each end of a tool call: its name, state, arguments and result."""
    ended = [status for status in stream.statuses if status.tool is not None and status.state != "started"]
    return [
        (status.tool.name, status.state, status.tool.arguments, status.tool.result)
        for status in ended
        if status.tool is not None and status.state != "progress"
    ]


def test_a_program_waits_for_its_output_and_goes_on_in_the_next_response() -> None:
    program: dict[str, Any] = {"type": "program", "id": "p", "call_id": "c", "code": "look()"}
    call: dict[str, Any] = {"type": "function_call", "id": "f", "name": "look", "arguments": "{}"}
    output: dict[str, Any] = {"type": "program_output", "call_id": "c", "result": '{"units": 4}'}
    first = responses(item(False, **program | {"code": ""}), item(True, **program), item(True, 1, **call), completed())
    assert tools(first) == [("look", "cancelled", {}, None), ("program", "finished", "look()", None)]
    whole = responses(item(True, **program), item(True, 1, **output), completed(output=[program, output]))
    assert tools(whole) == [("program", "finished", "look()", {"units": 4})]
    after = responses(item(False, **output | {"result": ""}), item(True, **output), completed(output=[output]))
    assert tools(after) == [("program", "finished", None, {"units": 4})]
    assert [stream.losses for stream in (first, whole, after)] == [{}, {}, {}]


def test_tools_that_the_server_searched_are_its_result_without_an_id_too() -> None:
    call: dict[str, Any] = {
        "type": "tool_search_call", "call_id": None, "execution": "server", "arguments": {"paths": ["a"]},
    }  # fmt: skip
    output: dict[str, Any] = {"type": "tool_search_output", "call_id": None, "tools": [{"name": "a"}]}
    stream = responses(item(True, **call), item(True, 1, **output), completed(output=[call, output]))
    assert tools(stream) == [("tool_search", "finished", {"paths": ["a"]}, [{"name": "a"}])]
    assert stream.losses == {}


def test_a_summary_that_the_server_made_is_a_step() -> None:
    summary: dict[str, Any] = {"type": "compaction", "id": "k", "encrypted_content": "x"}
    stream = responses(item(False, **summary), item(True, **summary), delta("So.", output=1), completed())
    assert tools(stream) == [("compaction", "finished", None, None)]


def test_a_sign_of_life_is_one_of_its_messages() -> None:
    stream = responses({"type": "keepalive", "sequence_number": 3}, completed())
    assert (stream.recognised, stream.losses) == (2, {})


def test_a_call_to_a_server_that_failed() -> None:
    call: dict[str, Any] = {
        "type": "mcp_call",
        "name": "ask",
        "arguments": '{"x": 1}',
        "error": {"message": "No such repo."},
    }
    stream = responses(item(False, type="mcp_call", name="ask"), item(True, **call), completed())
    assert (stream.statuses[-1].state, stream.statuses[-1].detail) == ("failed", "No such repo.")


@pytest.mark.parametrize(
    ("last", "outcome", "code"),
    [
        (typed("failed", response={"error": {"code": "server_error", "message": "No."}}), "failed", "server_error"),
        (
            typed("incomplete", response={"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}),
            "failed",
            "content_filter",
        ),
        (typed("incomplete", response={"status": "incomplete"}), "interrupted", "incomplete"),
        (typed("cancelled", response={"status": "cancelled"}), "cancelled", None),
        ({"type": "error", "code": "rate_limit_exceeded", "message": "Slow."}, "failed", "rate_limit_exceeded"),
        ({"type": "error", "error": {"type": "insufficient_quota"}}, "failed", "insufficient_quota"),
        (typed("in_progress", response={}), "interrupted", "stream_cut"),
    ],
)
def test_ends_that_are_no_success(last: dict[str, Any], outcome: str, code: str | None) -> None:
    stream = responses(delta("So"), last)
    assert (stream.end.outcome, stream.end.error and stream.end.error.code) == (outcome, code)


def test_errors_of_the_server_may_pass_and_others_stay() -> None:
    def retryable(code: str) -> bool:
        error = responses({"type": "error", "code": code, "message": ""}).end.error
        assert error is not None
        return error.retryable

    assert [retryable(code) for code in ("server_error", "rate_limit_exceeded", "invalid_prompt")] == [
        True,
        True,
        False,
    ]


def test_the_end_of_another_dialect_is_none() -> None:
    assert responses(delta("So"), "[DONE]").end.outcome == "interrupted"


def test_a_limit_is_a_warning() -> None:
    details = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    stream = responses(delta("So"), typed("incomplete", response=details))
    assert (stream.end.outcome, [warning.code for warning in stream.warnings]) == ("completed", ["length_limit"])


def test_what_is_unknown_is_lost_and_told() -> None:
    stream = responses(
        typed("strange.delta", delta="x"),
        item(True, type="strange"),
        item(True, type="strange_output", call_id="c"),
        typed("output_text.annotation.added", annotation={"type": "strange"}),
        typed("image_generation_call.partial_image", output_index=1, partial_image_b64="eA=="),
        completed(),
    )
    assert stream.losses == {
        "messages of type strange.delta": 1,
        "items of type strange": 1,
        "items of type strange_output": 1,
        "annotations of type strange": 1,
        "images": 1,
    }
