"""The control channel over a real server: every command, its replies in their order, and how a connection ends."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from websockets.exceptions import InvalidStatus

from tests.api.asking_agents import AskingProvider
from tests.api.backend_server import BackendServer
from tests.api.control.control_client import control, raw_control
from tests.api.readers import frames
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def told() -> ToldProvider:
    return ToldProvider()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, told: ToldProvider) -> Iterator[BackendServer]:
    with BackendServer(tmp_path_factory.mktemp("control"), [AskingProvider(), told]) as server:
        yield server


@pytest.fixture
def client(server: BackendServer) -> Iterator[httpx2.Client]:
    with server.client() as client:
        yield client


def started(client: httpx2.Client, agent: str) -> tuple[str, str]:
    """The ids of a new run and its conversation."""
    accepted = client.post("/v1/runs", json={"question": "Why?", "agent": agent}).json()
    return accepted["session_id"], accepted["run_id"]


def test_an_answer_is_acknowledged_after_the_event_that_shows_it(server: BackendServer, client: httpx2.Client) -> None:
    session_id, run = started(client, "asks:approval")
    with control(server.url, session_id) as channel:
        assert channel.call("follow-first", "follow", run=run)["result"] == {"run": run, "over": False}
        while not any("request" in event for _, event in channel.events(run)):
            channel.next()
        answer = {"action": "accept", "arguments": {"amount": 5, "to": "Bo"}}
        reply = channel.call("answer-first", "input", run=run, answer=answer)
        shown = channel.events(run)
        assert reply["cursor"] in [cursor for cursor, _ in shown]
        [recorded] = [event["answer"] for _, event in shown if "answer" in event]
        assert recorded == reply["result"]["answer"]
        assert (recorded["via"], recorded["by"]["name"]) == ("websocket", "Ana")
        channel.until("over", True)
    assert [(cursor, event) for cursor, event in channel.events(run)] == [
        (cursor, json.loads(data)) for cursor, _, data in frames(client, run)
    ]


def test_a_command_sent_again_over_another_connection_is_one_command(
    server: BackendServer, client: httpx2.Client
) -> None:
    session_id, run = started(client, "asks:lasting")
    ask = {"question": "And then?", "agent": "told:ordinary"}
    with control(server.url, session_id) as channel:
        while (first := channel.call("pause-first", "pause", run=run)).get("nack"):
            pass
        begun = channel.call("start-first", "start", new_run=ask)
    with control(server.url, session_id) as channel:
        assert channel.call("resume-first", "resume", run=run)["result"]["activity"] == "waiting"
        again = channel.call("pause-first", "pause", run=run)
        assert again == first
        assert client.get(f"/v1/runs/{run}/inputs").json()["activity"] == "waiting"
        assert channel.call("start-first", "start", new_run=ask) == begun
        assert channel.refused("start-first", "start", new_run={**ask, "question": "Else?"}) == "key-reused"
        assert len(client.get(f"/v1/sessions/{session_id}").json()["runs"]) == 2
        channel.call("cancel-first", "cancel", run=run)


def test_messages_pauses_and_cancel_do_what_their_calls_do(server: BackendServer, client: httpx2.Client) -> None:
    session_id, run = started(client, "asks:text")
    with control(server.url, session_id) as channel:
        channel.call("follow-again", "follow", run=run)
        while not any("request" in event for _, event in channel.events(run)):
            channel.next()
        sent = channel.call("message-one", "message", run=run, text="Only 2024.")["result"]
        assert (sent["message_id"], sent["state"]) == ("message-one", "waiting")
        channel.call("message-two", "message", run=run, text="And 2023.")
        assert channel.call("withdraw-two", "withdraw", run=run, message_id="message-two")["result"]["state"] == (
            "withdrawn"
        )
        assert channel.call("answer-text", "input", run=run, answer={"action": "accept", "value": "Q2"})["ack"]
        channel.until("over", True)
        said = "".join(event.get("text", "") for _, event in channel.events(run))
        assert json.loads(said.removeprefix("Asked. "))[1] == ["Only 2024."]
        assert channel.refused("pause-late", "pause", run=run) == "run-ended"
        assert channel.call("cancel-late", "cancel", run=run)["result"]["outcome"] == "completed"


@pytest.mark.parametrize(
    ("op", "fields", "slug"),
    [
        ("presence", {"activity": "typing"}, "not-in-room"),
        ("presence", {"activity": "asleep"}, "invalid-command"),
        ("playhead", {}, "not-in-room"),
        ("comment", {"run": "RUN", "text": " "}, "empty-feedback"),
        ("comment", {"run": "run_x", "text": "Why?"}, "unknown-run"),
        ("comment", {"run": "RUN", "text": "Why?", "reply_to": "fb_x"}, "unknown-feedback"),
        ("dance", {}, "invalid-command"),
        ("pause", {}, "invalid-command"),
        ("pause", {"run": "run_elsewhere"}, "unknown-run"),
        ("follow", {"run": "run_elsewhere"}, "unknown-run"),
        ("follow", {"run": "RUN", "after": "x"}, "malformed-cursor"),
        ("input", {"run": "RUN", "answer": {"action": "accept"}}, "invalid-answer"),
        ("input", {"run": "RUN", "input_id": "inp_x", "answer": {"action": "accept"}}, "unknown-input"),
        ("withdraw", {"run": "RUN", "message_id": "msg_never_sent"}, "unknown-message"),
        ("start", {"new_run": {"question": " "}}, "empty-question"),
        ("start", {"new_run": {"question": "Why?", "session_id": "ses_other"}}, "other-session"),
    ],
)
def test_what_cannot_be_done_is_refused_as_over_http(
    op: str, fields: dict[str, Any], slug: str, asking: tuple[str, str], server: BackendServer
) -> None:
    session_id, run = asking
    named = {key: run if value == "RUN" else value for key, value in fields.items()}
    with control(server.url, session_id) as channel:
        assert channel.refused("command-one", op, **named) == slug


@pytest.fixture(scope="module")
def asking(server: BackendServer) -> tuple[str, str]:
    """A conversation and its run, which has asked."""
    with server.client() as client:
        session_id, run = started(client, "asks:text")
    with control(server.url, session_id) as channel:
        channel.call("follow-asking", "follow", run=run)
        while not any("request" in event for _, event in channel.events(run)):
            channel.next()
    return session_id, run


def test_a_run_of_another_conversation_is_unknown(
    server: BackendServer, client: httpx2.Client, asking: tuple[str, str]
) -> None:
    other, _ = started(client, "told:ordinary")
    with control(server.url, other) as channel:
        assert channel.refused("pause-other", "pause", run=asking[1]) == "unknown-run"
        assert channel.refused("follow-other", "follow", run=asking[1]) == "unknown-run"


def test_a_share_follows_its_run_changes_nothing_and_closes_when_it_is_withdrawn(
    server: BackendServer, client: httpx2.Client, asking: tuple[str, str]
) -> None:
    run = asking[1]
    share = client.post(f"/v1/runs/{run}/share").json()["share_id"]
    with raw_control(server.url, f"/v1/shared/{share}/control") as channel:
        assert channel.call("hello-share", "hello")["result"]["room"] == share
        assert channel.refused("pause-share", "pause", run=share) == "share-is-read-only"
        assert channel.refused("follow-share", "follow", run=run) == "unknown-run"
        assert channel.call("follow-right", "follow", run=share)["ack"]
        assert channel.until("event")["run"] == share
        assert client.delete(f"/v1/shared/{share}").status_code == 204
        assert channel.closed_with() == 4403
    assert run not in json.dumps(channel.seen)


def test_the_handshake_is_refused_with_a_problem(server: BackendServer) -> None:
    for path, status in (("/v1/sessions/ses_none/control", 404), ("/v1/shared/share_none/control", 404)):
        with pytest.raises(InvalidStatus) as refused, raw_control(server.url, path):
            pass
        assert refused.value.response.status_code == status


def test_a_page_of_another_site_is_refused(server: BackendServer, asking: tuple[str, str]) -> None:
    path = f"/v1/sessions/{asking[0]}/control"
    with pytest.raises(InvalidStatus) as refused, raw_control(server.url, path, origin="https://elsewhere.example"):
        pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (json.dumps({"id": "pause-first", "op": "pause", "run": "x"}), 4401),
        (b"bytes", 1003),
        (json.dumps({"id": "hello-large", "op": "hello", "participant": {"name": "x" * 70_000}}), 1009),
    ],
)
def test_a_connection_that_begins_wrongly_is_closed(
    message: str | bytes, code: int, server: BackendServer, asking: tuple[str, str]
) -> None:
    with raw_control(server.url, f"/v1/sessions/{asking[0]}/control") as channel:
        channel.connection.send(message)
        assert channel.closed_with() == code


def test_too_many_commands_and_too_many_runs_are_refused(
    server: BackendServer, client: httpx2.Client, asking: tuple[str, str]
) -> None:
    session_id, _ = asking
    runs = [
        client.post("/v1/runs", json={"question": "Why?", "agent": "asks:lasting", "session_id": session_id}).json()
        for _ in range(9)
    ]
    with control(server.url, session_id) as channel:
        for at, accepted in enumerate(runs[:8]):
            assert "ack" in channel.call(f"follow-run{at}", "follow", run=accepted["run_id"])
        assert channel.refused("follow-run8", "follow", run=runs[8]["run_id"]) == "too-many-followed"
        for at in range(60):
            channel.send(f"presence{at}", "presence")
        answers = [channel.until("nack") for _ in range(60)]
    assert any("too-many-commands" in answer["problem"]["type"] for answer in answers)
    for accepted in runs:
        client.post(f"/v1/runs/{accepted['run_id']}/cancel")
