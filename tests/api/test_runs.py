"""Runs over HTTP: started, looked at, cancelled, and never started twice."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from backend.protocol.run_view import RunView
from backend.protocol.sse import Message
from tests.api.backend_server import DEADLINE_S, BackendServer
from tests.api.readers import finish, followed, frames, messages, start
from tests.api.told_agents import ToldProvider

pytestmark = pytest.mark.server


def test_a_run_is_accepted_and_named(client: httpx2.Client) -> None:
    response = client.post("/v1/runs", json={"question": "Why?", "agent": "told:ordinary"})
    body = response.json()
    assert response.status_code == 201
    assert response.headers["location"] == f"/v1/runs/{body['run_id']}" == body["links"]["self"]
    assert response.headers["playhead-run-id"] == body["run_id"]
    assert response.headers["playhead-session-id"] == body["session_id"]
    for name in ("self", "events", "recording"):
        assert client.get(body["links"][name]).status_code == 200
    assert client.post(body["links"]["cancel"]).status_code == 200


def test_a_run_is_shown_as_its_watchers_see_it(client: httpx2.Client) -> None:
    run_id, sent = finish(client, options={"seed": 7})
    shown = client.get(f"/v1/runs/{run_id}").json()
    view = RunView.model_validate(shown["view"])
    assert (shown["question"], shown["agent"], shown["options"]["seed"]) == ("Why?", "told:ordinary", 7)
    assert (shown["outcome"], view.stream.outcome) == ("completed", "completed")
    assert shown["cursor"] == sent[-1][0]
    assert shown["last_seq"] == view.stream.last_seq == len(sent)
    assert view.message.answer == "Déjà vu \u2028 \U0001f600 [1]"


def test_a_run_is_shown_while_it_goes_on(client: httpx2.Client, told: ToldProvider) -> None:
    run_id = start(client, "told:held")
    with followed(client, run_id) as stream:
        seen = [next(stream), next(stream)]
        shown = client.get(f"/v1/runs/{run_id}").json()
        assert (shown["outcome"], shown["cursor"]) == (None, seen[-1].id)
        assert shown["view"]["message"]["answer"] == "before "
        told.held.go_on.set()
        assert [message.event for message in stream] == ["token", "status", "done"]
    assert [frame[0] for frame in frames(client, run_id, shown["cursor"])] == ["1-3", "1-4", "1-5"]


def test_the_answer_to_a_post_can_be_the_stream(client: httpx2.Client) -> None:
    body = {"question": "Why?", "agent": "told:ordinary"}
    with client.stream("POST", "/v1/runs", json=body, headers={"Accept": "text/event-stream"}) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        run_id = response.headers["playhead-run-id"]
        assert response.headers["location"] == f"/v1/runs/{run_id}"
        sent = [(message.id, message.event, message.data) for message in messages(response.iter_raw())]
    assert sent[-1][1] == "done"
    assert sent == frames(client, run_id)


def test_a_closed_connection_cancels_nothing(client: httpx2.Client, told: ToldProvider) -> None:
    body = {"question": "Why?", "agent": "told:held"}
    with client.stream("POST", "/v1/runs", json=body, headers={"Accept": "text/event-stream"}) as response:
        run_id = response.headers["playhead-run-id"]
        assert next(messages(response.iter_raw())).event == "status"
    for _ in range(3):
        with followed(client, run_id) as stream:
            next(stream)
    assert not told.held.cancelled.is_set()
    told.held.go_on.set()
    assert frames(client, run_id)[-1][1] == "done"
    assert client.get(f"/v1/runs/{run_id}").json()["outcome"] == "completed"
    assert not told.held.cancelled.is_set()


def test_cancel_reaches_the_agent_and_keeps_the_partial_answer(client: httpx2.Client, told: ToldProvider) -> None:
    run_id = start(client, "told:held")
    assert told.held.begun.wait(DEADLINE_S)
    with followed(client, run_id) as stream:
        seen: list[Message] = [next(stream), next(stream)]
        answer = client.post(f"/v1/runs/{run_id}/cancel")
        assert answer.status_code in (200, 202)
        seen += stream
    assert told.held.cancelled.wait(DEADLINE_S)
    assert [message.event for message in seen] == ["status", "token", "status", "done"]
    shown = client.get(f"/v1/runs/{run_id}").json()
    assert (shown["outcome"], shown["view"]["stream"]["partial"]) == ("cancelled", True)
    assert shown["view"]["message"]["answer"] == "before "


def test_cancel_of_an_ended_run_changes_nothing(client: httpx2.Client) -> None:
    run_id, sent = finish(client)
    for _ in range(2):
        answer = client.post(f"/v1/runs/{run_id}/cancel")
        assert (answer.status_code, answer.json()) == (200, {"run_id": run_id, "outcome": "completed"})
    assert frames(client, run_id) == sent


def test_cancel_may_be_asked_for_again(client: httpx2.Client, told: ToldProvider) -> None:
    run_id = start(client, "told:held")
    assert told.held.begun.wait(DEADLINE_S)
    answers = [client.post(f"/v1/runs/{run_id}/cancel") for _ in range(3)]
    assert {answer.status_code for answer in answers} <= {200, 202}
    assert [frame[1] for frame in frames(client, run_id)].count("done") == 1
    last = client.post(f"/v1/runs/{run_id}/cancel")
    assert (last.status_code, last.json()["outcome"]) == (200, "cancelled")


def test_the_same_key_finds_the_same_run(client: httpx2.Client) -> None:
    body = {"question": "Why?", "agent": "told:ordinary"}
    first, again = (client.post("/v1/runs", json=body, headers={"Idempotency-Key": "k-1"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    other = client.post("/v1/runs", json=body, headers={"Idempotency-Key": "k-2"})
    assert other.json()["run_id"] != first.json()["run_id"]


def test_a_key_for_another_request_is_refused(client: httpx2.Client) -> None:
    headers = {"Idempotency-Key": "k-1"}
    client.post("/v1/runs", json={"question": "Why?", "agent": "told:ordinary"}, headers=headers)
    answer = client.post("/v1/runs", json={"question": "How?", "agent": "told:ordinary"}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:playhead:problem:key-reused"


def test_two_requests_at_once_with_one_key_start_one_run(
    backend: BackendServer, client: httpx2.Client, told: ToldProvider
) -> None:
    together = threading.Barrier(8)

    def ask(_: int) -> tuple[int, str]:
        with backend.client() as own:
            together.wait(DEADLINE_S)
            body = {"question": "Why?", "agent": "told:held"}
            answer = own.post("/v1/runs", json=body, headers={"Idempotency-Key": "only-once"})
            return answer.status_code, str(answer.json()["run_id"])

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))
    assert sorted(status for status, _ in answers) == [200] * 7 + [201]
    assert len({run_id for _, run_id in answers}) == 1
    told.held.go_on.set()
    assert frames(client, answers[0][1])[-1][1] == "done"
    assert told.held.runs == 1


def test_too_many_runs_are_told_to_wait(tmp_path_factory: pytest.TempPathFactory, told: ToldProvider) -> None:
    with (
        BackendServer(tmp_path_factory.mktemp("data"), [told], max_concurrent_runs=1) as backend,
        backend.client() as client,
    ):
        run_id = start(client, "told:held")
        answer = client.post("/v1/runs", json={"question": "Why?", "agent": "told:ordinary"})
        assert (answer.status_code, answer.json()["status"]) == (429, 429)
        assert int(answer.headers["retry-after"]) >= 1
        told.held.go_on.set()
        assert frames(client, run_id)[-1][1] == "done"
