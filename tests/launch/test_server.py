"""A backend of one's own: `playhead serve` as a child."""

import socket
from pathlib import Path

import httpx2
import pytest

from backend.launch.child import ChildDied
from backend.launch.server import LocalServer, serve_command, worker_command

pytestmark = pytest.mark.server


def test_is_ready_inside_its_context_and_gone_after_it(tmp_path: Path) -> None:
    with LocalServer(tmp_path / "data") as server:
        assert httpx2.get(f"{server.url}/readyz").status_code == 200
    assert server.process.returncode == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))).close()


def test_a_backend_that_cannot_start_is_named_with_its_reason(tmp_path: Path) -> None:
    not_a_folder = tmp_path / "data"
    not_a_folder.write_text("a file")
    with pytest.raises(ChildDied, match="The backend ended by itself") as death, LocalServer(not_a_folder):
        pass
    assert str(not_a_folder) in str(death.value)


def test_a_worker_has_the_agents_and_the_redis_of_its_backend_and_none_of_its_doors(tmp_path: Path) -> None:
    serve = serve_command(
        port=8750,
        docs_dir=tmp_path,
        model="anthropic:x",
        allowed_hosts=["a.example"],
        show_reasoning=True,
        generate_token=True,
        drain_s=5.0,
        redis_url="redis://127.0.0.1:6379/0",
        redis_prefix="p",
        lease_s=3.0,
    )
    words = worker_command(serve)
    assert words[words.index("worker") + 1 :] == [
        *("--docs", str(tmp_path), "--model", "anthropic:x", "--drain-s", "5.0"),
        *("--redis", "redis://127.0.0.1:6379/0", "--redis-prefix", "p", "--lease-s", "3.0", "--show-reasoning"),
    ]
