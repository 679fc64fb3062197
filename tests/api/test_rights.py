"""The table of rights against the server: every role, every call, for a run of one's own and for another's."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from backend.access.callers import Caller
from backend.api.app import create_app
from backend.api.problems import RequestProblem
from backend.api.rights import CONTROL, OPERATIONS, RIGHTS, check_right
from backend.protocol.roles import ROLES, Role, covers
from backend.settings import Settings
from backend.wiring import build_services
from tests.api.asking_agents import AskingProvider
from tests.api.control.control_client import raw_control
from tests.api.token_server import TokenServer, bearer
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server

EVERYBODY: tuple[Role | None, ...] = (None, *ROLES)
SOCKETS = {CONTROL, "control_run", "control_shared", "show_moment"}
HARMLESS_LAST = ("delete_run", "delete_session", "delete_sessions")
"""Called after all others: nothing is there afterwards."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenServer]:
    with TokenServer(tmp_path_factory.mktemp("rights"), [ToldProvider(), AskingProvider()]) as server:
        yield server


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """Method and path of every operation."""
    folder: Path = tmp_path_factory.mktemp("schema")
    paths = create_app(build_services(Settings(data_dir=folder), [ToldProvider()])).openapi()["paths"]
    return {each["operationId"]: (verb, path) for path, item in paths.items() for verb, each in item.items()}


def test_every_call_has_a_right_and_every_right_a_call(calls: dict[str, tuple[str, str]]) -> None:
    assert set(RIGHTS) == set(calls) | SOCKETS
    assert set(OPERATIONS.values()) <= set(RIGHTS)


def needed(operation: str, *, is_own: bool) -> Role | None:
    """The role that the table asks for."""
    right = RIGHTS[operation]
    return right.own if is_own and right.own else right.role


@pytest.mark.parametrize("is_own", [True, False], ids=["own", "other"])
@pytest.mark.parametrize("role", EVERYBODY, ids=str)
def test_what_a_role_may_do(
    server: TokenServer, calls: dict[str, tuple[str, str]], role: Role | None, is_own: bool
) -> None:
    """What the table allows is not refused, whatever else the call may lack; the rest is."""
    may_ask = covers(role, "steer") and is_own
    with server.called_by(role) as client, server.called_by(role if may_ask else "other") as asker:
        started = asker.post("/v1/runs", json={"question": "Why?", "agent": "told:ordinary"}).json()
        asker.get(f"/v1/runs/{started['run_id']}/events")
        names = {**started, "agent": "told:ordinary", "input_id": "inp_1", "message_id": "message-1"}
        names |= {"share_id": "share_none", "chat_id": "chat-1", "model": "told:ordinary", "file_id": "file_none"}
        for operation in sorted(set(RIGHTS) - SOCKETS, key=lambda name: (name in HARMLESS_LAST, name)):
            verb, path = calls[operation]
            answer = client.request(verb, path.format(**names), json={} if verb in ("post", "patch") else None)
            expected = needed(operation, is_own=may_ask)
            seen = (operation, answer.status_code, answer.text[:200])
            if RIGHTS[operation].ui:
                assert answer.status_code == (401 if role is None else 403), seen
            elif expected is None or covers(role, expected):
                assert answer.status_code not in (401, 403), seen
            elif role is None:
                assert answer.status_code == 401, seen
                assert answer.headers["WWW-Authenticate"].startswith("Bearer"), seen
            else:
                assert (answer.status_code, answer.json()["type"][-11:]) == (403, "not-allowed"), seen
                assert expected in answer.json()["detail"]


@pytest.mark.parametrize("role", EVERYBODY, ids=str)
def test_commands_of_the_control_channel_need_what_their_calls_need(server: TokenServer, role: Role | None) -> None:
    with server.called_by("other") as asker:
        started = asker.post("/v1/runs", json={"question": "Why?", "agent": "told:ordinary"}).json()
    path, run = f"/v1/sessions/{started['session_id']}/control", started["run_id"]
    commands: dict[str, dict[str, Any]] = {
        "start": {"new_run": {"question": "", "agent": "told:ordinary"}},
        **{op: {"run": run} for op in ("cancel", "pause", "resume")},
        "input": {"run": run, "input_id": "inp_none", "answer": {"action": "decline"}},
        "message": {"run": run, "text": "x"},
        "withdraw": {"run": run, "message_id": "message-1"},
        "presence": {"activity": "watching"},
        "playhead": {"view": None},
        "comment": {"run": run, "text": ""},
        "comments": {"run": run},
        "vote": {"run": run, "other": run, "verdict": "better"},
        "reveal": {"run": run, "other": run},
    }
    assert set(commands) == set(OPERATIONS)
    with raw_control(server.url, path) as channel:
        if role is None:
            assert channel.refused("hello-0001", "hello") == "token-needed"
            assert channel.closed_with() == 4401
            return
        assert "ack" in channel.call("hello-0001", "hello", token=server.tokens[role])
        for op, fields in commands.items():
            reply = channel.call(f"command-{op}", op, **fields)
            allowed = covers(role, needed(OPERATIONS[op], is_own=False) or "view")
            assert ("not-allowed" in json.dumps(reply)) is not allowed, (op, reply)


