"""The AI SDK's UI message stream over a real server: normal, failed, cancelled, cut and resumed at every event."""

import json
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from backend.dialects.encoding.ai_sdk import AiSdkEncoder
from tests.api.backend_server import BackendServer
from tests.api.foreign_streams.agents import ForeignProvider
from tests.api.foreign_streams.runs import (
    RUN_ID,
    answer_of,
    events_of,
    identity_of,
    opened,
    run_now,
    wait_for_event,
)
from tests.dialects.encoded_runs import FULL
from tests.dialects.foreign_readers import ChatClient

pytestmark = pytest.mark.server


def said(role: str, text: str) -> dict[str, Any]:
    return {"id": f"{role} {text}", "role": role, "parts": [{"type": "step-start"}, {"type": "text", "text": text}]}


def chat(agent: str = "to:full", chat_id: str = "c", **more: Any) -> dict[str, Any]:
    body = {"id": chat_id, "messages": [said("user", "Why?")], "trigger": "submit-message", "messageId": None}
    return {**body, "agent": agent, **more}


def test_a_chat_is_answered_with_our_answer_and_the_header_of_the_protocol(client: httpx2.Client) -> None:
    response = client.post("/ai-sdk", json=chat())
    assert response.headers["x-vercel-ai-ui-message-stream"] == "v1"
    read = ChatClient().read(response.content)
    run = run_now(client, response.headers[RUN_ID])
    assert read.text == run["view"]["message"]["answer"] == "Rising [1], fast [2]."
    assert read.metadata["run_id"] == run["run_id"]
    assert read.metadata["outcome"] == "completed"
    assert read.metadata["latency_ms"] == run["view"]["stream"]["latency_ms"]
    assert read.metadata["ttft_ms"] == run["ttft_ms"]
    assert run["session_id"] == "c"
    assert b"retry:" not in response.content


def test_the_agent_may_be_named_in_the_address(client: httpx2.Client) -> None:
    request = {name: value for name, value in chat().items() if name != "agent"}
    response = client.post("/ai-sdk?agent=to:full", json=request)
    assert ChatClient().read(response.content).text == "Rising [1], fast [2]."


def test_a_chat_that_is_cut_at_any_event_is_resumed_whole_under_the_same_id(
    backend: BackendServer, client: httpx2.Client, agents: ForeignProvider
) -> None:
    for count in range(len(FULL) + 1):
        with opened(client, "POST", "/ai-sdk", chat("to:step", f"chat {count}")) as stream:
            agents.stepped.go(count)
            wait_for_event(backend, stream.run_id, count)
            encoder = AiSdkEncoder(identity_of(backend, stream.run_id))
            so_far = encoder.begin() + b"".join(map(encoder.encode, events_of(backend, stream.run_id)))
            assert stream.read(len(so_far)) == so_far
        with opened(client, "GET", f"/ai-sdk/chat%20{count}/stream") as again:
            assert again.headers["x-vercel-ai-ui-message-stream"] == "v1"
            assert again.read(len(so_far)) == so_far
            agents.stepped.end(count)
            read = ChatClient().read(so_far + again.rest())
        assert (again.run_id, read.done, read.finished) == (stream.run_id, True, True)
        assert read.text == answer_of(client, stream.run_id)
        assert set(read.data("step")) == {"look", "sql"}


def test_nothing_is_resumed_where_nothing_runs(client: httpx2.Client) -> None:
    assert client.get("/ai-sdk/unheard-of/stream").status_code == 204
    client.post("/ai-sdk", json=chat())
    assert client.get("/ai-sdk/c/stream").status_code == 204


@pytest.mark.parametrize("chat_id", ["c", "a/b c", "ünï", "x" * 300, "?#"])
def test_any_chat_id_is_a_session_of_its_own(client: httpx2.Client, agents: ForeignProvider, chat_id: str) -> None:
    with opened(client, "POST", "/ai-sdk", chat("to:hold", chat_id)) as stream:
        begun = stream.read_until(b"before ")
    session_id = stream.headers["x-playhead-session-id"]
    assert client.get(f"/v1/sessions/{session_id}").json()["runs"][0]["run_id"] == stream.run_id
    with opened(client, "GET", f"/ai-sdk/{quote(chat_id, safe='')}/stream") as again:
        assert again.read(len(begun)) == begun
    assert (again.run_id, agents.held.runs) == (stream.run_id, 1)


def test_a_cancelled_chat_ends_with_abort_and_its_outcome(client: httpx2.Client, agents: ForeignProvider) -> None:
    with opened(client, "POST", "/ai-sdk", chat("to:hold")) as stream:
        begun = stream.read_until(b"before ")
        assert client.post("/ai-sdk/c/cancel").json() == [{"run_id": stream.run_id, "outcome": None}]
        read = ChatClient().read(begun + stream.rest())
    assert (read.aborted, read.finished, read.error) == (True, False, None)
    assert (read.metadata["outcome"], read.metadata["partial"]) == ("cancelled", True)
    assert read.text == "before "
    assert agents.held.cancelled.is_set()
    assert client.post("/ai-sdk/c/cancel").json() == []
    assert client.post("/ai-sdk/unheard-of/cancel").json() == []


@pytest.mark.parametrize(
    ("agent", "options", "message", "outcome"),
    [
        ("to:fail", {}, "The provider has no quota left.", "failed"),
        ("to:break", {}, "The stream broke off.", "interrupted"),
        ("to:silent", {"timeout_s": 0.05}, "The run took longer than 0.05 s and was ended.", "timed_out"),
    ],
)
def test_a_chat_that_does_not_end_well_ends_with_an_error(
    client: httpx2.Client, agent: str, options: dict[str, Any], message: str, outcome: str
) -> None:
    read = ChatClient().read(client.post("/ai-sdk", json=chat(agent, options=options)).content)
    assert (read.error, read.finished, read.metadata["outcome"]) == (message, False, outcome)


def test_a_server_that_stops_ends_its_chats_as_interrupted(backend: BackendServer, client: httpx2.Client) -> None:
    with opened(client, "POST", "/ai-sdk", chat("to:hold")) as stream:
        begun = stream.read_until(b"before ")
        backend.stop()
        read = ChatClient().read(begun + stream.rest())
    assert (read.finished, read.metadata["outcome"]) == (False, "interrupted")


def test_the_history_is_what_the_client_sends_also_when_it_asks_once_more(client: httpx2.Client) -> None:
    messages = [said("user", "Who?"), said("assistant", "Them."), said("user", "Why?")]
    first = client.post("/ai-sdk", json=chat("to:recall", messages=messages))
    expected = json.dumps(["Why?", [["Who?", "Them."]]])
    assert ChatClient().read(first.content).text == expected
    again = client.post("/ai-sdk", json=chat("to:recall", messages=messages, trigger="regenerate-message"))
    assert ChatClient().read(again.content).text == expected
    assert again.headers[RUN_ID] != first.headers[RUN_ID]


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        (chat("to:nothing"), 422, "unknown-agent"),
        (chat(messages=[]), 422, "no-question"),
        (chat(messages=[{"role": "user", "parts": [{"type": "file", "url": "data:,x"}]}]), 422, "no-question"),
        (chat(options={"speed": -1}), 422, "invalid-request"),
    ],
)
def test_what_cannot_be_answered_is_a_problem(
    client: httpx2.Client, body: dict[str, Any], status: int, slug: str
) -> None:
    answer = client.post("/ai-sdk", json=body)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:playhead:problem:{slug}")
