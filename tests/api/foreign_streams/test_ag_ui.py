"""AG-UI over a real server: normal, failed, cancelled, cut and joined again at every event."""

import json
from typing import Any

import httpx2
import pytest

from backend.dialects.encoding.ag_ui import AgUiEncoder
from tests.api.backend_server import BackendServer
from tests.api.foreign_streams.agents import ForeignProvider
from tests.api.foreign_streams.runs import (
    RUN_ID,
    answer_of,
    events_of,
    identity_of,
    opened,
    wait_for_event,
)
from tests.dialects.encoded_runs import FULL
from tests.dialects.foreign_readers import AgUiClient, Fields

pytestmark = pytest.mark.server

QUESTION: Fields = {"id": "m1", "role": "user", "content": "Why?"}


def body(agent: str = "to:full", *, run: str = "r", thread: str = "t", **more: Any) -> dict[str, Any]:
    return {"threadId": thread, "runId": run, "messages": [QUESTION], "forwardedProps": {"agent": agent}, **more}


def messages() -> list[Fields]:
    return [dict(QUESTION)]


def test_a_run_ends_with_our_answer_under_the_names_of_the_client(client: httpx2.Client) -> None:
    response = client.post("/ag-ui", json=body())
    read = AgUiClient(messages()).read(response.content)
    assert read.answer == answer_of(client, response.headers[RUN_ID]) == "Rising [1], fast [2]."
    assert (read.last["type"], read.last["threadId"], read.last["runId"]) == ("RUN_FINISHED", "t", "r")
    assert read.customs[0][1]["run_id"] == response.headers[RUN_ID]
    assert client.get("/v1/sessions/t").json()["runs"][0]["run_id"] == response.headers[RUN_ID]
    assert b"retry:" not in response.content


@pytest.mark.parametrize("path", ["/ag-ui/to:full", "/ag-ui?agent=to:full"])
def test_the_agent_may_be_named_in_the_address(client: httpx2.Client, path: str) -> None:
    request = {key: value for key, value in body().items() if key != "forwardedProps"}
    assert AgUiClient(messages()).read(client.post(path, json=request).content).answer == "Rising [1], fast [2]."


@pytest.mark.parametrize("by_post", [True, False], ids=["same run posted again", "by the run's id"])
def test_a_client_that_is_cut_at_any_event_and_joins_again_has_what_one_that_stayed_has(
    backend: BackendServer, client: httpx2.Client, agents: ForeignProvider, by_post: bool
) -> None:
    for count in range(len(FULL) + 1):
        request = body("to:step", run=f"{by_post} {count}", thread=f"thread-{by_post}-{count}")
        with opened(client, "POST", "/ag-ui", request) as stream:
            agents.stepped.go(count)
            wait_for_event(backend, stream.run_id, count)
            identity = identity_of(backend, stream.run_id)
            encoder = AgUiEncoder(identity, thread_id=request["threadId"], run_id=request["runId"])
            so_far = encoder.begin() + b"".join(map(encoder.encode, events_of(backend, stream.run_id)))
            assert stream.read(len(so_far)) == so_far
        path = "/ag-ui" if by_post else f"/ag-ui/runs/{stream.run_id}"
        cut = AgUiClient(messages()).read(so_far)
        with opened(client, "POST" if by_post else "GET", path, request if by_post else None) as again:
            snapshot = again.read_until(b'"type":"MESSAGES_SNAPSHOT"')
            agents.stepped.end(count)
            rejoined = cut.reconnected().read(snapshot + again.rest())
        assert again.run_id == stream.run_id
        whole = AgUiClient(messages()).read(
            encoder_bytes(backend, stream.run_id, request["threadId"], request["runId"])
        )
        assert rejoined.answer == whole.answer == answer_of(client, stream.run_id)
        same = [message for message in rejoined.messages if message["role"] != "user"]
        assert same_messages(same, [message for message in whole.messages if message["role"] != "user"])
        assert rejoined.last["outcome"] == {"type": "success"}


def encoder_bytes(backend: BackendServer, run_id: str, thread: str, run: str) -> bytes:
    encoder = AgUiEncoder(identity_of(backend, run_id), thread_id=thread, run_id=run)
    return encoder.begin() + b"".join(map(encoder.encode, events_of(backend, run_id)))


