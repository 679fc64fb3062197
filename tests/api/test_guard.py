"""Which hosts and origins reach the API: nothing that a web page of elsewhere could send."""

import httpx2
import pytest

pytestmark = pytest.mark.server

ASK = {"question": "Why?", "agent": "told:ordinary"}


@pytest.mark.parametrize(
    "host", ["rebound.example", "rebound.example:8750", "10.0.0.1", "0.0.0.0:80", "a@b", "[::2]:1"]
)
def test_a_host_that_is_not_this_server_is_refused(client: httpx2.Client, host: str) -> None:
    answer = client.get("/healthz", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.json()["type"] == "urn:playhead:problem:wrong-host"


@pytest.mark.parametrize("host", ["localhost", "localhost:99", "127.0.0.1:8750", "[::1]:8750", "LocalHost:1"])
def test_any_name_of_this_machine_is_taken(client: httpx2.Client, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost:7860", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_page_of_another_site_changes_nothing(client: httpx2.Client, headers: dict[str, str]) -> None:
    for method, path in (("POST", "/v1/runs"), ("POST", "/v1/recordings"), ("DELETE", "/v1/sessions")):
        answer = client.request(method, path, json=ASK, headers=headers)
        assert answer.status_code == 403, (method, path)
        assert answer.json()["type"] == "urn:playhead:problem:cross-site"
    assert client.get("/v1/sessions").json() == {"sessions": []}


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://localhost:7860", "Sec-Fetch-Site": "same-site"}])
def test_a_page_of_this_machine_may(client: httpx2.Client, headers: dict[str, str]) -> None:
    answer = client.post("/v1/runs", json=ASK, headers=headers)
    assert answer.status_code == 201
    assert not [name for name in answer.headers if name.startswith("access-control-")]
