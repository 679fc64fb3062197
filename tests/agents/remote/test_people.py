"""A foreign agent that stops to ask: people of this run are asked, and its next stream continues the same run."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.agents.agent import AgentFailure, RunContext, RunRequest
from backend.agents.person import People, PersonAnswer, PersonRequest
from backend.agents.remote.agent import RemoteAgent
from backend.dialects.addresses import remote_address
from backend.dialects.registry import DIALECTS
from backend.protocol.events import Draft, StatusEvent, TokenEvent, ToolLog, WarningEvent
from backend.protocol.inputs import GivenAnswer
from backend.protocol.options import RunOptions
from tests.agents.model.scripted_provider import ScriptedProvider
from tests.api.asking_agents import AskingProvider
from tests.api.backend_server import BackendServer

pytestmark = pytest.mark.server

EDITED = {"amount": 40, "to": "Ben"}
PROPOSED = {"amount": 100, "to": "Ana"}


class Played:
    """One run of the agent, with people who give these answers in turn."""

    def __init__(self, *answers: GivenAnswer) -> None:
        self.answers = list(answers)
        self.asked: list[PersonRequest] = []
        self.drafts: list[Draft] = []
        self.failure: AgentFailure | None = None

    async def ask(self, request: PersonRequest) -> PersonAnswer:
        self.asked.append(request)
        return PersonAnswer.of(request, self.answers.pop(0))

    async def play(self, setting: str, *, may_ask: bool = True) -> "Played":
        agent = RemoteAgent(remote_address(setting, DIALECTS))
        context = RunContext(people=People(ask=self.ask))
        try:
            async for draft in agent.run(RunRequest("run_1", "Why?", RunOptions(may_ask=may_ask)), context):
                self.drafts.append(draft)
        except AgentFailure as failure:
            self.failure = failure
        return self

    @property
    def text(self) -> str:
        return "".join(draft.text for draft in self.drafts if isinstance(draft, TokenEvent))

    @property
    def warnings(self) -> list[str]:
        return [draft.code for draft in self.drafts if isinstance(draft, WarningEvent)]

    def last_of(self, tool: str) -> tuple[str, ToolLog]:
        """How the step of the tool ended, and its log."""
        last = [each for each in self.drafts if isinstance(each, StatusEvent) and each.tool and each.tool.name == tool]
        assert last[-1].tool is not None
        return last[-1].state, last[-1].tool


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Another Playhead, whose agents ask."""
    folder: Path = tmp_path_factory.mktemp("elsewhere")
    with BackendServer(folder, [AskingProvider()]) as server:
        yield server.url


def accepted(value: Any = None, **more: Any) -> GivenAnswer:
    return GivenAnswer(action="accept", value=value, **more)


ANSWERS = [
    ("approval", [accepted()], [["accept", None, PROPOSED, False]]),
    ("approval", [accepted(arguments=EDITED)], [["accept", None, EDITED, False]]),
    ("approval", [GivenAnswer(action="decline", note="No.")], [["decline", None, PROPOSED, False]]),
    ("choice", [accepted("b")], [["accept", "b", None, False]]),
    ("text", [accepted("2024")], [["accept", "2024", None, False]]),
    ("form", [accepted({"quarter": "Q1", "year": 2024})], [["accept", {"quarter": "Q1", "year": 2024}, None, False]]),
    ("several", [accepted("1"), GivenAnswer(action="cancel")],
     [["accept", "1", None, False], ["cancel", None, None, False]]),
]  # fmt: skip


@pytest.mark.parametrize("address", ["ag-ui:{url}/ag-ui/asks:{agent}", "ai-sdk:{url}/ai-sdk?sdk=6&agent=asks:{agent}"])
@pytest.mark.parametrize(("agent", "answers", "said"), ANSWERS)
async def test_another_playhead_is_answered_in_the_dialect_it_is_asked_in(
    elsewhere: str, address: str, agent: str, answers: list[GivenAnswer], said: list[Any]
) -> None:
    played = await Played(*answers).play(address.format(url=elsewhere, agent=agent))
    assert (played.failure, played.warnings) == (None, [])
    assert played.text == f"Asked. {json.dumps([said, []])}"
    assert [request.kind for request in played.asked] == [("text" if agent == "several" else agent)] * len(answers)
    if agent == "approval":
        [asked] = played.asked
        assert asked.tool is not None
        assert (asked.tool.arguments, asked.tool.editable) == (PROPOSED, True)


def events(*each: dict[str, Any]) -> bytes:
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in each)


