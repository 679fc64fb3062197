"""A person approves the calls of MCP tools and fills in what their servers ask for: real servers, real HTTP."""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from backend.agents.model.tools.mcp import McpServer, servers_of
from backend.agents.person import People, PersonAnswer, PersonMessage, PersonRequest
from backend.protocol.inputs import GivenAnswer
from tests.agents.model.conftest import Heard, Talk
from tests.agents.model.wire import CHAT, chat_text, chat_tool_call

SERVER = Path(__file__).parent / "tools" / "mcp_server.py"


@dataclass
class Somebody:
    """Answers everything the same way, and has written something."""

    given: GivenAnswer
    written: list[PersonMessage] = field(default_factory=list)
    asked: list[PersonRequest] = field(default_factory=list)
    checkpoints: int = 0

    @property
    def people(self) -> People:
        return People(self.answer, self.read, self.stop)

    async def answer(self, request: PersonRequest) -> PersonAnswer:
        self.asked.append(request)
        return PersonAnswer.of(request, self.given)

    async def read(self) -> list[PersonMessage]:
        read, self.written = self.written, []
        return read

    async def stop(self) -> None:
        self.checkpoints += 1


@pytest.fixture
def sums(tmp_path: Path) -> list[McpServer]:
    """A server whose ``add`` needs an approval."""
    path = tmp_path / "mcp.json"
    described = {"command": sys.executable, "args": [str(SERVER)], "approve": ["add"]}
    path.write_text(json.dumps({"mcpServers": {"sums": described}}))
    return servers_of(path)


def tool_steps(heard: Heard) -> list[Any]:
    return [status for status in heard.statuses if status.step == "running_tool"]


@pytest.mark.parametrize(
    ("given", "effective", "result"),
    [
        (GivenAnswer(action="accept"), None, 42),
        (GivenAnswer(action="accept", arguments={"one": 1, "other": 1}), {"one": 1, "other": 1}, 2),
    ],
    ids=["as proposed", "edited"],
)
async def test_a_call_runs_with_what_was_approved(
    talk: Talk, sums: list[McpServer], given: GivenAnswer, effective: object, result: int
) -> None:
    ana = Somebody(given)
    replies = chat_tool_call("sums_add", one=2, other=40), chat_text("Done.")
    heard = await talk(CHAT, *replies, servers=sums, people=ana.people)
    assert (heard.failure, heard.answer) == (None, "Done.")
    [request] = ana.asked
    assert request.tool is not None
    assert (request.kind, request.needs, request.tool.arguments) == ("approval", "approve", {"one": 2, "other": 40})
    assert request.tool.arguments_schema is not None
    assert set(request.tool.arguments_schema["properties"]) == {"one", "other"}
    started, finished = tool_steps(heard)
    assert request.step_id == started.step_id
    assert (finished.state, finished.tool.arguments) == ("finished", {"one": 2, "other": 40})
    assert finished.tool.effective_arguments == effective
    assert str(result) in json.dumps(finished.tool.result)


async def test_a_call_that_is_declined_does_not_run_and_the_model_reads_why(talk: Talk, sums: list[McpServer]) -> None:
    bo = Somebody(GivenAnswer(action="decline", note="Too much."))
    replies = chat_tool_call("sums_add", one=2, other=40), chat_text("Then not.")
    heard = await talk(CHAT, *replies, servers=sums, people=bo.people)
    assert heard.answer == "Then not."
    assert tool_steps(heard)[-1].state == "failed"
    said = json.dumps(talk.provider.asked[1].body["messages"])
    assert "A person declined this tool call." in said
    assert "Too much." in said
    assert "42" not in said


@pytest.mark.parametrize(
    ("given", "booked"),
    [
        (GivenAnswer(action="accept", value={"amount": 7}), "booked 7"),
        (GivenAnswer(action="decline"), "nothing (decline)"),
        (GivenAnswer(action="cancel"), "nothing (cancel)"),
    ],
    ids=["accept", "decline", "cancel"],
)
async def test_what_a_server_asks_becomes_a_form(
    talk: Talk, sums: list[McpServer], given: GivenAnswer, booked: str
) -> None:
    ana = Somebody(given)
    heard = await talk(CHAT, chat_tool_call("sums_book"), chat_text("Done."), servers=sums, people=ana.people)
    assert heard.answer == "Done."
    [request] = ana.asked
    assert (request.kind, request.prompt) == ("form", "sums asks: How much?")
    assert request.value_schema is not None
    assert request.value_schema["properties"]["amount"]["type"] == "integer"
    assert booked in json.dumps(tool_steps(heard)[-1].tool.result)


async def test_messages_are_read_before_each_request_and_a_pause_stops_before_requests_and_tools(
    talk: Talk, sums: list[McpServer]
) -> None:
    ana = Somebody(GivenAnswer(action="accept"), [PersonMessage("message-1", "Only 2024, please.")])
    replies = chat_tool_call("sums_add", one=2, other=40), chat_text("Done.")
    await talk(CHAT, *replies, servers=sums, people=ana.people)
    assert "Only 2024, please." in json.dumps(talk.provider.asked[0].body["messages"])
    assert ana.checkpoints == 3
