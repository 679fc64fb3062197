"""Sessions: conversations that survive a restart, and go when they are told to."""

from pathlib import Path

import httpx2
import pytest

from tests.api.backend_server import DEADLINE_S, BackendServer
from tests.api.readers import finish, followed, start
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server


def test_runs_of_one_session_are_a_conversation(client: httpx2.Client) -> None:
    first, _ = finish(client, question="First?")
    session_id = client.get(f"/v1/runs/{first}").json()["session_id"]
    second, _ = finish(client, question="Second?", session_id=session_id)
    finish(client, question="Elsewhere?")
    session = client.get(f"/v1/sessions/{session_id}").json()
    assert session["title"] == "First?"
    assert [run["run_id"] for run in session["runs"]] == [first, second]
    assert [run["outcome"] for run in session["runs"]] == ["completed", "completed"]
    listed = client.get("/v1/sessions").json()["sessions"]
    assert [each["title"] for each in listed] == ["Elsewhere?", "First?"]
    assert len(client.get("/v1/sessions", params={"limit": 1}).json()["sessions"]) == 1


def test_sessions_survive_a_restart(tmp_path: Path, told: ToldProvider) -> None:
    with BackendServer(tmp_path, [told]) as backend, backend.client() as client:
        run_id, sent = finish(client)
        before = client.get("/v1/sessions").json()
    with BackendServer(tmp_path, [told]) as backend, backend.client() as client:
        assert client.get("/v1/sessions").json() == before
        assert client.get(f"/v1/runs/{run_id}").json()["cursor"] == sent[-1][0]


def test_a_deleted_session_is_gone_with_its_runs(client: httpx2.Client) -> None:
    run_id, _ = finish(client)
    session_id = client.get(f"/v1/runs/{run_id}").json()["session_id"]
    assert client.delete(f"/v1/sessions/{session_id}").status_code == 204
    assert client.get(f"/v1/sessions/{session_id}").status_code == 404
    for path in ("", "/events", "/recording"):
        assert client.get(f"/v1/runs/{run_id}{path}").status_code == 404


def test_deleting_a_session_ends_its_run_and_lets_its_readers_go(client: httpx2.Client, told: ToldProvider) -> None:
    run_id = start(client, "told:held")
    with followed(client, run_id) as stream:
        next(stream)
        session_id = client.get(f"/v1/runs/{run_id}").json()["session_id"]
        assert client.delete(f"/v1/sessions/{session_id}").status_code == 204
        list(stream)
    assert told.held.cancelled.wait(DEADLINE_S)
    assert client.get(f"/v1/runs/{run_id}").status_code == 404


def test_all_sessions_can_be_deleted(client: httpx2.Client) -> None:
    for _ in range(3):
        finish(client)
    assert client.delete("/v1/sessions").json() == {"deleted": 3}
    assert client.get("/v1/sessions").json() == {"sessions": []}
