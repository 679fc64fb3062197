"""Gemini: ranges in bytes, sources, calls, blocked answers, and the Interactions API under the same name."""

import json
from typing import Any

import pytest

from backend.protocol.events import Span
from tests.dialects.streams import ReadStream, frames, read
from tests.dialects.test_damaged_streams import STREAMS

WEB = [{"web": {"uri": "https://a.example/", "title": "A"}}, {"web": {"uri": "https://b.example/", "title": "B"}}]


def candidate(*parts: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"candidates": [{"content": {"role": "model", "parts": list(parts)}, "index": 0, **fields}]}


def gemini(*messages: dict[str, Any]) -> ReadStream:
    return read("gemini", frames(messages))


def supported(*supports: dict[str, Any], chunks: list[dict[str, Any]] = WEB) -> dict[str, Any]:
    return {"groundingChunks": chunks, "groundingSupports": list(supports)}


def support(*chunks: int, **segment: Any) -> dict[str, Any]:
    return {"segment": segment, "groundingChunkIndices": list(chunks)}


def ranges(stream: ReadStream) -> dict[str, list[str]]:
    """What each source supports, by its title."""
    return {
        citation.title: [stream.text[span.start : span.end] for span in citation.spans] for citation in stream.citations
    }


def test_ranges_in_bytes_are_the_texts_they_mean() -> None:
    stream = read("gemini", STREAMS["gemini"])
    assert ranges(stream) == {"A": ["Zürich 🎉 liegt am See.", "Naïve end."], "B": ["日本語 too."]}
    assert stream.end.usage == {"input_tokens": 8, "output_tokens": 20, "total_tokens": 30, "reasoning_tokens": 2}
    assert [status.tool.arguments for status in stream.statuses[2:4] if status.tool] == [
        {"place": "Zürich"},
        ["Zürich See"],
    ]


def test_ranges_of_a_later_part_are_counted_from_it() -> None:
    stream = gemini(
        candidate({"text": "Größer. "}),
        candidate({"executableCode": {"code": "1+1"}}, {"codeExecutionResult": {"outcome": "OUTCOME_OK"}}),
        candidate({"text": "Über zwei."}),
        candidate(
            finishReason="STOP",
            groundingMetadata=supported(support(0, partIndex=2, startIndex=0, endIndex=5, text="Über")),
        ),
    )
    assert ranges(stream) == {"A": ["Über"]}
    assert stream.states[:2] == [("running_tool", "started"), ("running_tool", "finished")]


@pytest.mark.parametrize("first", [4, 17, 400])
def test_a_range_with_other_offsets_goes_to_where_its_text_stands(first: int) -> None:
    segment = {"startIndex": first, "endIndex": first + 6, "text": "Zürich"}
    stream = gemini(
        candidate({"text": "日本 und Zürich."}, finishReason="STOP", groundingMetadata=supported(support(1, **segment)))
    )
    assert ranges(stream) == {"B": ["Zürich"]}


def test_a_range_whose_text_is_nowhere_is_lost_and_its_source_is_cited() -> None:
    segment = {"startIndex": 0, "endIndex": 4, "text": "Else"}
    stream = gemini(
        candidate({"text": "Text."}, finishReason="STOP", groundingMetadata=supported(support(0, **segment)))
    )
    assert ranges(stream) == {"A": []}
    assert stream.losses == {
        "ranges whose text is not in the answer": 1,
        "sources that were found and not cited": 1,
    }


def test_sources_without_ranges_are_cited_once_the_answer_is_whole() -> None:
    stream = gemini(
        candidate({"text": "Text."}, groundingMetadata={"groundingChunks": WEB}),
        candidate(finishReason="STOP", groundingMetadata={"groundingChunks": WEB}),
    )
    assert ranges(stream) == {"A": [], "B": []}
    assert stream.citation_count == 2


def test_a_retrieved_passage_is_its_own_quote() -> None:
    passage = {"retrievedContext": {"text": "It rained.", "title": "Diary"}}
    metadata = supported(support(0, endIndex=5, text="Text."), chunks=[passage])
    stream = gemini(candidate({"text": "Text."}, finishReason="STOP", groundingMetadata=metadata))
    assert (stream.citations[-1].title, stream.citations[-1].quote) == ("Diary", "It rained.")


def looked_up(stream: ReadStream) -> list[str]:
    return [
        status.tool.name
        for status in stream.statuses
        if status.tool is not None and (status.step, status.state) == ("retrieving", "finished")
    ]


