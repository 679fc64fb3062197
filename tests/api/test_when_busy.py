"""A question that comes while a run of its conversation is active."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from backend.protocol.events import StatusEvent, parse_event
from tests.api.asking_agents import AskingProvider
from tests.api.backend_server import DEADLINE_S, BackendServer
from tests.api.readers import followed, frames
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    with BackendServer(tmp_path_factory.mktemp("busy"), [AskingProvider(), ToldProvider()]) as server:
        yield server


@pytest.fixture
def client(server: BackendServer) -> Iterator[httpx2.Client]:
    with server.client() as client:
        yield client


def ask(client: httpx2.Client, agent: str = "asks:lasting", key: str | None = None, **body: Any) -> httpx2.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post("/v1/runs", json={"question": "Why?", "agent": agent, **body}, headers=headers)


def busy(client: httpx2.Client) -> tuple[str, str]:
    """A run that waits for a person, and its conversation."""
    body = ask(client).json()
    with followed(client, body["run_id"]) as stream:
        next(message for message in stream if '"request":' in message.data)
    return body["run_id"], body["session_id"]


def questions(client: httpx2.Client, session_id: str) -> list[tuple[str, str | None]]:
    runs = client.get(f"/v1/sessions/{session_id}").json()["runs"]
    return [(run["question"], run["outcome"]) for run in runs]


def runs_of(client: httpx2.Client, session_id: str, count: int) -> list[dict[str, Any]]:
    """The conversation's runs, once there are so many: a queued one starts just after the end of the one before."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        runs: list[dict[str, Any]] = client.get(f"/v1/sessions/{session_id}").json()["runs"]
        if len(runs) >= count or time.monotonic() > deadline:
            return runs


def let_go(client: httpx2.Client, run_id: str) -> list[Any]:
    """Answer what the run asks; gives its log."""
    assert client.post(f"/v1/runs/{run_id}/input", json={"action": "accept", "value": "x"}).status_code == 200
    return [parse_event(data) for _, _, data in frames(client, run_id)]


def test_beside_is_as_it_was(client: httpx2.Client) -> None:
    run_id, session_id = busy(client)
    second = ask(client, session_id=session_id)
    assert (second.status_code, second.json()["run_id"] != run_id) == (201, True)
    for each in (run_id, second.json()["run_id"]):
        client.post(f"/v1/runs/{each}/cancel")


def test_a_second_question_is_refused_and_may_come_later(client: httpx2.Client) -> None:
    run_id, session_id = busy(client)
    refused = ask(client, session_id=session_id, when_busy="reject")
    problem = refused.json()
    assert (refused.status_code, problem["type"].rpartition(":")[2]) == (409, "conversation-busy")
    assert (refused.headers["retry-after"], problem["run_id"]) == ("2", run_id)
    let_go(client, run_id)
    with ThreadPoolExecutor(8) as pool:
        asked = list(pool.map(lambda _: ask(client, session_id=session_id, when_busy="reject"), range(8)))
    assert sorted(each.status_code for each in asked) == [201, *[409] * 7]
    [started] = [each.json()["run_id"] for each in asked if each.status_code == 201]
    client.post(f"/v1/runs/{started}/cancel")


@pytest.mark.parametrize("stopped", [False, True], ids=["ended", "stopped"])
def test_queued_questions_are_asked_one_after_the_other_and_stop_keeps_the_queue(
    client: httpx2.Client, stopped: bool
) -> None:
    run_id, session_id = busy(client)
    queued = [
        ask(client, session_id=session_id, when_busy="queue", question=question, key=f"key-{stopped}-{question}")
        for question in ("first", "second", "first")
    ]
    assert [each.status_code for each in queued] == [202] * 3
    assert {each.json()["run_id"] for each in queued} == {run_id}
    assert queued[0].json() == queued[2].json()
    if stopped:
        assert client.post(f"/v1/runs/{run_id}/cancel").status_code in (200, 202)
        events = [parse_event(data) for _, _, data in frames(client, run_id)]
    else:
        events = let_go(client, run_id)
    delivered = [event.delivered_to for event in events if isinstance(event, StatusEvent) and event.delivered_to]
    assert len(set(delivered)) == 1
    following = delivered[0]
    runs_of(client, session_id, 2)
    with followed(client, following) as stream:
        next(message for message in stream if '"request":' in message.data)
    let_go(client, following)
    runs = runs_of(client, session_id, 3)
    assert [run["question"] for run in runs] == ["Why?", "first", "second"]
    assert runs[1]["run_id"] == following
    client.post(f"/v1/runs/{runs[2]['run_id']}/cancel")


def test_a_question_interrupts_and_inherits_the_queue(client: httpx2.Client) -> None:
    run_id, session_id = busy(client)
    assert ask(client, session_id=session_id, when_busy="queue", question="later").status_code == 202
    taking = ask(client, session_id=session_id, when_busy="interrupt", question="now", key="interrupting")
    again = ask(client, session_id=session_id, when_busy="interrupt", question="now", key="interrupting")
    assert (taking.status_code, again.status_code) == (201, 200)
    assert taking.json()["run_id"] == again.json()["run_id"]
    assert questions(client, session_id) == [("Why?", "cancelled"), ("now", None)]
    assert client.get(f"/v1/runs/{run_id}").json()["view"]["message"]["answer"] == "Asked. "
    with followed(client, taking.json()["run_id"]) as stream:
        next(message for message in stream if '"request":' in message.data)
    let_go(client, taking.json()["run_id"])
    runs = runs_of(client, session_id, 3)
    assert [run["question"] for run in runs] == ["Why?", "now", "later"]
    client.post(f"/v1/runs/{runs[2]['run_id']}/cancel")


def test_a_question_steers_where_the_agent_reads_and_else_is_offered_the_queue(client: httpx2.Client) -> None:
    run_id, session_id = busy(client)
    steered = ask(client, session_id=session_id, when_busy="steer", question="Only 2024.")
    assert (steered.status_code, steered.json().get("mode")) == (202, "steer"), steered.text
    said = "".join(getattr(event, "text", "") for event in let_go(client, run_id))
    assert "Only 2024." in said
    deaf = ask(client, "told:held").json()
    with followed(client, deaf["run_id"]) as stream:
        next(message for message in stream if message.event == "token")
    refused = ask(client, session_id=deaf["session_id"], when_busy="steer")
    assert (refused.status_code, refused.json()["offers"]) == (409, ["queue"])
    assert client.post(f"/v1/runs/{deaf['run_id']}/pause").json()["type"].endswith("cannot-pause")
    client.post(f"/v1/runs/{deaf['run_id']}/cancel")
