"""AG-UI's interrupts over a real server: what people are asked ends a stream, and the answers continue the run."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.api.asking_agents import AskingProvider
from tests.api.backend_server import BackendServer
from tests.api.foreign_streams.runs import RUN_ID
from tests.dialects.foreign_readers import AgUiClient, Fields

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    folder: Path = tmp_path_factory.mktemp("asked")
    with BackendServer(folder, [AskingProvider()]) as server, server.client() as client:
        yield client


class Thread:
    """A client's conversation: every stream is another run to it, and its messages stay."""

    def __init__(self, client: httpx2.Client, name: str, agent: str) -> None:
        self._client = client
        self._name = name
        self._agent = agent
        self.reader = AgUiClient([{"id": "m1", "role": "user", "content": "Why?"}])
        self.run_id = ""
        self._legs = 0

    def post(self, resume: list[Fields] | None = None, *, run: str = "") -> AgUiClient:
        self._legs += 1
        body: Fields = {
            "threadId": self._name,
            "runId": run or f"r{self._legs}",
            "messages": self.reader.messages,
            "forwardedProps": {"agent": self._agent},
        }
        if resume is not None:
            body["resume"] = resume
        response = self._client.post("/ag-ui", json=body)
        assert response.status_code == 200, response.text
        self.run_id = response.headers.get(RUN_ID, self.run_id)
        self.reader = self.reader.reconnected().read(response.content)
        return self.reader

    @property
    def asked(self) -> list[Fields]:
        assert self.reader.last["outcome"]["type"] == "interrupt"
        interrupts: list[Fields] = self.reader.last["outcome"]["interrupts"]
        return interrupts

    def view(self) -> Fields:
        view: Fields = self._client.get(f"/v1/runs/{self.run_id}").json()["view"]
        return view


def resolved(interrupt: Fields, payload: Any) -> Fields:
    return {"interruptId": interrupt["id"], "status": "resolved", "payload": payload}


APPROVED = ["accept", None, {"amount": 100, "to": "Ana"}, False]
EDITED = {"amount": 40, "to": "Ben"}


@pytest.mark.parametrize(
    ("agent", "reason", "answer", "said"),
    [
        ("approval", "tool_call", {"approved": True}, APPROVED),
        ("approval", "tool_call", True, APPROVED),
        ("approval", "tool_call", {"approved": True, "editedArgs": EDITED}, ["accept", None, EDITED, False]),
        ("approval", "tool_call", {"approved": False, "note": "No."}, ["decline", None, APPROVED[2], False]),
        ("choice", "input_required", "b", ["accept", "b", None, False]),
        ("text", "input_required", {"response": "2024"}, ["accept", "2024", None, False]),
        ("form", "input_required", {"quarter": "Q1", "year": 2024},
         ["accept", {"quarter": "Q1", "year": 2024}, None, False]),
    ],
)  # fmt: skip
def test_an_answer_continues_the_run_in_a_stream_of_its_own(
    client: httpx2.Client, agent: str, reason: str, answer: Any, said: list[Any]
) -> None:
    thread = Thread(client, f"{agent} {json.dumps(answer)}", f"asks:{agent}")
    thread.post()
    [asked] = thread.asked
    first = thread.run_id
    assert (asked["reason"], thread.reader.last["runId"]) == (reason, "r1")
    assert thread.reader.answer == "Asked. "
    after = thread.post([resolved(asked, answer)])
    assert (after.last["outcome"]["type"], after.last["runId"], thread.run_id) == ("success", "r2", first)
    assert after.answer == thread.view()["message"]["answer"] == f"Asked. {json.dumps([[said], []])}"
    assert thread.view()["stream"]["inputs"][0]["answer"]["via"] == "ag-ui"
    if agent == "approval":
        [call] = [call for message in after.messages for call in message.get("toolCalls", [])]
        [result] = [message for message in after.messages if message["role"] == "tool"]
        assert (call["id"], result["toolCallId"]) == (asked["toolCallId"], asked["toolCallId"])
        assert json.loads(call["function"]["arguments"]) == APPROVED[2]
        assert json.loads(result["content"])["action"] == said[0]


def test_everything_that_is_asked_at_once_is_answered_at_once(client: httpx2.Client) -> None:
    thread = Thread(client, "several", "asks:several")
    thread.post()
    one, two = thread.asked
    for refused, code in [
        (None, "missing-answers"),
        ([], "missing-answers"),
        ([resolved(one, "1")], "missing-answers"),
        ([resolved(one, "1"), resolved({"id": "another"}, "2")], "unknown-input"),
        ([resolved(one, "1"), resolved(two, {"a": 1, "b": 2})], "invalid-answer"),
    ]:
        last = thread.post(refused).last
        assert (last["type"], last["code"]) == ("RUN_ERROR", code)
    assert [asked["state"] for asked in thread.view()["stream"]["inputs"]] == ["open", "open"], "none was taken"
    thread.post([resolved(one, "1"), {"interruptId": two["id"], "status": "cancelled"}])
    assert thread.reader.last["outcome"] == {"type": "success"}
    assert (
        thread.view()["message"]["answer"]
        == 'Asked. [[["accept", "1", null, false], ["cancel", null, null, false]], []]'
    )


def test_a_run_that_waits_is_joined_again_with_what_it_asks(client: httpx2.Client) -> None:
    thread = Thread(client, "again", "asks:text")
    thread.post()
    [before] = thread.asked
    thread.post(run="r1")
    [after] = thread.asked
    assert (after, thread.reader.answer) == (before, "Asked. ")
    thread.post([resolved(after, "2024")])
    said = thread.reader.answer
    thread.post([resolved(after, "2024")], run="r3")
    assert thread.reader.answer == said, "the answer that is sent once more repeats nothing"


def test_an_answer_that_came_too_late_does_not_leave_the_client_behind(client: httpx2.Client) -> None:
    thread = Thread(client, "late", "asks:text")
    thread.post()
    [asked] = thread.asked
    body = {"action": "accept", "value": "2023"}
    assert client.post(f"/v1/runs/{thread.run_id}/input", json=body).status_code == 200
    client.get(f"/v1/runs/{thread.run_id}/events")
    after = thread.post([resolved(asked, "2024")])
    assert after.last["outcome"] == {"type": "success"}
    assert "2023" in after.answer
    [warning] = [value for name, value in after.customs if name == "playhead.warning"]
    assert warning["code"] == "already-answered"


def test_what_is_secret_is_not_in_the_stream(client: httpx2.Client) -> None:
    thread = Thread(client, "secret", "asks:secret")
    thread.post()
    after = thread.post([resolved(thread.asked[0], "hunter2")])
    told = json.dumps([after.messages, [value for _, value in after.customs if "answer" in value]])
    assert "hunter2" in told.replace(after.answer, "") or "[withheld]" in told
    [answer] = [value["answer"]["value"] for _, value in after.customs if value.get("answer")]
    assert answer == "[withheld]"