STARTED = {"type": "RUN_STARTED", "threadId": "t", "runId": "r"}
CALL = {"type": "TOOL_CALL_START", "toolCallId": "c1", "toolCallName": "delete_file"}
ARGUMENTS = {"type": "TOOL_CALL_ARGS", "toolCallId": "c1", "delta": '{"name": "a.txt"}'}
CALL_END = {"type": "TOOL_CALL_END", "toolCallId": "c1"}
FINISHED = {"type": "RUN_FINISHED", "threadId": "t", "runId": "r", "outcome": {"type": "success"}}


def interrupt(schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    asked = {"id": "i1", "reason": "input_required", "message": "Go on?", "responseSchema": schema, **more}
    return {**FINISHED, "outcome": {"type": "interrupt", "interrupts": [asked]}}


APPROVAL = {"type": "object", "properties": {"approved": {"type": "boolean"}, "editedArgs": {"type": "object"}}}


@pytest.mark.parametrize(
    ("given", "payload", "state", "ran"),
    [
        (accepted(), {"approved": True}, "finished", None),
        (accepted(arguments={"name": "b.txt"}), {"approved": True, "editedArgs": {"name": "b.txt"}}, "finished",
         {"name": "b.txt"}),
        (GivenAnswer(action="decline", note="Keep it."), {"approved": False, "note": "Keep it."}, "cancelled", None),
    ],
)  # fmt: skip
async def test_a_call_that_another_server_proposed_is_decided_on(
    served: tuple[ScriptedProvider, str], given: GivenAnswer, payload: dict[str, Any], state: str, ran: Any
) -> None:
    provider, url = served
    result = {"type": "TOOL_CALL_RESULT", "messageId": "m2", "toolCallId": "c1", "content": '"done"'}
    said = {"type": "TEXT_MESSAGE_CHUNK", "messageId": "m3", "delta": "Done."}
    # This server sends the call once more before its result, as Microsoft's does.
    provider.script(
        events(STARTED, CALL, ARGUMENTS, CALL_END, interrupt(APPROVAL, toolCallId="c1")),
        events(STARTED, CALL, ARGUMENTS, CALL_END, result, said, FINISHED),
    )
    played = await Played(given).play(f"ag-ui:{url}/agent", may_ask=False)
    assert (played.text, played.failure, played.warnings) == ("Done.", None, [])
    first, second = (asked.body for asked in provider.asked)
    assert second["resume"] == [{"interruptId": "i1", "status": "resolved", "payload": payload}]
    assert second["threadId"] == first["threadId"]
    assert second["runId"] != first["runId"]
    function = {"name": "delete_file", "arguments": '{"name": "a.txt"}'}
    call = {"id": "c1", "role": "assistant", "toolCalls": [{"id": "c1", "type": "function", "function": function}]}
    assert second["messages"] == [*first["messages"], call]
    how, tool = played.last_of("delete_file")
    assert (how, tool.arguments, tool.effective_arguments, tool.result) == (state, {"name": "a.txt"}, ran, "done")


@pytest.mark.parametrize(
    ("schema", "kind", "given", "payload"),
    [
        ({"type": "boolean"}, "approval", accepted(), True),
        ({"type": "object", "properties": {"ok": {"type": "boolean"}}}, "approval", accepted(), {"ok": True}),
        ({"type": "string"}, "text", accepted("Ana"), "Ana"),
        ({"type": "object", "properties": {"response": {"type": "string"}}}, "text", accepted("Ana"),
         {"response": "Ana"}),
        ({"enum": ["a", "b"]}, "choice", accepted("b"), "b"),
        ({"type": "object", "properties": {"x": {"enum": ["a", "b"]}}}, "choice", accepted("b"), {"x": "b"}),
        ({"type": "number"}, "form", accepted({"value": 3}), 3),
        ({"type": "object", "properties": {"a": {"type": "number"}, "b": {"type": "string"}}}, "form",
         accepted({"a": 1, "b": "x"}), {"a": 1, "b": "x"}),
    ],
)  # fmt: skip
async def test_the_schema_says_what_is_asked_and_how_it_is_answered(
    served: tuple[ScriptedProvider, str], schema: dict[str, Any], kind: str, given: GivenAnswer, payload: Any
) -> None:
    provider, url = served
    provider.script(events(STARTED, interrupt(schema)), events(STARTED, FINISHED))
    played = await Played(given).play(f"ag-ui:{url}/agent")
    assert ([request.kind for request in played.asked], played.failure) == ([kind], None)
    assert provider.asked[-1].body["resume"] == [{"interruptId": "i1", "status": "resolved", "payload": payload}]


async def test_where_nobody_is_there_to_answer_the_run_is_interrupted(served: tuple[ScriptedProvider, str]) -> None:
    provider, url = served
    provider.script(events(STARTED, interrupt({"type": "string"})))
    played = await Played().play(f"ag-ui:{url}/agent", may_ask=False)
    assert played.failure is not None
    assert (played.failure.code, played.failure.outcome) == ("input_requested", "interrupted")
    assert (played.asked, played.warnings) == ([], ["input_requested", "lost"])


CHUNKS: list[dict[str, Any]] = [
    {"type": "start", "messageId": "m1"},
    {"type": "start-step"},
    {"type": "text-start", "id": "t"},
    {"type": "text-delta", "id": "t", "delta": "Deleting."},
    {"type": "text-end", "id": "t"},
    {"type": "tool-input-start", "toolCallId": "c1", "toolName": "delete_file"},
    {"type": "tool-input-delta", "toolCallId": "c1", "inputTextDelta": '{"name":"a.txt"}'},
    {"type": "tool-input-available", "toolCallId": "c1", "toolName": "delete_file", "input": {"name": "a.txt"}},
    {"type": "tool-approval-request", "approvalId": "ap1", "toolCallId": "c1"},
    {"type": "finish-step"},
    {"type": "finish", "finishReason": "tool-calls"},
]


@pytest.mark.parametrize(
    ("given", "approval", "outcome", "state"),
    [
        (accepted(), {"id": "ap1", "approved": True},
         {"type": "tool-output-available", "toolCallId": "c1", "output": "done"}, "finished"),
        (GivenAnswer(action="decline", note="Keep it."), {"id": "ap1", "approved": False, "reason": "Keep it."},
         {"type": "tool-output-denied", "toolCallId": "c1"}, "cancelled"),
    ],
)  # fmt: skip
async def test_a_server_of_the_ai_sdk_gets_its_message_back_with_the_decision(
    served: tuple[ScriptedProvider, str],
    given: GivenAnswer,
    approval: dict[str, Any],
    outcome: dict[str, Any],
    state: str,
) -> None:
    provider, url = served
    after: list[dict[str, Any]] = [
        {"type": "start", "messageId": "m1"}, outcome, {"type": "start-step"}, {"type": "text-start", "id": "t"},
        {"type": "text-delta", "id": "t", "delta": "Ready."}, {"type": "finish", "finishReason": "stop"},
    ]  # fmt: skip
    provider.script(events(*CHUNKS), events(*after))
    played = await Played(given).play(f"ai-sdk:{url}/api/chat", may_ask=False)
    assert (played.text, played.failure, played.warnings) == ("Deleting.\n\nReady.", None, [])
    first, second = (asked.body for asked in provider.asked)
    call = {"type": "tool-delete_file", "toolCallId": "c1", "state": "approval-responded", "input": {"name": "a.txt"}}
    assert second["messages"] == [
        *first["messages"],
        {
            "id": "m1",
            "role": "assistant",
            "parts": [
                {"type": "step-start"},
                {"type": "text", "text": "Deleting.", "state": "done"},
                {**call, "approval": approval},
            ],
        },
    ]
    assert played.last_of("delete_file")[0] == state


def response(name: str, *output: dict[str, Any], text: str = "") -> bytes:
    items = [{"type": "response.output_item.done", "output_index": at, "item": item} for at, item in enumerate(output)]
    said = [{"type": "response.output_text.delta", "output_index": 5, "content_index": 0, "delta": text}]
    return events(
        {"type": "response.created", "response": {"id": name}},
        *items,
        *(said if text else []),
        {"type": "response.completed", "response": {"id": name, "status": "completed", "output": list(output)}},
    )


@pytest.mark.parametrize(
    ("given", "decision", "state"),
    [
        (accepted(), {"approve": True}, "finished"),
        (GivenAnswer(action="decline", note="No."), {"approve": False, "reason": "No."}, "cancelled"),
    ],
)
async def test_an_approval_of_the_responses_api_is_sent_after_the_response_that_asked(
    served: tuple[ScriptedProvider, str], given: GivenAnswer, decision: dict[str, Any], state: str
) -> None:
    provider, url = served
    asked = {"type": "mcp_approval_request", "id": "mcpr_1", "name": "roll", "arguments": "{}", "server_label": "dice"}
    call = {"type": "mcp_call", "id": "mcp_1", "name": "throw", "arguments": "{}", "output": "4", "status": "completed"}
    provider.script(response("resp_1", asked), response("resp_2", call, text="Four."))
    played = await Played(given).play(f"openai-responses:{url}/v1#m", may_ask=False)
    assert (played.text, played.failure, played.warnings) == ("Four.", None, [])
    assert played.asked[0].prompt == "Run roll of dice?"
    second = provider.asked[1].body
    answer = {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", **decision}
    assert (second["previous_response_id"], second["input"]) == ("resp_1", [answer])
    assert played.last_of("roll")[0] == state
    assert played.last_of("throw")[0] == "finished"
