"""A real backend for the commands that ask one, shared by this room's tests."""

from collections.abc import Iterator

import httpx2
import pytest

from backend.launch.server import LocalServer


@pytest.fixture(scope="session")
def backend_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a backend of its own process."""
    with LocalServer(tmp_path_factory.mktemp("commands") / "data") as server:
        yield server.url


@pytest.fixture(scope="session")
def ended_run(backend_url: str) -> str:
    """The id of a run that has ended: the happy path, without waiting."""
    request = {"question": "Show me", "agent": "scripted:happy_path", "options": {"speed": 0}}
    with httpx2.Client(base_url=backend_url, timeout=60, trust_env=False) as http:
        run_id: str = http.post("/v1/runs", json=request).json()["run_id"]
        http.get(f"/v1/runs/{run_id}/events")
    return run_id


@pytest.fixture(scope="session")
def recording(backend_url: str, ended_run: str) -> bytes:
    """The recording of ``ended_run``."""
    with httpx2.Client(base_url=backend_url, timeout=60, trust_env=False) as http:
        return http.get(f"/v1/runs/{ended_run}/recording").content
