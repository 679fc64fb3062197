"""SIGTERM to a real server with ``--drain-s``: nothing new is taken, watchers are warned, and every run ends."""

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from backend.protocol.checks import check
from backend.protocol.events import parse_event
from backend.protocol.sse import Message
from tests.api.readers import followed, start
from tests.commands.serve_process import ServeProcess, serving

pytestmark = pytest.mark.server

PLENTY_S = 300.0


def until(stream: Iterator[Message], sign: str) -> str:
    """Read on until a message contains this; gives its data."""
    return next(message.data for message in stream if sign in message.data)


def slug(answer: httpx2.Response) -> str:
    return str(answer.json()["type"]).rpartition(":")[2]


def codes_of(messages: list[str]) -> list[str]:
    """The codes of the warnings in a whole log, which keeps the rules."""
    events = [parse_event(data) for data in messages]
    assert check(events) == []
    return [json.loads(data)["code"] for data in messages if '"type":"warning"' in data]


def test_a_drain_refuses_new_questions_and_lets_runs_end(tmp_path: Path) -> None:
    with serving(tmp_path, "--drain-s", str(PLENTY_S)) as child, child.client() as client:
        running = start(client, "scripted:happy_path")
        waiting = start(client, "scripted:approval")
        with followed(client, running) as ran, followed(client, waiting) as waited:
            asked = json.loads(until(waited, '"request":'))
            child.process.send_signal(signal.SIGTERM)
            for stream in (ran, waited):
                until(stream, '"code":"server-stopping"')
            refused = client.post("/v1/runs", json={"question": "One more?"})
            assert (refused.status_code, slug(refused)) == (503, "server-stopping")
            assert PLENTY_S / 2 < int(refused.headers["Retry-After"]) <= PLENTY_S + 2
            unready = client.get("/readyz")
            assert (unready.status_code, slug(unready)) == (503, "server-stopping")
            assert client.get("/healthz").status_code == 200
            request = asked["request"]["input_id"]
            answer = client.post(f"/v1/runs/{waiting}/inputs/{request}", json={"action": "accept"})
            assert answer.status_code == 200, answer.text
            ends = [until(stream, '"type":"done"') for stream in (ran, waited)]
        assert [json.loads(end)["outcome"] for end in ends] == ["completed"] * 2
        assert child.end()[0] == 0


def a_run_of_each_state(client: httpx2.Client) -> dict[str, str]:
    """A run that is running, one that waits for a person and one that is paused; by state."""
    runs = {
        "running": start(client, "scripted:stall"),
        "waiting": start(client, "scripted:approval"),
        "paused": start(client, "scripted:long_answer"),
    }
    with followed(client, runs["waiting"]) as stream:
        until(stream, '"request":')
    paused = client.post(f"/v1/runs/{runs['paused']}/pause", json={})
    assert paused.status_code == 200, paused.text
    return runs


@pytest.mark.parametrize(("drain_s", "signals"), [(0.5, 1), (PLENTY_S, 2), (0, 1)], ids=["time", "second", "none"])
def test_what_does_not_end_in_time_is_interrupted_with_a_warning(tmp_path: Path, drain_s: float, signals: int) -> None:
    began = time.monotonic()
    with serving(tmp_path, "--drain-s", str(drain_s)) as child, child.client() as client:
        runs = a_run_of_each_state(client)
        with followed(client, runs["running"]) as stream:
            next(stream)
            child.process.send_signal(signal.SIGTERM)
            seen = [until(stream, '"code":"server-stopp')]
            if signals == 2:
                child.process.send_signal(signal.SIGTERM)
            seen += [message.data for message in stream]
        assert '"type":"done"' in seen[-1], "watchers see the end"
        code, _, err = child.end()
    assert (code, "Traceback" in err) == (0, False)
    assert time.monotonic() - began < PLENTY_S / 4
    warned = ["server-stopping", "server-stopped"] if drain_s else ["server-stopped"]
    with serving(tmp_path) as child, child.client() as client:
        for state, run_id in runs.items():
            with followed(client, run_id) as stream:
                messages = [message.data for message in stream]
            assert codes_of(messages)[-len(warned) :] == warned, state
            assert json.loads(messages[-1])["outcome"] == "interrupted", state


def test_a_server_without_runs_stops_at_once(tmp_path: Path) -> None:
    child = ServeProcess("--port", "0", "--data", str(tmp_path), "--drain-s", str(PLENTY_S))
    child.wait_until_listening()
    began = time.monotonic()
    assert child.end(signal.SIGTERM)[0] == 0
    assert time.monotonic() - began < PLENTY_S / 4
