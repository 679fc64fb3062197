"""What somebody without a token, or a page in the browser of somebody with one, may try against a server on every
address."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from websockets.exceptions import InvalidStatus

from tests.api.control.control_client import raw_control
from tests.api.token_server import TokenServer, bearer
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server

ASK: dict[str, Any] = {"question": "Why?", "agent": "told:ordinary"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenServer]:
    with TokenServer(tmp_path_factory.mktemp("attacks"), [ToldProvider()], host="0.0.0.0") as server:
        yield server


@pytest.fixture
def stranger(server: TokenServer) -> Iterator[httpx2.Client]:
    with server.called_by(None) as client:
        yield client


@pytest.fixture(scope="module")
def run(server: TokenServer) -> dict[str, Any]:
    with server.called_by("host") as host:
        started: dict[str, Any] = host.post("/v1/runs", json=ASK).json()
        host.get(f"/v1/runs/{started['run_id']}/events")
        return started


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("192.0.2.7:8750", 401),
        ("[2001:db8::7]", 401),
        ("localhost", 401),
        ("rebound.example", 421),
        ("192.0.2.7.rebound.example", 421),
        ("0x7f000001", 421),
        ("192.0.2.7@rebound.example", 421),
        ("1.2", 421),
    ],
)
def test_a_name_that_is_rebound_reaches_nothing_and_numbers_do(stranger: httpx2.Client, host: str, status: int) -> None:
    assert stranger.get("/v1/runs", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://127.0.0.1:3333"},
        {"Origin": "http://localhost:3333"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
def test_no_page_of_another_port_acts_with_a_persons_token(server: TokenServer, headers: dict[str, str]) -> None:
    with server.called_by("host") as host:
        for verb, path in (("POST", "/v1/runs"), ("POST", "/v1/sign-in"), ("DELETE", "/v1/sessions")):
            answer = host.request(verb, path, json=ASK, headers=headers)
            assert (answer.status_code, answer.json()["type"][-10:]) == (403, "cross-site"), path
        assert host.get("/v1/runs").status_code == 200
    with (
        pytest.raises(InvalidStatus) as refused,
        raw_control(server.url, "/v1/sessions/ses_x/control", additional_headers=headers),
    ):
        pass
    assert refused.value.response.status_code == 403


def test_a_page_of_its_own_acts(server: TokenServer) -> None:
    with server.called_by("steer") as client:
        assert client.post("/v1/runs", json=ASK, headers={"Origin": server.url}).status_code == 201


def test_no_path_around_the_door(stranger: httpx2.Client, run: dict[str, Any]) -> None:
    run_id = run["run_id"]
    for path in (
        f"/v1/shared/../runs/{run_id}",
        f"/v1/shared/..%2fruns%2f{run_id}",
        f"/v1/shared/%2e%2e/runs/{run_id}",
        f"/v1//runs/{run_id}",
        f"//v1/runs/{run_id}",
        f"/v1/runs/share_/../{run_id}",
        f"/v1/runs/share_%2f..%2f{run_id}",
        f"/V1/runs/{run_id}",
        f"/healthz/../v1/runs/{run_id}",
        f"/healthz;/v1/runs/{run_id}",
        f"/v1/runs/{run_id}%00",
        "/openapi.json",
        "/docs",
        "/metrics",
    ):
        for headers in ({}, {"X-Original-URL": "/healthz", "X-Forwarded-Prefix": "/v1/shared"}):
            answer = stranger.get(path, headers=headers)
            assert answer.status_code in (401, 404), (path, answer.status_code)
            assert "Why?" not in answer.text
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "sent",
    [
        [("Authorization", "")],
        [("Authorization", "Bearer")],
        [("Authorization", "Basic aG9zdDpob3N0")],
        [("Authorization", "Bearer pht_" + "x" * 100_0)],
        [("Authorization", "Bearer \u00e9")],
        [("Cookie", "token={token}")],
        [("Authorization", "Bearer {token}"), ("Authorization", "Bearer {token}")],
        [("Playhead-Grant", "{token}")],
        [("X-Api-Key", "{token}")],
    ],
    ids=str,
)
def test_a_token_counts_in_its_header_alone(server: TokenServer, sent: list[tuple[str, str]]) -> None:
    token = server.tokens["host"]
    headers = [(name.encode(), value.format(token=token).encode("latin-1")) for name, value in sent]
    with httpx2.Client(base_url=server.url, trust_env=False) as client:
        answer = client.get("/v1/runs", headers=headers)
        assert answer.status_code in (401, 429)
        assert token not in answer.text
        assert client.get("/v1/runs", params={"token": token, "access_token": token}).status_code in (401, 429)


def test_a_stranger_learns_nothing_of_what_there_is(stranger: httpx2.Client, run: dict[str, Any]) -> None:
    for known, unknown in (
        (f"/v1/runs/{run['run_id']}", "/v1/runs/run_x"),
        (f"/v1/sessions/{run['session_id']}", "/v1/sessions/ses_x"),
        ("/v1/runs", "/v1/nothing"),
    ):
        told = [stranger.get(path).json() for path in (known, unknown)]
        for each in told:
            each.pop("instance")
        assert told[0] == told[1]
    ready = stranger.get("/readyz").json()
    assert "told" not in str(ready.get("warnings", "")), "no names of agents or folders"


def test_a_socket_learns_nothing_before_its_hello(server: TokenServer, run: dict[str, Any]) -> None:
    for session in (run["session_id"], "ses_x"):
        with raw_control(server.url, f"/v1/sessions/{session}/control") as channel:
            assert channel.refused("hello-0001", "hello", token="pht_wrong") in ("wrong-token", "too-many-failures")
            assert channel.closed_with() == 4401
    with pytest.raises(InvalidStatus) as refused, raw_control(server.url, f"/v1/runs/{run['run_id']}/control"):
        pass
    assert refused.value.response.status_code == 401
    with raw_control(
        server.url, f"/v1/runs/{run['run_id']}/control", additional_headers=bearer(server.tokens["view"])
    ) as channel:
        assert "ack" in channel.call("hello-0001", "hello")
