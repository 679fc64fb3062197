"""What each foreign dialect carries of a run with one of everything."""

import json
from typing import Any

import pytest

from backend.dialects.encoding.ag_ui import AgUiEncoder
from backend.dialects.encoding.ai_sdk import AiSdkEncoder
from backend.dialects.encoding.openai_answer import OpenAIAnswer, usage_fields
from backend.dialects.encoding.openai_chat import OpenAIChatEncoder
from backend.protocol.events import (
    CitationEvent,
    DoneEvent,
    Draft,
    KnownEvent,
    Outcome,
    Span,
    StatusEvent,
    TokenEvent,
    ToolLog,
)
from tests.dialects.encoded_runs import FULL, RUN, ended, stream_of
from tests.dialects.foreign_readers import AgUiClient, ChatClient, objects_in
from tests.dialects.streams import read

USAGE: dict[str, Any] = {"input_tokens": 12, "output_tokens": 30, "reasoning_tokens": 4}


def with_usage(events: list[KnownEvent], usage: dict[str, Any] | None = None) -> list[KnownEvent]:
    done = events[-1]
    return [*events[:-1], done.model_copy(update={"usage": usage or USAGE, "latency_ms": 9.0, "ttft_ms": 2.0})]


def annotations_in(events: list[KnownEvent]) -> list[dict[str, Any]]:
    chunks = objects_in(stream_of(OpenAIChatEncoder(RUN), events))
    found = [choice["delta"].get("annotations", []) for chunk in chunks for choice in chunk["choices"]]
    return [annotation["url_citation"] for annotations in found for annotation in annotations]


def test_ag_ui_names_the_run_first_and_its_end_before_the_last_event() -> None:
    client = AgUiClient().read(stream_of(AgUiEncoder(RUN, thread_id="t", run_id="r"), with_usage(ended())))
    names = [name for name, _ in client.customs]
    assert (names[0], names[-1]) == ("playhead.run", "playhead.end")
    assert client.customs[0][1] == {"run_id": RUN.run_id, "session_id": "ses_1", "agent": "scripted:happy_path"}
    end = {"outcome": "completed", "partial": False, "run_id": RUN.run_id, "latency_ms": 9.0, "ttft_ms": 2.0}
    assert client.customs[-1][1] == client.last["result"] == {**end, "usage": USAGE}
    assert (client.last["threadId"], client.last["runId"]) == ("t", "r")
    assert client.last["usage"] == [{"inputTokens": 12, "outputTokens": 30, "reasoningTokens": 4}]


def test_ag_ui_has_a_key_of_metadata_and_an_activity_for_each_citation_with_its_last_state() -> None:
    client = AgUiClient().read(stream_of(AgUiEncoder(RUN), ended()))
    message = client.by_id()["msg_abc"]
    assert message["content"] == "Rising [1], fast [2]."
    assert set(message["metadata"]) == {"citation:c1", "citation:c2"}
    assert message["metadata"]["citation:c1"]["spans"] == [{"start": 0, "end": 6}]
    activities = [each for each in client.messages if each["role"] == "activity"]
    assert [each["content"]["citation_id"] for each in activities] == ["c1", "c2"]
    assert activities[0]["content"]["quote"] == "61"


def test_ag_ui_has_a_tool_call_with_arguments_and_result_and_a_step_for_everything_else() -> None:
    events = objects_in(stream_of(AgUiEncoder(RUN), ended()))
    kinds = [event["type"] for event in events if event["type"].startswith(("STEP", "TOOL"))]
    assert kinds == [
        "STEP_STARTED", "TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_END", "TOOL_CALL_RESULT", "STEP_FINISHED",
    ]  # fmt: skip
    found = {event["type"]: event for event in events}
    assert json.loads(found["TOOL_CALL_ARGS"]["delta"]) == {"query": "SELECT 1"}
    assert json.loads(found["TOOL_CALL_RESULT"]["content"]) == {"rows": [[1]]}
    assert found["STEP_STARTED"]["metadata"]["playhead"]["label"] == "Looking"
    assert any(event.get("name") == "playhead.status" and event["value"]["progress"] == 0.5 for event in events)


