"""Readers who are silent or gone, in every foreign dialect."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.api.backend_server import BackendServer
from tests.api.foreign_streams.agents import ForeignProvider
from tests.api.foreign_streams.runs import answer_of, opened, wait_until_ended

pytestmark = pytest.mark.server

REQUESTS: dict[str, dict[str, Any]] = {
    "/ag-ui/to:hold": {"messages": [{"id": "m", "role": "user", "content": "Why?"}]},
    "/ai-sdk?agent=to:hold": {"messages": [{"role": "user", "parts": [{"type": "text", "text": "Why?"}]}]},
    "/openai/v1/chat/completions": {
        "model": "to:hold",
        "messages": [{"role": "user", "content": "Why?"}],
        "stream": True,
    },
}


@pytest.mark.parametrize("path", ["/ag-ui/to:hold", "/ai-sdk?agent=to:hold"])
def test_closing_the_connection_cancels_nothing(
    backend: BackendServer, client: httpx2.Client, agents: ForeignProvider, path: str
) -> None:
    with opened(client, "POST", path, REQUESTS[path]) as stream:
        stream.read_until(b"before ")
    backend.call(lambda: backend.services.streams.until(0))
    assert not agents.held.cancelled.is_set()
    agents.held.go_on.set()
    wait_until_ended(backend, stream.run_id)
    assert answer_of(client, stream.run_id) == "before after"


@pytest.mark.parametrize("path", REQUESTS)
def test_a_heartbeat_is_a_comment_on_one_line_between_blocks(
    tmp_path: Path, agents: ForeignProvider, path: str
) -> None:
    with BackendServer(tmp_path, [agents], heartbeat_s=0.05) as backend, backend.client() as client:
        with opened(client, "POST", path, REQUESTS[path]) as stream:
            before = stream.read_until(b"before ")
            assert stream.read(5) == b": hb\n"
            agents.held.go_on.set()
            after = stream.rest()
        assert b"after" in after
        assert before.endswith(b"\n\n")
        assert b": hb\n\n" not in after


@pytest.mark.parametrize("path", REQUESTS)
def test_a_run_that_is_deleted_under_its_reader_does_not_look_like_success(client: httpx2.Client, path: str) -> None:
    with opened(client, "POST", path, REQUESTS[path]) as stream:
        stream.read_until(b"before ")
        assert client.delete(f"/v1/runs/{stream.run_id}").status_code == 204
        end = stream.rest()
    assert b'"success"' not in end
    assert b'"finish"' not in end
    assert b'"stop"' not in end
    assert b'"cancelled"' in end or b'"deleted"' in end