def test_a_call_that_nobody_thought_of_is_a_hosts() -> None:
    check_right("new_call", Caller("host", "ana"))
    with pytest.raises(RequestProblem, match="host"):
        check_right("new_call", Caller("approve", "ana"))


def test_who_may_only_steer_declines_and_who_may_approve_accepts(server: TokenServer) -> None:
    with server.called_by("steer") as steerer, server.called_by("approve") as approver:
        run_id = steerer.post("/v1/runs", json={"question": "Pay?", "agent": "asks:approval"}).json()["run_id"]
        asked: list[dict[str, Any]] = []
        while not asked:
            asked = steerer.get(f"/v1/runs/{run_id}/inputs").json()["inputs"]
        path = f"/v1/runs/{run_id}/inputs/{asked[0]['input_id']}"
        accept = {"action": "accept", "by": {"id": "someone", "name": "Ana"}}
        for url in (path, f"/v1/runs/{run_id}/input"):
            refused = steerer.post(url, json=accept)
            assert (refused.status_code, refused.json()["needs"]) == (403, "approve")
        answer = approver.post(path, json=accept).json()["answer"]
        assert answer["by"] == {"id": "token:approve", "name": "Ana", "verified": False}
        again = steerer.post("/v1/runs", json={"question": "Pay?", "agent": "asks:approval"}).json()["run_id"]
        while not steerer.get(f"/v1/runs/{again}/inputs").json()["inputs"]:
            pass
        declined = steerer.post(f"/v1/runs/{again}/input", json={"action": "decline"}).json()["answer"]
        assert declined["by"] == {"id": "token:steer", "name": "steer", "verified": True}


def test_lists_have_what_ones_own_token_began_and_a_hosts_all(server: TokenServer) -> None:
    def listed(client: httpx2.Client) -> tuple[set[str], set[str], set[str]]:
        runs = {run["run_id"] for run in client.get("/v1/runs", params={"text": "whose"}).json()["runs"]}
        sessions = {each["session_id"] for each in client.get("/v1/sessions").json()["sessions"]}
        return runs, sessions, {each["run_id"] for each in client.get("/v1/feedback").json()["feedback"]}

    with server.called_by("steer") as one, server.called_by("other") as two, server.called_by("host") as host:
        mine, theirs = (
            client.post("/v1/runs", json={"question": "Whose?", "agent": "told:ordinary"}).json()
            for client in (one, two)
        )
        for run in (mine, theirs):
            assert host.post(f"/v1/runs/{run['run_id']}/feedback", json={"thumb": "up"}).status_code == 201
        for client, seen, hidden in ((one, mine, theirs), (two, theirs, mine)):
            runs, sessions, reviewed = listed(client)
            assert runs == {seen["run_id"]}
            assert seen["session_id"] in sessions
            assert hidden["session_id"] not in sessions
            assert seen["run_id"] in reviewed
            assert hidden["run_id"] not in reviewed
        assert listed(host)[0] == {mine["run_id"], theirs["run_id"]}


def test_names_that_callers_make_up_are_kept_apart(server: TokenServer) -> None:
    """A chat's id and an idempotency key can be guessed: neither leads to what another token's caller asked."""
    chat = {"id": "chat-1", "messages": [{"role": "user", "parts": [{"type": "text", "text": "A secret of mine"}]}]}
    with server.called_by("steer") as one, server.called_by("other") as two, server.called_by("view") as viewer:
        sessions = {
            client.post("/ai-sdk", params={"agent": "told:ordinary"}, json=chat).headers["X-Playhead-Session-Id"]
            for client in (one, two, one)
        }
        assert len(sessions) == 2
        assert "chat-1" not in sessions
        assert viewer.get("/v1/sessions/chat-1").status_code == 404
        ask, key = {"question": "Why?", "agent": "told:ordinary"}, {"Idempotency-Key": "key-1"}
        runs = [client.post("/v1/runs", json=ask, headers=key).json()["run_id"] for client in (one, two, one)]
        assert runs[0] == runs[2] != runs[1]


