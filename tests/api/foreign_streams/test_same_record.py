"""A question leads to the same run, whichever client asks it."""

from typing import Any

import httpx2
import pytest

from tests.api.foreign_streams.runs import RUN_ID, run_now

pytestmark = pytest.mark.server

OPTIONS = {"speed": 4.0, "seed": 7}

REQUESTS: dict[str, dict[str, Any]] = {
    "/ag-ui": {
        "threadId": "talk",
        "runId": "r",
        "messages": [{"id": "m", "role": "user", "content": "Why?"}],
        "forwardedProps": {"agent": "to:full", "options": OPTIONS},
    },
    "/ai-sdk": {
        "id": "talk",
        "messages": [{"role": "user", "parts": [{"type": "text", "text": "Why?"}]}],
        "agent": "to:full",
        "options": OPTIONS,
    },
    "/openai/v1/chat/completions": {
        "model": "to:full",
        "messages": [{"role": "user", "content": "Why?"}],
        "options": OPTIONS,
    },
}

OF_EACH_RUN = {"run_id", "session_id", "created_at", "duration_ms", "ttft_ms", "links", "cursor", "view"}
"""What is another one for every run."""


def asked_for(run: dict[str, Any]) -> dict[str, Any]:
    """What is known of the run, without what is another one for every run."""
    assert run["created_at"].endswith("+00:00")
    assert run["links"]["self"] == f"/v1/runs/{run['run_id']}"
    return {name: value for name, value in run.items() if name not in OF_EACH_RUN}


@pytest.mark.parametrize("path", REQUESTS)
def test_a_foreign_client_gets_the_same_run_as_a_native_one(client: httpx2.Client, path: str) -> None:
    native = {"question": "Why?", "agent": "to:full", "options": OPTIONS}
    streamed = client.post("/v1/runs", json=native, headers={"Accept": "text/event-stream"})
    own = run_now(client, streamed.headers["playhead-run-id"])
    response = client.post(path, json=REQUESTS[path])
    foreign = run_now(client, response.headers[RUN_ID])
    assert asked_for(foreign) == asked_for(own)
    assert foreign["question"] == "Why?"
    assert foreign["options"]["seed"] == 7
    session = client.get(f"/v1/sessions/{foreign['session_id']}").json()
    assert session["title"] == "Why?"
    assert [run["run_id"] for run in session["runs"]] == [foreign["run_id"]]
