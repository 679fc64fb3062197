"""The agents on offer, the known truth of their runs, and a server that says how far its preparation is."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from backend.protocol.checks import check
from backend.protocol.events import parse_event
from backend.protocol.options import RunOptions
from tests.api.backend_server import BackendServer
from tests.api.readers import data_of, finish
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server


@pytest.fixture
def preparing(tmp_path: Path, told: ToldProvider) -> Iterator[httpx2.Client]:
    """A client of a backend whose agents are being prepared until the test lets them."""
    told.may_prepare.clear()
    with BackendServer(tmp_path, [told]) as backend, backend.client() as client:
        yield client
        told.may_prepare.set()


def until_ready(client: httpx2.Client) -> httpx2.Response:
    """The answer of readyz once it is 200. The loop ends with the test's own time limit."""
    while (answer := client.get("/readyz")).status_code == 503:
        pass
    return answer


def test_a_server_says_how_far_it_is(preparing: httpx2.Client, told: ToldProvider) -> None:
    assert preparing.get("/healthz").json()["status"] == "ok"
    answer = preparing.get("/readyz")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert "told: preparing 1 of 3, reading files" in answer.json()["detail"]
    assert int(answer.headers["retry-after"]) >= 1
    assert preparing.get("/v1/agents").json()["agents"] == []
    told.may_prepare.set()
    ready = until_ready(preparing).json()
    assert (ready["status"], ready["warnings"]) == ("ready", ["One file was skipped."])
    assert [each["state"] for each in ready["preparations"]] == ["ready"]
    offers = preparing.get("/v1/agents").json()["agents"]
    assert [offer["agent"] for offer in offers] == ["told:ordinary", "told:held", "told:reading"]
    assert offers[0]["examples"] == ["Why?"]


def test_the_options_that_a_run_may_have_are_announced(client: httpx2.Client) -> None:
    named = client.get("/v1/agents").json()["options"]
    assert named == list(RunOptions.model_fields)


def test_a_run_of_an_agent_that_is_prepared_in_time_is_accepted(preparing: httpx2.Client, told: ToldProvider) -> None:
    told.may_prepare.set()
    assert finish(preparing)[1][-1][1] == "done"


def test_a_run_of_an_agent_that_is_not_ready_is_told_to_wait(preparing: httpx2.Client) -> None:
    answer = preparing.post("/v1/runs", json={"question": "Why?", "agent": "told:ordinary"})
    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:playhead:problem:agent-not-ready"
    assert "1 of 3" in answer.json()["detail"]
    assert int(answer.headers["retry-after"]) >= 1


def test_the_plan_of_a_scripted_run_is_what_it_sends(tmp_path: Path) -> None:
    with BackendServer(tmp_path) as backend, backend.client() as client:
        until_ready(client)
        options = {"seed": 5, "speed": 20}
        answer = client.get("/v1/agents/scripted:happy_path/plan", params=options)
        plan = [parse_event(event) for event in answer.json()["events"]]
        _, sent = finish(client, "scripted:happy_path", options=options)
        got = [parse_event(data_of(frame)) for frame in sent]
    assert check(plan) == []
    assert answer.json()["options"]["seed"] == 5
    assert [event.model_dump(exclude={"at_ms", "latency_ms", "ttft_ms"}) for event in plan] == [
        event.model_dump(exclude={"at_ms", "latency_ms", "ttft_ms"}) for event in got
    ]
    assert plan[-1].at_ms > 0
