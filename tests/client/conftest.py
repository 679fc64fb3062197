"""A real backend with the bundled agents, shared by this room's tests."""

from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest

from backend.client import RunClient, new_http
from backend.launch.server import LocalServer


@pytest.fixture(scope="session")
def backend_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a backend of its own process."""
    with LocalServer(tmp_path_factory.mktemp("client") / "data") as server:
        yield server.url


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    """An HTTP client of the test's event loop."""
    async with new_http() as client:
        yield client


@pytest.fixture
def client(backend_url: str, http: httpx2.AsyncClient) -> RunClient:
    """A client of the real backend."""
    return RunClient(backend_url, http)