def same_messages(first: list[Fields], second: list[Fields]) -> bool:
    return sorted(map(json.dumps, first)) == sorted(map(json.dumps, second))


def test_a_run_that_has_ended_is_given_whole_to_whoever_joins(backend: BackendServer, client: httpx2.Client) -> None:
    first = client.post("/ag-ui", json=body())
    run_id = first.headers[RUN_ID]
    for again in (
        client.post("/ag-ui", json=body()),
        client.get(f"/ag-ui/runs/{run_id}"),
        client.post(f"/ag-ui/runs/{run_id}", json=body()),
    ):
        joined = AgUiClient().read(again.content)
        assert again.headers[RUN_ID] == run_id
        assert joined.answer == "Rising [1], fast [2]."
        assert joined.last["outcome"] == {"type": "success"}
        assert joined.messages[0]["content"] == "Why?"
        assert [name for name, _ in joined.customs].count("playhead.artifact") == 1


def test_a_run_id_that_asks_something_else_is_refused_by_its_name(client: httpx2.Client) -> None:
    client.post("/ag-ui", json=body())
    other = client.post("/ag-ui", json=body(messages=[{**QUESTION, "content": "And why else?"}]))
    assert other.status_code == 422
    assert other.json()["detail"] == "The runId 'r' was used for another request in this thread: send a new one."


def test_who_joins_again_gets_earlier_messages_back_as_they_were(client: httpx2.Client) -> None:
    earlier: list[Fields] = [
        {"id": "1", "role": "assistant", "toolCalls": [{"id": "c", "type": "function", "function": {"name": "f"}}]},
        {"id": "2", "role": "tool", "toolCallId": "c", "content": "3", "metadata": {"k": None}},
        {"id": "3", "role": "activity", "activityType": "x", "content": {"title": "y"}},
        QUESTION,
    ]
    behind = {"id": "msg_partial", "role": "assistant", "content": "Ris"}
    client.post("/ag-ui", json=body(messages=earlier))
    joined = AgUiClient().read(client.post("/ag-ui", json=body(messages=[*earlier, behind])).content)
    assert joined.messages[:4] == earlier
    assert "msg_partial" not in joined.by_id()


def test_who_joins_by_the_runs_id_gets_the_conversation_before_it(client: httpx2.Client) -> None:
    client.post("/ag-ui", json=body(run="r1"))
    run_id = client.post("/ag-ui", json=body("to:recall", run="r2")).headers[RUN_ID]
    joined = AgUiClient().read(client.get(f"/ag-ui/runs/{run_id}").content)
    said = [(each["role"], each["content"]) for each in joined.messages]
    assert said == [
        ("user", "Why?"),
        ("assistant", "Rising [1], fast [2]."),
        ("user", "Why?"),
        ("assistant", json.dumps(["Why?", [["Why?", "Rising [1], fast [2]."]]])),
    ]


def test_a_cancelled_run_is_closed_in_order_and_says_so(client: httpx2.Client, agents: ForeignProvider) -> None:
    with opened(client, "POST", "/ag-ui", body("to:hold")) as stream:
        begun = stream.read_until(b"before ")
        answer = client.post(f"/ag-ui/runs/{stream.run_id}/cancel")
        assert answer.status_code in (200, 202)
        read = AgUiClient(messages()).read(begun + stream.rest())
    assert read.last["outcome"] == {"type": "cancelled"}
    assert read.last["result"]["outcome"] == "cancelled"
    assert read.answer == "before "
    assert agents.held.cancelled.is_set()
    assert client.post(f"/ag-ui/runs/{stream.run_id}/cancel").json()["outcome"] == "cancelled"


@pytest.mark.parametrize(
    ("agent", "options", "code", "outcome"),
    [
        ("to:fail", {}, "no_quota", "failed"),
        ("to:break", {}, "stream_cut", "interrupted"),
        ("to:silent", {"timeout_s": 0.05}, "timeout", "timed_out"),
    ],
)
def test_a_run_that_does_not_end_well_ends_with_an_error(
    client: httpx2.Client, agent: str, options: dict[str, Any], code: str, outcome: str
) -> None:
    response = client.post("/ag-ui", json=body(forwardedProps={"agent": agent, "options": options}))
    read = AgUiClient(messages()).read(response.content)
    assert (read.last["type"], read.last["code"]) == ("RUN_ERROR", code)
    assert read.last["metadata"]["playhead"]["outcome"] == outcome
    assert read.answer == answer_of(client, response.headers[RUN_ID])