@pytest.mark.parametrize(
    ("source", "tool"),
    [
        ({"web": {"uri": "https://a.example/"}}, "google_search"),
        ({"maps": {"uri": "https://m.example/", "title": "Inn"}}, "google_maps"),
        ({"retrievedContext": {"text": "It rained.", "title": "Diary"}}, "retrieval"),
        ({"retrieved_context": {"text": "It rained.", "file_search_store": "stores/1"}}, "file_search"),
    ],
)
def test_sources_that_no_look_up_was_told_for_have_a_step(source: dict[str, Any], tool: str) -> None:
    metadata = supported(support(0, endIndex=5, text="Text."), chunks=[source])
    assert looked_up(gemini(candidate({"text": "Text."}, finishReason="STOP", groundingMetadata=metadata))) == [tool]
    fetched = {"urlMetadata": [{"retrievedUrl": "https://a.example/"}]}
    stream = gemini(
        candidate({"text": "Text."}, groundingMetadata=metadata),
        candidate(finishReason="STOP", urlContextMetadata=fetched),
    )
    assert looked_up(stream) == ["url_context"]


def test_a_search_that_was_told_as_a_call_is_not_told_again() -> None:
    call = {"toolType": "GOOGLE_SEARCH_WEB", "id": "1", "args": {"queries": ["rain"]}}
    stream = gemini(
        candidate({"toolCall": call}, {"toolResponse": {"id": "1", "response": {}}}),
        candidate(
            {"text": "It rained."},
            finishReason="STOP",
            groundingMetadata={"groundingChunks": WEB, "webSearchQueries": ["rain"]},
        ),
    )
    assert (looked_up(stream), stream.tools) == (["google_search_web"], 1)


def test_a_source_that_is_not_listed_is_a_warning() -> None:
    stream = gemini(
        candidate({"text": "Text."}, finishReason="STOP", groundingMetadata=supported(support(9, endIndex=4)))
    )
    assert [warning.code for warning in stream.warnings] == ["citation_unresolved"]


def test_what_is_recited_may_be_told_before_its_text() -> None:
    metadata = {"citationSources": [{"startIndex": 3, "endIndex": 9, "uri": "https://a.example/"}]}
    stream = gemini(
        candidate({"text": "é "}, citationMetadata=metadata), candidate({"text": "quoted"}, finishReason="STOP")
    )
    assert ranges(stream) == {"https://a.example/": ["quoted"]}


@pytest.mark.parametrize("reason", ["SAFETY", "RECITATION", "PROHIBITED_CONTENT", "SPII", "MALFORMED_FUNCTION_CALL"])
def test_an_answer_that_was_ended_has_failed(reason: str) -> None:
    stream = gemini(candidate({"text": "So"}, finishReason=reason))
    assert (stream.end.outcome, stream.end.error and stream.end.error.code) == ("failed", reason.lower())


@pytest.mark.parametrize(
    ("number", "outcome", "code"),
    [(0, "interrupted", "stream_cut"), (1, "completed", None), (3, "failed", "safety"), (12, "failed", "reason_12")],
)
def test_reasons_may_be_numbers(number: int, outcome: str, code: str | None) -> None:
    stream = gemini(candidate({"text": "So"}, finishReason=number))
    assert (stream.end.outcome, stream.end.error and stream.end.error.code) == (outcome, code)
    assert gemini({"promptFeedback": {"blockReason": 1}}).end.error == (
        gemini({"promptFeedback": {"blockReason": "SAFETY"}}).end.error
    )


def test_a_blocked_question_has_failed() -> None:
    stream = gemini({"promptFeedback": {"blockReason": "SAFETY", "blockReasonMessage": "Reasons"}})
    assert stream.end.error is not None
    assert stream.end.error.message == "The provider blocked the question (SAFETY): Reasons."


def test_a_full_answer_has_a_warning() -> None:
    stream = gemini(candidate({"text": "So"}, finishReason="MAX_TOKENS"))
    assert (stream.end.outcome, [warning.code for warning in stream.warnings]) == ("completed", ["length_limit"])


def test_without_a_finish_reason_the_answer_is_cut() -> None:
    assert gemini(candidate({"text": "So"}), {"usageMetadata": {"totalTokenCount": 3}}).end.outcome == "interrupted"


@pytest.mark.parametrize(
    ("code", "status", "retryable"), [(429, "RESOURCE_EXHAUSTED", True), (400, "INVALID_ARGUMENT", False)]
)
def test_an_error_within_the_stream_or_in_its_place(code: int, status: str, retryable: bool) -> None:
    error = {"error": {"code": code, "message": "No.", "status": status}}
    for data in (frames([candidate({"text": "So"}), error]), json.dumps([error], indent=1).encode()):
        end = read("gemini", data).end
        assert end.error is not None
        assert (end.error.code, end.error.message, end.error.retryable) == (status.lower(), "No.", retryable)


def test_an_error_behind_the_last_response_ends_the_answer() -> None:
    said = frames([candidate({"text": "So"}, finishReason="STOP")])
    stream = read("gemini", said + b'{\n  "error": {\n    "status": "CANCELLED"\n  }\n}\n')
    assert (stream.text, stream.end.outcome, stream.recognised) == ("So", "failed", 2)