def test_a_ui_acts_only_for_people_who_signed_in(server: TokenServer) -> None:
    with server.called_by(None) as client:
        as_ui = bearer(server.ui_key)
        assert client.get("/v1/runs", headers=as_ui).status_code == 401
        assert client.post("/v1/sign-in", json={"token": server.ui_key}, headers=as_ui).status_code == 401
        given = client.post("/v1/sign-in", json={"token": server.tokens["view"]}, headers=as_ui).json()
        assert (given["name"], given["role"]) == ("view", "view")
        grant = {"Playhead-Grant": given["grant"]}
        assert client.get("/v1/me", headers={**as_ui, **grant}).json() == {"name": "view", "role": "view"}
        assert client.delete("/v1/sessions", headers={**as_ui, **grant}).status_code == 403
        assert client.get("/v1/me", headers=grant).status_code == 401, "a grant alone is worth nothing"
        forged = {"Playhead-Grant": f"{given['grant'][:-1]}~"}
        assert client.get("/v1/me", headers={**as_ui, **forged}).status_code == 401
        other = bearer(server.tokens["comment"])
        assert client.get("/v1/me", headers={**other, **grant}).json()["name"] == "comment", (
            "nor beside a person's token"
        )


def test_a_code_signs_in_once(server: TokenServer) -> None:
    with server.called_by(None) as client:
        answers = [
            client.post("/v1/sign-in", json={"code": server.code}, headers=bearer(server.ui_key)) for _ in range(2)
        ]
        assert [answer.status_code for answer in answers] == [200, 401]
        assert answers[0].json()["role"] == "host"
        assert server.code not in answers[1].text


def test_a_revoked_token_is_worth_nothing_from_the_next_call_on(tmp_path: Path) -> None:
    with TokenServer(tmp_path, [ToldProvider()]) as server, server.called_by("comment") as client:
        as_ui = bearer(server.ui_key)
        given = client.post("/v1/sign-in", json={"token": server.tokens["comment"]}, headers=as_ui).json()
        acting = {**as_ui, "Playhead-Grant": given["grant"]}
        assert [client.get("/v1/me").status_code, client.get("/v1/me", headers=acting).status_code] == [200, 200]
        server.file.revoke("comment")
        assert [client.get("/v1/me").status_code, client.get("/v1/me", headers=acting).status_code] == [401, 401]


def test_what_is_open_ends_when_its_token_is_revoked(tmp_path: Path) -> None:
    told = ToldProvider()
    with TokenServer(tmp_path, [told]) as server, server.called_by("steer") as client, server.called_by("host") as host:
        started = client.post("/v1/runs", json={"question": "Why?", "agent": "told:held"}).json()
        path, run = f"/v1/sessions/{started['session_id']}/control", started["run_id"]
        with (
            raw_control(server.url, path) as theirs,
            raw_control(server.url, path) as others,
            client.stream("GET", f"/v1/runs/{run}/events") as stream,
        ):
            theirs.call("hello-0001", "hello", token=server.tokens["steer"])
            others.call("hello-0001", "hello", token=server.tokens["host"])
            chunks = stream.iter_raw()
            assert next(chunks)
            server.file.revoke("steer")
            assert b"event: done" not in b"".join(chunks)
            assert theirs.closed_with() == 4401
            assert "ack" in others.call("pause-0001", "unfollow", run=run)
        assert host.get(f"/v1/runs/{run}").json()["outcome"] is None, "the run itself continues"
        told.held.go_on.set()


def test_wrong_tokens_are_counted_and_repeat_nothing(tmp_path: Path) -> None:
    with TokenServer(tmp_path, [ToldProvider()]) as server, server.called_by(None) as client:
        answers = [client.get("/v1/me", headers=bearer(f"pht_wrong{number}")) for number in range(12)]
        assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
        assert int(answers[-1].headers["Retry-After"]) > 0
        assert not [answer for answer in answers if "pht_" in answer.text]
