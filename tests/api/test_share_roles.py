"""Shares with a role, of runs and of conversations, that expire or are withdrawn: what they reach, and what not."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.api.backend_server import BackendServer
from tests.api.control.control_client import raw_control
from tests.api.token_server import TokenServer
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def told() -> ToldProvider:
    return ToldProvider()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, told: ToldProvider) -> Iterator[TokenServer]:
    with TokenServer(tmp_path_factory.mktemp("shares"), [told]) as server:
        yield server
        told.held.go_on.set()


def asked(client: httpx2.Client, agent: str = "told:ordinary", **more: str) -> dict[str, Any]:
    """A run that was started; one of an ordinary agent is over."""
    run: dict[str, Any] = client.post("/v1/runs", json={"question": "Why?", "agent": agent, **more}).json()
    if agent == "told:ordinary":
        client.get(f"/v1/runs/{run['run_id']}/events")
    return run


def shared(client: httpx2.Client, run: dict[str, Any], kind: str = "runs", **wanted: object) -> str:
    """A share of the run, or of its conversation."""
    path = f"/v1/{kind}/{run['run_id' if kind == 'runs' else 'session_id']}/share"
    answer = client.post(path, json=wanted)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["share_id"])


CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "feedback": ("comment", {"thumb": "up"}),
    "pause": ("steer", {}),
    "cancel": ("steer", {}),
    "messages": ("steer", {"message_id": "message-1", "text": "x"}),
    "share": ("host", {}),
}
ORDER = ["view", "comment", "steer", "approve"]


@pytest.mark.parametrize("role", ORDER)
def test_a_stranger_does_through_a_share_what_its_role_allows_and_nothing_else(server: TokenServer, role: str) -> None:
    with server.called_by("host") as host, server.called_by(None) as stranger:
        run = asked(host)
        share = shared(host, run, role=role)
        page = stranger.get(f"/v1/shared/{share}")
        assert (page.status_code, page.json()["role"], page.json()["run_id"]) == (200, role, share)
        for verb, (needs, body) in CHANGES.items():
            answer = stranger.post(f"/v1/runs/{share}/{verb}", json=body)
            allowed = needs in ORDER and ORDER.index(role) >= ORDER.index(needs)
            assert (answer.status_code != 403) is allowed, (verb, answer.text)
            for secret in (run["run_id"], run["session_id"]):
                assert secret not in answer.text, verb
            refused = stranger.post(f"/v1/runs/{run['run_id']}/{verb}", json=body)
            assert refused.status_code == 401, "the run itself stays out of reach"
        assert stranger.delete(f"/v1/runs/{share}").status_code == 403
        assert stranger.get(f"/v1/runs/{share}").status_code == 404
        assert stranger.delete(f"/v1/shared/{share}").status_code == 401
        assert host.get(f"/v1/runs/{run['run_id']}").status_code == 200


def test_a_conversation_is_reached_by_names_that_lead_nowhere_else(server: TokenServer) -> None:
    with server.called_by("host") as host, server.called_by(None) as stranger:
        first, other = asked(host), asked(host)
        share = shared(host, first, "sessions", role="comment")
        second = asked(host, session_id=first["session_id"])
        listed = stranger.get(f"/v1/shared/{share}/runs")
        names = [run["run_id"] for run in listed.json()["runs"]]
        assert (listed.json()["role"], len(names), len(set(names))) == ("comment", 2, 2)
        assert stranger.get(f"/v1/shared/{share}").json()["run_id"] == names[-1], "the latest one"
        assert stranger.get(f"/v1/shared/{share}/events").json()["type"].endswith("name-a-run")
        stream = stranger.get(f"/v1/shared/{names[0]}/events")
        assert stream.text.endswith("\n\n")
        assert "event: done" in stream.text
        header = json.loads(stranger.get(f"/v1/shared/{names[0]}/recording").text.splitlines()[0])
        assert (header["run_id"], header["session_id"]) == (names[0], "")
        for answer in (listed, stream, stranger.get(f"/v1/shared/{names[1]}")):
            assert not [each for run in (first, second) for each in run.values() if str(each) in answer.text]
        assert stranger.post(f"/v1/runs/{names[0]}/feedback", json={"thumb": "up"}).json()["run_id"] == names[0]
        foreign = shared(host, other, "sessions")
        (foreign_name,) = [run["run_id"] for run in stranger.get(f"/v1/shared/{foreign}/runs").json()["runs"]]
        for name in (
            f"{share}.{foreign_name.partition('.')[2]}",
            f"{share}.",
            f"{share}.x",
            f"{share}.{other['run_id']}",
        ):
            reached = stranger.get(f"/v1/shared/{name}").json()
            assert reached.get("run_id", "") in (*names, ""), name
        assert host.delete(f"/v1/shared/{share}").status_code == 204
        assert {stranger.get(f"/v1/shared/{name}").status_code for name in (share, *names)} == {404}


def test_a_control_channel_of_a_share_steers_as_its_role_allows(server: TokenServer, told: ToldProvider) -> None:
    with server.called_by("host") as host:
        run = asked(host, "told:held")
        assert told.held.begun.wait(30)
        share, looking = shared(host, run, role="steer"), shared(host, run)
        with raw_control(server.url, f"/v1/shared/{looking}/control") as channel:
            channel.call("hello-0001", "hello")
            assert channel.refused("cancel-000", "cancel", run=looking) == "share-is-read-only"
        with raw_control(server.url, f"/v1/shared/{share}/control") as channel:
            channel.call("hello-0001", "hello", share=share)
            channel.call("follow-001", "follow", run=share)
            start = {"question": "Why?", "agent": "told:ordinary"}
            assert channel.refused("start-0001", "start", new_run=start) == "not-allowed"
            assert channel.refused("cancel-001", "cancel", run=run["run_id"]) == "unknown-run"
            cancelled = channel.call("cancel-002", "cancel", run=share)
            assert cancelled["result"]["run_id"] == share
            assert channel.until("run", share)
            host.delete(f"/v1/shared/{share}")
            assert channel.closed_with() == 4403
            assert run["run_id"] not in json.dumps(channel.seen)


@pytest.mark.parametrize("ending", ["withdrawn", "expired"])
def test_what_is_open_ends_with_the_share(tmp_path: Path, ending: str) -> None:
    """On a server without tokens too."""
    told = ToldProvider()
    with BackendServer(tmp_path, [told]) as backend, backend.client() as client:
        run = asked(client, "told:held")
        share = shared(client, run, kind="runs", **({"expires_s": 1.0} if ending == "expired" else {}))
        with (
            raw_control(backend.url, f"/v1/shared/{share}/control") as channel,
            client.stream("GET", f"/v1/shared/{share}/events") as stream,
        ):
            channel.call("hello-0001", "hello")
            chunks = stream.iter_raw()
            assert next(chunks)
            if ending == "withdrawn":
                client.delete(f"/v1/shared/{share}")
            assert b"event: done" not in b"".join(chunks)
            assert channel.closed_with() == 4403
        assert client.get(f"/v1/shared/{share}").status_code == 404
        assert client.get("/v1/shares").json() == {"shares": []}
        assert client.get(f"/v1/runs/{run['run_id']}").json()["outcome"] is None
        told.held.go_on.set()