def test_a_server_that_stops_ends_its_streams_as_interrupted(backend: BackendServer, client: httpx2.Client) -> None:
    with opened(client, "POST", "/ag-ui", body("to:hold")) as stream:
        begun = stream.read_until(b"before ")
        backend.stop()
        read = AgUiClient(messages()).read(begun + stream.rest())
    assert (read.last["type"], read.last["code"]) == ("RUN_ERROR", "interrupted")


def test_a_run_that_is_deleted_does_not_look_like_success(client: httpx2.Client) -> None:
    with opened(client, "POST", "/ag-ui", body("to:hold")) as stream:
        begun = stream.read_until(b"before ")
        assert client.delete(f"/v1/runs/{stream.run_id}").status_code == 204
        read = AgUiClient(messages()).read(begun + stream.rest())
    assert read.last["type"] == "RUN_ERROR" or read.last["outcome"] == {"type": "cancelled"}


def recalled(response: httpx2.Response) -> Any:
    return json.loads(AgUiClient(messages()).read(response.content).answer)


def test_earlier_messages_are_the_history_until_the_session_knows_as_many_turns(client: httpx2.Client) -> None:
    said: list[Fields] = [
        {"id": "s", "role": "system", "content": "Be brief."},
        {"id": "1", "role": "user", "content": "Who?"},
        {"id": "2", "role": "assistant", "content": "Them."},
        {"id": "3", "role": "activity", "activityType": "citation", "content": {"title": "x"}},
        {"id": "4", "role": "user", "content": [{"type": "text", "text": "Why?"}, {"type": "image", "source": {}}]},
    ]
    first = client.post("/ag-ui/to:recall", json={"threadId": "t", "runId": "1", "messages": said})
    assert recalled(first) == ["Why?", [["Who?", "Them."]]]
    second = client.post("/ag-ui/to:recall", json={"threadId": "t", "runId": "2", "messages": said})
    assert recalled(second) == ["Why?", [["Why?", '["Why?", [["Who?", "Them."]]]']]]


@pytest.mark.parametrize(
    ("request_body", "status", "slug"),
    [
        ({"messages": [QUESTION], "forwardedProps": {"agent": "to:nothing"}}, 422, "unknown-agent"),
        ({"messages": []}, 422, "no-question"),
        ({"messages": [{"role": "user", "content": {"text": "?"}}]}, 422, "no-question"),
        ({"messages": [{**QUESTION, "content": "x" * 20_000}]}, 413, "question-too-large"),
        ({"messages": [{**QUESTION, "content": "\ud800"}]}, 422, "question-not-text"),
        ({"messages": "no list"}, 422, "invalid-request"),
        ({"messages": [QUESTION], "forwardedProps": {"options": {"speed": -1}}}, 422, "invalid-request"),
    ],
)
def test_what_cannot_be_run_is_a_problem(
    client: httpx2.Client, request_body: dict[str, Any], status: int, slug: str
) -> None:
    content = json.dumps(request_body)
    answer = client.post("/ag-ui", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:playhead:problem:{slug}")


def test_another_question_under_the_same_names_is_refused(client: httpx2.Client) -> None:
    client.post("/ag-ui", json=body())
    other = client.post("/ag-ui", json=body(messages=[{**QUESTION, "content": "What?"}]))
    assert (other.status_code, other.json()["type"]) == (422, "urn:playhead:problem:key-reused")


def test_an_unknown_run_and_a_share_are_refused(client: httpx2.Client) -> None:
    assert client.get("/ag-ui/runs/run_x").status_code == 404
    assert client.post("/ag-ui/runs/run_x", json=body()).status_code == 404
    assert client.post("/ag-ui/runs/share_x/cancel").status_code == 403


def test_a_conversation_may_be_larger_than_other_requests(client: httpx2.Client) -> None:
    past = {"id": "old", "role": "tool", "toolCallId": "c", "content": "x" * 500_000}
    response = client.post("/ag-ui/to:full", json={"messages": [past, QUESTION]})
    assert AgUiClient().read(response.content).answer == "Rising [1], fast [2]."
    assert client.post("/ag-ui", content=b"x" * (8 * 1024 * 1024 + 1)).status_code == 413
