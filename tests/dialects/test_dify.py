"""Dify's apps: chats, agents and workflows."""

from pathlib import Path
from typing import Any

import pytest

from tests.dialects.streams import ReadStream, frames, read

DATA = Path(__file__).parent / "data"

END = {"event": "message_end", "metadata": {}}


def dify(*messages: dict[str, Any]) -> ReadStream:
    return read("dify", frames(messages))


def said(text: str) -> dict[str, Any]:
    return {"event": "message", "answer": text}


def finished(status: str = "succeeded", **outputs: Any) -> dict[str, Any]:
    return {"event": "workflow_finished", "data": {"status": status, "outputs": outputs, "error": "It broke."}}


def test_retrieved_passages_are_citations_and_nodes_are_steps() -> None:
    stream = read("dify", (DATA / "dify.sse").read_bytes())
    (passage,) = stream.citations
    assert (passage.title, passage.quote, passage.document_id) == ("places.md", "Zürich lies on Lake Zürich.", "doc1")
    assert stream.states == [("retrieving", "started"), ("retrieving", "finished")]
    assert stream.end.usage == {"input_tokens": 21, "output_tokens": 9, "total_tokens": 30}
    assert stream.losses == {"spans of citations, which the stream has none of": 1}


def test_an_agent_s_tools_have_their_arguments_and_results() -> None:
    stream = read("dify", (DATA / "dify_agent.sse").read_bytes())
    tool = stream.statuses[-1].tool
    assert tool is not None
    assert (tool.name, tool.arguments, tool.result) == ("get_depth", {"lake": "Zürich"}, "136 m")


def test_a_workflow_s_outputs_are_its_answer_where_it_streamed_no_text() -> None:
    assert dify(finished(text="All of it.")).text == "All of it."
    streamed = dify({"event": "text_chunk", "data": {"text": "All of it."}}, finished(text="All of it."))
    assert (streamed.text, streamed.end.outcome) == ("All of it.", "completed")


@pytest.mark.parametrize(
    ("messages", "outcome"),
    [
        ([said("So")], "interrupted"),
        ([said("So"), END], "completed"),
        ([said("So"), finished("stopped")], "cancelled"),
        ([said("So"), finished("failed")], "failed"),
        ([{"code": "not_found", "message": "No such app.", "status": 404}], "failed"),
    ],
)
def test_ends(messages: list[dict[str, Any]], outcome: str) -> None:
    assert dify(*messages).end.outcome == outcome


def test_an_answer_that_is_replaced_is_said_and_warned_of() -> None:
    stream = dify(said("Bad."), {"event": "message_replace", "answer": "Sorry."}, END)
    assert "Sorry." in stream.text
    assert [warning.code for warning in stream.warnings] == ["answer_restarted"]


def test_a_workflow_that_waits_for_a_person_is_interrupted() -> None:
    paused = {"event": "workflow_paused", "data": {"reasons": [{"form_content": "", "message": "Approve it?"}]}}
    stream = dify(said("So"), paused)
    assert stream.end.outcome == "interrupted"
    assert "Approve it?" in stream.warnings[0].message