def test_arguments_that_grow() -> None:
    def piece(**fields: Any) -> dict[str, Any]:
        return candidate({"functionCall": {"willContinue": True, **fields}})

    stream = gemini(
        piece(name="draw"),
        piece(partialArgs=[{"jsonPath": "$.place", "stringValue": "Zü", "willContinue": True}]),
        piece(partialArgs=[{"jsonPath": "$.place", "stringValue": "rich"}, {"jsonPath": "$.zoom", "numberValue": 3}]),
        candidate({"functionCall": {}}),
        candidate({"text": "Drawn."}, finishReason="STOP"),
    )
    kinds = [draft.type for draft in stream.drafts]
    assert kinds == ["status", "status", "token", "status"], "the arguments are shown once they are whole"
    assert [status.tool.arguments for status in stream.statuses if status.tool] == [
        None,
        {"place": "Zürich", "zoom": 3},
        {"place": "Zürich", "zoom": 3},
    ]


def test_an_array_of_responses_and_names_in_snake_case() -> None:
    first = candidate({"text": "Zürich "})
    last = {
        "candidates": [
            {
                "content": {"parts": [{"text": "liegt."}]},
                "finish_reason": "STOP",
                "grounding_metadata": {
                    "grounding_chunks": WEB,
                    "grounding_supports": [
                        {"segment": {"start_index": 8, "end_index": 14}, "grounding_chunk_indices": [0, 1]}
                    ],
                },
            }
        ],
        "usage_metadata": {"prompt_token_count": 4},
    }
    stream = read("gemini", json.dumps([first, last], indent=2).encode())
    assert (stream.text, stream.end.outcome) == ("Zürich liegt.", "completed")
    assert ranges(stream) == {"A": ["liegt."], "B": ["liegt."]}
    assert stream.end.usage == {"input_tokens": 4}


def test_responses_in_an_envelope() -> None:
    stream = gemini({"response": candidate({"text": "So"}, finishReason="STOP"), "traceId": "x"})
    assert (stream.text, stream.end.outcome, stream.recognised) == ("So", "completed", 1)


def test_arguments_of_an_interaction_that_come_in_pieces() -> None:
    def step(phase: str, **fields: Any) -> dict[str, Any]:
        return {"event_type": f"step.{phase}", "index": 0, **fields}

    stream = gemini(
        step("start", step={"type": "function_call", "id": "f", "name": "draw"}),
        step("delta", delta={"type": "arguments_delta", "partial_arguments": '{"x"'}),
        step("delta", delta={"type": "arguments_delta", "partial_arguments": ": 1}"}),
        step("stop"),
        {"event_type": "interaction.completed", "interaction": {"status": "requires_action"}},
    )
    assert [status.tool.arguments for status in stream.statuses if status.tool] == [None, {"x": 1}, {"x": 1}]
    assert stream.end.outcome == "completed"


def test_ranges_of_an_interaction_are_counted_from_their_step() -> None:
    def delta(index: int, **fields: Any) -> dict[str, Any]:
        return {"event_type": "step.delta", "index": index, "delta": fields}

    def start(index: int) -> dict[str, Any]:
        return {"event_type": "step.start", "index": index, "step": {"type": "model_output"}}

    note = {"url": "https://a.example/", "title": "A", "start_index": 3, "end_index": 9}
    stream = gemini(
        start(0),
        delta(0, type="text", text="日本. "),
        start(1),
        delta(1, type="text", text="é quoted"),
        delta(1, type="text_annotation", annotations=[note]),
    )
    assert ranges(stream) == {"A": ["quoted"]}


def test_interactions_come_under_the_same_name() -> None:
    stream = read("gemini", STREAMS["gemini_interactions"])
    assert ranges(stream) == {"B": ["日本語 too."]}
    assert stream.end.usage == {"input_tokens": 5, "output_tokens": 9, "total_tokens": 14}
    assert stream.statuses[-1].tool is not None
    assert stream.statuses[-1].tool.result == [{"url": "https://a.example/"}]
    assert stream.losses == {"reasoning text": 1}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("completed", "completed"),
        ("requires_action", "completed"),
        ("incomplete", "completed"),
        ("cancelled", "cancelled"),
        ("failed", "failed"),
        ("in_progress", "interrupted"),
    ],
)
def test_an_interaction_that_was_not_streamed(status: str, outcome: str) -> None:
    notes = [{"type": "url_citation", "url": "https://a.example/", "start_index": 0, "end_index": 7}]
    said = {"type": "text", "text": "Zürich liegt.", "annotations": notes}
    steps = [{"type": "thought", "signature": "x"}, {"type": "model_output", "content": [said]}]
    whole = {"object": "interaction", "status": status, "steps": steps}
    stream = read("gemini", json.dumps(whole).encode())
    assert (stream.text, stream.end.outcome) == ("Zürich liegt.", outcome)
    assert [citation.spans for citation in stream.citations] == [(Span(start=0, end=6),)]


def test_an_interaction_that_failed_says_why() -> None:
    error = {"event_type": "error", "error": {"code": 503, "message": "Busy.", "status": "UNAVAILABLE"}}
    end = gemini({"event_type": "interaction.created"}, error).end
    assert end.error is not None
    assert (end.outcome, end.error.code, end.error.retryable) == ("failed", "unavailable", True)
