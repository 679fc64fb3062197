"""Flowise's predictions: chatflows and agent flows."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.protocol.events import Locator
from tests.dialects.streams import ReadStream, frames, read

DATA = Path(__file__).parent / "data"

END = ("end", "[DONE]")


def flowise(*events: tuple[str, Any]) -> ReadStream:
    return read("flowise", frames({"event": kind, "data": data} for kind, data in events))


def test_documents_are_citations_nodes_are_steps_and_tools_have_their_results() -> None:
    stream = read("flowise", (DATA / "flowise.sse").read_bytes())
    (document,) = stream.citations
    assert (document.title, document.quote, document.locator) == ("seen.pdf", "Grösste Tiefe: 136 m", Locator(page=3))
    (tool,) = [each.tool for each in stream.statuses if each.tool is not None and each.tool.result is not None]
    assert (tool.name, tool.arguments, tool.result) == ("get_depth", {"lake": "Zürichsee"}, "136 m")
    assert [state for state in stream.states if state[0] == "running_node"] == [
        ("running_node", "started"), ("running_node", "finished"),
    ]  # fmt: skip
    assert stream.end.usage == {"input_tokens": 20, "output_tokens": 9, "total_tokens": 29}


def test_a_flow_that_cannot_stream_answers_with_one_object() -> None:
    whole = {
        "text": "136 m",
        "chatId": "c",
        "sourceDocuments": [{"pageContent": "Tiefe: 136 m", "metadata": {"source": "seen.pdf"}}],
        "usedTools": [{"tool": "get_depth", "toolInput": {}, "toolOutput": "136"}],
    }
    stream = read("flowise", json.dumps(whole).encode())
    assert (stream.text, stream.end.outcome) == ("136 m", "completed")
    assert [citation.quote for citation in stream.citations] == ["Tiefe: 136 m"]
    assert stream.tools == 1


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        ([], "interrupted"),
        ([END], "completed"),
        ([("abort", "[DONE]")], "cancelled"),
        ([("error", "The flow broke.")], "failed"),
        ([("error", "The flow broke."), END], "failed"),
        ([("action", {"mapping": {"approve": "Yes", "reject": "No"}, "message": "Send it?"}), END], "interrupted"),
    ],
)
def test_ends(events: list[tuple[str, Any]], outcome: str) -> None:
    assert flowise(("start", ""), ("token", "So"), *events).end.outcome == outcome


def test_a_call_is_running_until_its_result_is_listed_and_counts_once() -> None:
    call = {"tool": "look", "toolInput": {"at": 1}, "toolOutput": ""}
    done = call | {"toolOutput": "1"}
    stream = flowise(("calledTools", [call]), ("token", "So"), ("usedTools", [done]), ("usedTools", [done]), END)
    assert [state for _, state in stream.states] == ["started", "finished"]
    assert stream.tools == 1


def test_what_has_no_event_here_is_a_loss() -> None:
    stream = flowise(
        ("artifacts", [{"type": "png", "data": "x"}]), ("agentReasoning", []), ("token", {"odd": "So"}), END
    )
    assert stream.losses["files"] == 1
    assert "reports of agents" not in stream.losses
    assert "text in a field 'data' that is not known" in stream.losses
