"""What people are asked, to a client of the AI SDK: a part of the message, or calls that the client ends."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.api.asking_agents import AskingProvider
from tests.api.backend_server import BackendServer
from tests.api.foreign_streams.runs import RUN_ID
from tests.dialects.foreign_readers import ChatClient, Fields, objects_in

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    folder: Path = tmp_path_factory.mktemp("asked")
    with BackendServer(folder, [AskingProvider()]) as server, server.client() as client:
        yield client


def chat(name: str, *parts: Fields, agent: str = "approval") -> Fields:
    messages = [{"id": "m1", "role": "user", "parts": [{"type": "text", "text": "Why?"}]}]
    if parts:
        messages.append({"id": "m2", "role": "assistant", "parts": list(parts)})
    return {"id": name, "messages": messages, "agent": f"asks:{agent}"}


def approval(chunks: list[Fields]) -> Fields:
    [asked] = [chunk for chunk in chunks if chunk["type"] == "tool-approval-request"]
    return asked


def responded(asked: Fields, *, approved: bool) -> Fields:
    told = {"id": asked["approvalId"], "approved": approved}
    return {"type": "dynamic-tool", "state": "approval-responded", "toolCallId": asked["toolCallId"], "approval": told}


def test_a_client_of_version_5_sees_the_request_and_its_answer_in_one_stream(client: httpx2.Client) -> None:
    with client.stream("POST", "/ai-sdk", json=chat("five")) as response:
        lines = response.iter_lines()
        for line in lines:
            if '"data-request"' in line:
                break
        run_id = response.headers[RUN_ID]
        answered = client.post(f"/v1/runs/{run_id}/input", json={"action": "decline"})
        assert answered.status_code == 200, answered.text
        rest = list(lines)
        assert any('"state":"answered"' in line for line in rest)
    whole = client.get(f"/v1/runs/{run_id}").json()["view"]
    assert whole["stream"]["outcome"] == "completed"


def test_the_stream_of_a_client_that_takes_approvals_ends_with_one(client: httpx2.Client) -> None:
    first = client.post("/ai-sdk?sdk=6", json=chat("six"))
    asked = approval(objects_in(first.content))
    assert objects_in(first.content)[-1] == {"type": "finish", "finishReason": "tool-calls"}
    [call] = [chunk for chunk in objects_in(first.content) if chunk["type"] == "tool-input-available"]
    assert (call["toolCallId"], call["toolName"], "providerExecuted" in call) == (
        asked["toolCallId"],
        "transfer",
        False,
    )
    for name in ("run_x.inp_y.3", asked["approvalId"].replace("inp_", "inp_x")):
        part = responded({**asked, "approvalId": name}, approved=True)
        refused = client.post("/ai-sdk?sdk=6", json=chat("six", part))
        assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (404, "unknown-input")
    body = chat("six", responded(asked, approved=True))
    wrong: dict[str, Any] = {"action": "accept", "arguments": {"amount": 900, "to": "Ana"}}
    refused = client.post("/ai-sdk?sdk=6", json={**body, "answers": {asked["approvalId"]: wrong}})
    assert refused.json()["type"].endswith("invalid-answer")
    elsewhere = client.post("/ai-sdk?sdk=6", json={**body, "id": "another chat"})
    assert elsewhere.status_code == 404
    after = client.post("/ai-sdk?sdk=6", json=body)
    assert after.headers[RUN_ID] == first.headers[RUN_ID]
    ids = [chunk["messageId"] for reply in (first, after) for chunk in objects_in(reply.content)[:1]]
    assert len(set(ids)) == 1
    assert '[["accept", null, {"amount": 100, "to": "Ana"}, false]]' in ChatClient().read(_of_five(after.content)).text


def _of_five(stream: bytes) -> bytes:
    """The stream without the outcome of a call whose beginning is in the stream before."""
    return b"".join(each + b"\n\n" for each in stream.split(b"\n\n") if each and b'"tool-output' not in each)
