"""A running backend with agents that do what a test tells them, and a client of it."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.api.backend_server import BackendServer
from tests.api.told_agents import ToldProvider


@pytest.fixture
def told() -> ToldProvider:
    """The agents of ``backend``."""
    return ToldProvider()


@pytest.fixture
def backend(tmp_path: Path, told: ToldProvider) -> Iterator[BackendServer]:
    """A backend whose only agents are ``told``."""
    with BackendServer(tmp_path, [told]) as server:
        yield server
        told.held.go_on.set()


@pytest.fixture
def client(backend: BackendServer) -> Iterator[httpx2.Client]:
    """A client of ``backend``."""
    with backend.client() as client:
        yield client
