"""Steering over HTTP: every verb with every status it may answer with."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from backend.protocol.checks import check
from backend.protocol.events import parse_event
from tests.api.asking_agents import AskingProvider
from tests.api.backend_server import BackendServer
from tests.api.readers import followed, frames, start
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    told = ToldProvider()
    told.held.go_on.set()
    with BackendServer(tmp_path_factory.mktemp("steering"), [AskingProvider(), told]) as server:
        yield server


@pytest.fixture
def client(server: BackendServer) -> Iterator[httpx2.Client]:
    with server.client() as client:
        yield client


def asked(client: httpx2.Client, agent: str) -> tuple[str, list[dict[str, Any]]]:
    """A run that has asked, and its open requests."""
    run_id = start(client, f"asks:{agent}")
    wanted = 2 if agent == "several" else 1
    with followed(client, run_id) as stream:
        for message in stream:
            wanted -= '"request":' in message.data
            if not wanted:
                break
    return run_id, client.get(f"/v1/runs/{run_id}/inputs").json()["inputs"]


def answer(client: httpx2.Client, run_id: str, input_id: str, **body: Any) -> httpx2.Response:
    return client.post(f"/v1/runs/{run_id}/inputs/{input_id}", json=body)


def slug(response: httpx2.Response) -> str:
    return str(response.json()["type"]).rpartition(":")[2]


def ended(client: httpx2.Client, run_id: str) -> tuple[list[Any], list[Any]]:
    """What the agent was answered and sent, and the whole log, which keeps the rules."""
    events = [parse_event(data) for _, _, data in frames(client, run_id)]
    assert check(events) == []
    said = "".join(getattr(event, "text", "") for event in events).removeprefix("Asked. ")
    return json.loads(said), events


@pytest.mark.parametrize(
    ("agent", "body", "got"),
    [
        ("approval", {"action": "accept"}, ["accept", None, {"amount": 100, "to": "Ana"}, False]),
        (
            "approval",
            {"action": "accept", "arguments": {"amount": 5, "to": "Bo"}},
            ["accept", None, {"amount": 5, "to": "Bo"}, False],
        ),
        ("approval", {"action": "decline", "note": "No."}, ["decline", None, {"amount": 100, "to": "Ana"}, False]),
        ("choice", {"action": "accept", "value": "b"}, ["accept", "b", None, False]),
        ("text", {"action": "accept", "value": "2024"}, ["accept", "2024", None, False]),
        ("text", {"action": "cancel"}, ["cancel", None, None, False]),
        (
            "form",
            {"action": "accept", "value": {"quarter": "Q2", "year": 2024}},
            ["accept", {"quarter": "Q2", "year": 2024}, None, False],
        ),
    ],
)
def test_an_answer_reaches_the_agent_and_the_log(
    client: httpx2.Client, agent: str, body: dict[str, Any], got: list[Any]
) -> None:
    run_id, [request] = asked(client, agent)
    assert (request["state"], request["remaining_ms"]) == ("open", None)
    response = answer(client, run_id, request["input_id"], **body, by={"id": "p1", "name": "Ana"})
    assert response.status_code == 200, response.text
    (answers, _), events = ended(client, run_id)
    assert answers == [got]
    [kept] = [event.answer for event in events if getattr(event, "answer", None)]
    assert kept.model_dump(mode="json", exclude={"by"}).items() <= response.json()["answer"].items()
    assert (kept.action, kept.via, kept.by.name, kept.by.verified) == (body["action"], "http", "Ana", False)
    assert events[-1].inputs.asked == 1
    again = answer(client, run_id, request["input_id"], **body)
    assert (again.status_code, again.json()["answer"]) == (200, response.json()["answer"])
    late = answer(client, run_id, request["input_id"], action="decline", note="Other.")
    assert (late.status_code, slug(late), late.json()["answer"]["by"]["name"]) == (409, "already-answered", "Ana")


@pytest.mark.parametrize(
    ("agent", "body", "status", "problem"),
    [
        ("approval", {"action": "accept", "arguments": {"amount": 900, "to": "Bo"}}, 422, "invalid-answer"),
        ("approval", {"action": "accept", "arguments": {"amount": 9, "to": "Bo", "x": 1}}, 422, "invalid-answer"),
        ("approval", {"action": "accept", "value": "yes"}, 422, "invalid-answer"),
        ("approval", {"action": "accept", "digest": "sha256:other"}, 409, "changed"),
        ("choice", {"action": "accept", "value": "c"}, 422, "invalid-answer"),
        ("text", {"action": "accept", "value": " "}, 422, "invalid-answer"),
        ("text", {"action": "accept", "value": "x", "arguments": {}}, 422, "invalid-answer"),
        ("text", {"action": "decline", "value": "x"}, 422, "invalid-answer"),
        ("text", {"action": "perhaps"}, 422, "invalid-request"),
        ("text", {"action": "accept", "value": "x", "colour": "red"}, 422, "invalid-request"),
        ("form", {"action": "accept", "value": {"quarter": "Q3", "year": 2024}}, 422, "invalid-answer"),
        ("form", {"action": "accept", "value": {"quarter": "Q1"}}, 422, "invalid-answer"),
    ],
)
def test_an_answer_that_does_not_fit_leaves_the_request_open(
    client: httpx2.Client, agent: str, body: dict[str, Any], status: int, problem: str
) -> None:
    run_id, [request] = asked(client, agent)
    response = answer(client, run_id, request["input_id"], **body)
    assert (response.status_code, slug(response)) == (status, problem)
    assert client.get(f"/v1/runs/{run_id}/inputs").json()["inputs"][0]["state"] == "open"
    assert client.post(f"/v1/runs/{run_id}/cancel").status_code in (200, 202)
    ended_view = frames(client, run_id)
    assert "run-cancelled" in ended_view[-2][2]
    over = answer(client, run_id, request["input_id"], action="decline")
    assert (over.status_code, slug(over)) == (409, "run-ended")


def test_a_request_that_nobody_answers_in_time_is_gone(client: httpx2.Client) -> None:
    run_id, [request] = asked(client, "short")
    (answers, _), events = ended(client, run_id)
    assert answers == [["decline", None, None, True]]
    assert (events[-1].inputs.expired, events[-1].inputs.declined) == (1, 0)
    late = answer(client, run_id, request["input_id"], action="accept", value="x")
    assert (late.status_code, slug(late)) == (410, "input-expired")
    unknown = answer(client, run_id, "inp_other", action="accept", value="x")
    assert (unknown.status_code, slug(unknown)) == (404, "unknown-input")


def test_several_requests_are_answered_separately_and_the_alias_wants_only_one(client: httpx2.Client) -> None:
    run_id, [first, second] = asked(client, "several")
    several = client.post(f"/v1/runs/{run_id}/input", json={"action": "accept", "value": "x"})
    assert (several.status_code, slug(several)) == (409, "several-inputs")
    assert answer(client, run_id, second["input_id"], action="accept", value="two").status_code == 200
    alias = client.post(f"/v1/runs/{run_id}/input", json={"action": "accept", "value": "one"})
    assert (alias.status_code, alias.json()["input_id"]) == (200, first["input_id"])
    (answers, _), _ = ended(client, run_id)
    assert [value for _, value, _, _ in answers] == ["one", "two"]


def test_what_is_sensitive_reaches_the_agent_and_nothing_else(client: httpx2.Client) -> None:
    run_id, [request] = asked(client, "secret")
    response = answer(client, run_id, request["input_id"], action="accept", value="hunter2", note="hunter2")
    assert response.json()["answer"]["value"] == "[withheld]"
    (answers, _), events = ended(client, run_id)
    assert answers[0][1] == "hunter2"
    assert not any("hunter2" in event.model_dump_json() for event in events if event.type == "status")
    assert answer(client, run_id, request["input_id"], action="accept", value="x", note="y").status_code == 200


def test_a_run_is_paused_resumed_and_sent_messages(client: httpx2.Client) -> None:
    run_id, [request] = asked(client, "lasting")
    assert 0 < request["remaining_ms"] <= 600_000
    for _ in range(2):
        paused = client.post(f"/v1/runs/{run_id}/pause", json={"by": {"name": "Ana"}})
        assert (paused.status_code, paused.json()["activity"], paused.json()["mode"]) == (200, "paused", "exact")
    assert client.get(f"/v1/runs/{run_id}").json()["view"]["stream"]["activity"] == "paused"
    message = {"message_id": "message-1", "text": "Only 2024.", "mode": "steer"}
    for _ in range(2):
        sent = client.post(f"/v1/runs/{run_id}/messages", json=message)
        assert (sent.status_code, sent.json()["state"]) == (202, "waiting")
    reused = client.post(f"/v1/runs/{run_id}/messages", json={**message, "text": "Other."})
    assert (reused.status_code, slug(reused)) == (409, "message-reused")
    client.post(f"/v1/runs/{run_id}/messages", json={**message, "message_id": "message-2"})
    for _ in range(2):
        withdrawn = client.delete(f"/v1/runs/{run_id}/messages/message-2")
        assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    assert slug(client.delete(f"/v1/runs/{run_id}/messages/message-3")) == "unknown-message"
    assert answer(client, run_id, request["input_id"], action="accept", value="x").status_code == 200
    resumed = client.post(f"/v1/runs/{run_id}/resume")
    assert (resumed.status_code, resumed.json()["activity"]) == (200, "running")
    (_, read), events = ended(client, run_id)
    assert read == ["Only 2024."]
    steps = [(event.step, event.state, event.reason) for event in events if event.type == "status"]
    assert ("steering", "finished", None) in steps
    assert ("steering", "cancelled", "withdrawn") in steps
    assert steps.count(("paused", "started", None)) == steps.count(("paused", "finished", None)) == 1
    assert events[-1].paused_ms > 0
    again = client.post(f"/v1/runs/{run_id}/messages", json=message)
    assert (again.status_code, again.json()["state"]) == (202, "delivered")
    late = client.post(f"/v1/runs/{run_id}/messages", json={**message, "message_id": "message-4"})
    assert (late.status_code, slug(late)) == (409, "run-ended")
    delivered = client.delete(f"/v1/runs/{run_id}/messages/message-1")
    assert (delivered.status_code, slug(delivered)) == (409, "already-delivered")
    for path in ("pause", "resume"):
        over = client.post(f"/v1/runs/{run_id}/{path}")
        assert (over.status_code, slug(over)) == (409, "run-ended")


def test_what_an_agent_cannot_do_is_refused_with_what_it_can(client: httpx2.Client, server: BackendServer) -> None:
    offers = {offer["agent"]: offer for offer in client.get("/v1/agents").json()["agents"]}
    assert (offers["asks:text"]["pause"], offers["asks:text"]["messages"]) == ("exact", True)
    assert (offers["told:held"]["pause"], offers["told:held"]["messages"]) == ("none", False)


def test_calls_for_a_run_that_is_not_there(client: httpx2.Client, tmp_path: Path) -> None:
    for method, path in (
        ("GET", "inputs"),
        ("POST", "pause"),
        ("POST", "resume"),
        ("DELETE", "messages/message-1"),
    ):
        response = client.request(method, f"/v1/runs/run_none/{path}")
        assert (response.status_code, slug(response)) == (404, "unknown-run"), path
    assert answer(client, "run_none", "inp_x", action="cancel").status_code == 404
    shared = client.post("/v1/runs/share_x/pause")
    assert (shared.status_code, slug(shared)) == (403, "share-is-read-only")