def test_ag_ui_steps_that_are_open_under_one_name_are_told_apart() -> None:
    drafts = (
        StatusEvent(step_id="a", step="look (c)"),
        StatusEvent(step_id="b", step="look"),
        StatusEvent(step_id="c", step="look"),
    )
    events = objects_in(stream_of(AgUiEncoder(RUN), ended(drafts)))
    names = [event["stepName"] for event in events if event["type"] == "STEP_STARTED"]
    assert names == ["look (c)", "look", "look (c) (c)"]


def test_ag_ui_stamps_are_whole_milliseconds_since_1970() -> None:
    events = objects_in(stream_of(AgUiEncoder(RUN), ended((TokenEvent(text="a"),))))
    assert [event["timestamp"] - RUN.created_ms for event in events] == [0, 0, 1, 1, 2, 2, 2]


def test_the_ai_sdk_gets_sources_once_and_citations_with_their_last_state() -> None:
    client = ChatClient().read(stream_of(AiSdkEncoder(RUN), with_usage(ended())))
    assert (client.message_id, client.text) == ("msg_abc", "Rising [1], fast [2].")
    web, document = client.of_type("source-url", "source-document")
    assert (web["url"], web["title"]) == ("https://sec.example/10q", "10-Q Filing")
    assert document["title"] == "A note"
    cited = client.data("citation")["c1"]
    assert (cited["id"], cited["number"], cited["title"], cited["quote"]) == ("c1", 1, "10-Q", "61")
    assert cited["spans"] == [{"start": 0, "end": 6}]
    assert client.metadata["usage"] == USAGE
    assert (client.metadata["latency_ms"], client.metadata["ttft_ms"]) == (9.0, 2.0)


def test_the_ai_sdk_gets_steps_tools_artifacts_and_warnings() -> None:
    client = ChatClient().read(stream_of(AiSdkEncoder(RUN), ended()))
    assert {name: step["state"] for name, step in client.data("step").items()} == {
        "look": "finished",
        "sql": "finished",
    }
    assert client.data("step")["sql"]["tool"] == "sql"
    (tool,) = client.of_type("dynamic-tool")
    assert (tool["toolName"], tool["state"]) == ("sql", "output-available")
    assert (tool["input"], tool["output"]) == ({"query": "SELECT 1"}, {"rows": [[1]]})
    assert client.data("artifact")["v"]["content"] == {"value": 61}
    assert [warning["code"] for warning in client.data("warning").values()] == ["dated"]


def test_a_tool_that_failed_says_why() -> None:
    drafts: tuple[Draft, ...] = (
        StatusEvent(step_id="t", step="running_tool", tool=ToolLog(name="sql", arguments={})),
        StatusEvent(step_id="t", step="running_tool", state="failed", detail="No such table."),
    )
    (tool,) = ChatClient().read(stream_of(AiSdkEncoder(RUN), ended(drafts))).of_type("dynamic-tool")
    assert (tool["state"], tool["errorText"]) == ("output-error", "No such table.")
    result = AgUiClient().read(stream_of(AgUiEncoder(RUN), ended(drafts))).messages[-1]
    assert (result["role"], result["content"]) == ("tool", "No such table.")
    assert result["metadata"]["playhead"]["state"] == "failed"


