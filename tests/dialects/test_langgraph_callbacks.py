"""Callbacks as a stream: LangGraph's mode of events alone and beside others, and LangServe's stream."""

from typing import Any

import pytest

from tests.dialects.streams import read
from tests.dialects.test_langgraph import LAST, chunk, frame, graph, whole


def callback(kind: str, data: Any, name: str = "ChatModel", run: str = "m", **fields: Any) -> tuple[str, Any]:
    return "events", {"event": kind, "name": name, "run_id": run, "data": data, "parent_ids": ["g"], **fields}


def piece(text: str, **fields: Any) -> dict[str, Any]:
    return {"type": "AIMessageChunk", "id": "a", "content": text, **fields}


END = callback("on_chain_end", {"output": {"messages": [whole("Hello")]}}, "LangGraph", "g", parent_ids=[])
USED = whole("Hello", usage_metadata={"input_tokens": 3, "output_tokens": 2, "total_tokens": 5})
TALK = (
    callback("on_chain_start", {"input": {"messages": [{"type": "human", "content": "?"}]}}, "LangGraph", "g"),
    callback("on_chat_model_start", {"input": {"messages": [[]]}}),
    callback("on_chat_model_stream", {"chunk": piece("Hel")}),
    callback("on_chat_model_stream", {"chunk": piece("lo")}),
    callback("on_chat_model_end", {"output": USED}),
)


def test_callbacks_alone_are_the_answer_with_its_usage_and_its_end() -> None:
    stream = graph(*TALK, END)
    assert (stream.text, stream.end.outcome, stream.losses) == ("Hello", "completed", {})
    assert stream.end.usage == {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5}


def test_callbacks_beside_messages_say_them_once() -> None:
    assert graph(*TALK, chunk("Hello"), ("values", {"messages": [whole("Hello")]}), END).text == "Hello"


def test_callbacks_that_break_off_are_not_whole() -> None:
    assert graph(*TALK[:3]).end.outcome == "interrupted"


@pytest.mark.parametrize(
    "end",
    [
        callback("on_chat_model_end", {"output": {"generations": [[{"message": USED}]]}}),
        callback("on_chain_end", {"output": "Hello"}, "Chain", "g", parent_ids=[]),
        callback("on_chain_end", {"output": whole("Hello")}, "Chain", "g", parent_ids=[]),
    ],
)
def test_an_answer_that_was_not_streamed_is_read_from_its_end(end: tuple[str, Any]) -> None:
    stream = graph(*TALK[:2], end)
    assert (stream.text, stream.end.outcome) == ("Hello", "completed")


def test_tools_and_retrievers_are_steps_and_documents_are_sources() -> None:
    documents = [{"page_content": "A lake.", "metadata": {"source": "lakes.txt"}}]
    stream = graph(
        callback("on_tool_start", {"input": {"q": "lake"}}, "search", "t"),
        callback("on_tool_end", {"output": {"type": "tool", "content": "found"}}, "search", "t"),
        callback("on_tool_start", {"input": {}}, "broken", "u"),
        callback("on_tool_error", {"error": "ValueError"}, "broken", "u"),
        callback("on_retriever_start", {"input": {"query": "lake"}}, "Retriever", "r"),
        callback("on_retriever_end", {"output": documents}, "Retriever", "r"),
        *TALK,
        END,
    )
    states = {status.tool.name: status.state for status in stream.statuses if status.tool is not None}
    assert states == {"search": "finished", "broken": "failed", "Retriever": "finished"}
    assert [citation.source for citation in stream.citations] == ["lakes.txt"]


def test_a_tool_that_a_message_called_is_one_step() -> None:
    called = piece("", tool_calls=[{"id": "c", "name": "search", "args": {"q": "lake"}}])
    answered = {"type": "tool", "content": "found", "tool_call_id": "c", "name": "search"}
    stream = graph(
        callback("on_chat_model_stream", {"chunk": called}),
        callback("on_tool_start", {"input": {"q": "lake"}}, "search", "t"),
        callback("on_tool_end", {"output": answered}, "search", "t"),
        END,
    )
    assert stream.tools == 1
    assert stream.states[-1][1] == "finished"


def test_callbacks_of_an_unknown_kind_are_lost_by_name() -> None:
    assert graph(*TALK, callback("on_something_new", {"text": "?"}), END).losses == {"callback events": 1}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (["Hel", "lo"], "Hello"),
        ([piece("Hel"), piece("lo", **LAST)], "Hello"),
        ([{"answer": "Hel"}, {"answer": "lo"}], "Hello"),
        ([event for _, event in (*TALK, END)], "Hello"),
    ],
)
def test_what_langserve_streams_is_read(sent: list[Any], said: str) -> None:
    data = b"".join([frame("metadata", {"run_id": "g"}), *(frame("data", each) for each in sent)])
    stream = read("langgraph", data + b"event: end\n\n")
    whole_stream = read("langgraph", data + b"event: end\ndata:\n\n")
    assert (stream.text, stream.losses, whole_stream.end.outcome) == (said, {}, "completed")


def test_a_state_that_langserve_streams_has_its_sources_and_its_losses() -> None:
    documents = [{"page_content": "A lake.", "metadata": {"source": "lakes.txt"}}]
    sent = frame("data", {"context": documents}) + frame("data", {"answer": "Yes."}) + frame("data", {"more": {"a": 1}})
    stream = read("langgraph", sent + frame("end", None))
    assert (stream.text, len(stream.citations), stream.losses["state of the graph"]) == ("Yes.", 1, 1)
