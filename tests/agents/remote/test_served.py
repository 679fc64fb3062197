"""The remote agent in a whole backend: its limits, its cancel and its history are those of every agent."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from backend.settings import Settings
from backend.wiring import build_app
from tests.agents.model.scripted_provider import Reply, ScriptedProvider
from tests.agents.remote.hearing import chat
from tests.live_server import LiveServer

pytestmark = pytest.mark.server

DEADLINE_S = 60.0
HALF = chat("Half").partition(b"\n\n")[0] + b"\n\n"


@contextmanager
def backend(tmp_path: Path, url: str, silence_timeout_s: float = 60.0) -> Iterator[httpx2.Client]:
    settings = Settings(data_dir=tmp_path, remote=f"openai-chat:{url}/v1#llama", silence_timeout_s=silence_timeout_s)
    with (
        LiveServer(build_app(settings)) as server,
        httpx2.Client(base_url=server.url, timeout=DEADLINE_S, trust_env=False) as client,
    ):
        yield client


def asked(client: httpx2.Client, **body: Any) -> str:
    answer = client.post("/v1/runs", json={"question": "Why?", "agent": "remote", **body})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["run_id"])


def events(client: httpx2.Client, run_id: str) -> list[dict[str, Any]]:
    """All events of the run, once it has ended."""
    lines = client.get(f"/v1/runs/{run_id}/events").text.splitlines()
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


def test_a_cancel_closes_the_foreign_stream_and_keeps_what_was_written(
    served: tuple[ScriptedProvider, str], tmp_path: Path
) -> None:
    provider, url = served
    provider.script(Reply(HALF, then="hold"))
    with backend(tmp_path, url) as client:
        run_id = asked(client)
        with client.stream("GET", f"/v1/runs/{run_id}/events") as stream:
            for line in stream.iter_lines():
                if '"text":"Half"' in line:
                    break
        assert not provider.gone.is_set()
        client.post(f"/v1/runs/{run_id}/cancel")
        assert provider.gone.wait(DEADLINE_S)
        sent = events(client, run_id)
    assert (sent[-1]["outcome"], sent[-1]["partial"]) == ("cancelled", True)
    assert [event["text"] for event in sent if event["type"] == "token"] == ["Half"]


def test_a_server_that_falls_silent_is_left_by_the_run_s_own_limit(
    served: tuple[ScriptedProvider, str], tmp_path: Path
) -> None:
    provider, url = served
    provider.script(Reply(HALF, then="hold"))
    with backend(tmp_path, url, silence_timeout_s=0.5) as client:
        sent = events(client, asked(client))
    assert sent[-1]["outcome"] == "timed_out"
    assert sent[-2]["code"] == "silence"
    assert provider.gone.wait(DEADLINE_S)


def test_a_conversation_is_passed_on_and_usage_is_kept(served: tuple[ScriptedProvider, str], tmp_path: Path) -> None:
    provider, url = served
    provider.script(chat("Be", "cause."), chat("Again."))
    with backend(tmp_path, url) as client:
        first = client.get("/v1/agents").json()["agents"][0]
        run_id = asked(client)
        sent = events(client, run_id)
        session = client.get(f"/v1/runs/{run_id}").json()["session_id"]
        events(client, asked(client, question="And now?", session_id=session))
    assert first["agent"] == "remote", "what the operator asked for is offered first"
    assert sent[-1]["usage"] == {"input_tokens": 3, "output_tokens": 2}
    assert [(message["role"], message["content"]) for message in provider.asked[-1].body["messages"]] == [
        ("user", "Why?"),
        ("assistant", "Because."),
        ("user", "And now?"),
    ]


def test_nothing_is_offered_where_nothing_is_configured(tmp_path: Path) -> None:
    with LiveServer(build_app(Settings(data_dir=tmp_path))) as server:
        offered = httpx2.get(f"{server.url}/v1/agents", timeout=DEADLINE_S, trust_env=False).json()["agents"]
        refused = httpx2.post(
            f"{server.url}/v1/runs",
            json={"question": "Why?", "agent": "remote", "remote": "ag-ui:http://127.0.0.1:9/"},
            timeout=DEADLINE_S,
            trust_env=False,
        )
    assert "remote" not in [offer["agent"] for offer in offered]
    assert refused.status_code in (404, 422)