def test_annotations_hold_the_spans_of_a_citation_or_else_the_places_of_its_markers_in_code_points() -> None:
    text = "\U0001f600 rises [1]. Falls [2] [1]."
    drafts: tuple[Draft, ...] = (
        CitationEvent(citation_id="a", number=1, title="A", url="https://a.example"),
        CitationEvent(citation_id="b", number=2, title="B", spans=(Span(start=13, end=18),), quote="down"),
        CitationEvent(citation_id="c", number=3, title="C", url="https://c.example"),
        TokenEvent(text=text),
    )
    found = [(each["title"], text[each["start_index"] : each["end_index"]]) for each in annotations_in(ended(drafts))]
    assert found == [("A", "[1]"), ("A", "[1]"), ("B", "Falls"), ("C", "")]
    assert annotations_in(ended(drafts))[2]["content"] == "down"
    assert annotations_in(ended(drafts))[2]["url"] == "urn:playhead:citation:b"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://a\u202eb"])
def test_an_address_that_may_not_be_linked_reaches_no_foreign_client(url: str) -> None:
    events = ended((CitationEvent(citation_id="x", title="Trap", url=url), TokenEvent(text="a")))
    for encoder in (AgUiEncoder(RUN), AiSdkEncoder(RUN), OpenAIChatEncoder(RUN)):
        stream = stream_of(encoder, events)
        assert b"Trap" in stream
        assert json.dumps(url)[1:-1].encode() not in stream


def test_usage_is_told_only_where_it_is_wanted_and_known() -> None:
    events = with_usage(ended())
    last = objects_in(stream_of(OpenAIChatEncoder(RUN, include_usage=True), events))[-1]
    assert last["choices"] == []
    assert last["usage"] == {"prompt_tokens": 12, "completion_tokens": 30, "total_tokens": 42}
    assert all("usage" not in chunk for chunk in objects_in(stream_of(OpenAIChatEncoder(RUN), events)))
    unknown = objects_in(stream_of(OpenAIChatEncoder(RUN, include_usage=True), ended()))
    assert all(chunk["usage"] is None and chunk["choices"] for chunk in unknown)
    assert usage_fields(DoneEvent(usage={"input_tokens": "many"})) is None


@pytest.mark.parametrize(("outcome", "kind"), [("failed", "server_error"), ("timed_out", "timeout_error")])
def test_a_run_that_failed_ends_with_its_own_error(outcome: Outcome, kind: str) -> None:
    error = objects_in(stream_of(OpenAIChatEncoder(RUN), ended(outcome=outcome)))[-1]["error"]
    assert (error["message"], error["type"], error["code"]) == ("The agent stopped.", kind, "x")
    assert error["playhead"]["outcome"] == outcome


def test_a_whole_completion_holds_what_the_chunks_hold() -> None:
    answer = OpenAIAnswer(RUN)
    events = with_usage(ended())
    for event in events:
        answer.take(event)
    assert answer.done is not None
    completion = answer.completion(answer.done)
    (choice,) = completion["choices"]
    assert choice["message"]["content"] == "Rising [1], fast [2]."
    assert [each["url_citation"] for each in choice["message"]["annotations"]] == annotations_in(events)
    assert completion["usage"]["total_tokens"] == 42
    assert completion["playhead"]["warnings"] == [{"code": "dated", "message": "The source is two years old."}]


@pytest.mark.parametrize("encoder", [AgUiEncoder(RUN), AiSdkEncoder(RUN)], ids=["ag-ui", "ai-sdk"])
def test_what_our_own_decoder_reads_back_is_the_run(encoder: AgUiEncoder | AiSdkEncoder) -> None:
    dialect = "ag-ui" if isinstance(encoder, AgUiEncoder) else "ai-sdk"
    stream = read(dialect, stream_of(encoder, with_usage(ended())))
    assert stream.citations[-1].title == "A note"
    assert {each.citation_id for each in stream.citations} == {"c1", "c2"}
    assert [artifact.artifact_id for artifact in stream.artifacts] == ["v"]
    assert [warning.code for warning in stream.warnings] == ["dated"]
    assert stream.tools == 1
    assert {status.step for status in stream.statuses} == {
        status.step for status in FULL if isinstance(status, StatusEvent)
    }
    assert dict(stream.end.usage) == USAGE
