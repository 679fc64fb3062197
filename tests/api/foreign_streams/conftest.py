"""A backend whose agents are those that foreign clients are tried on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.backend_server import BackendServer
from tests.api.foreign_streams.agents import ForeignProvider


@pytest.fixture
def agents() -> ForeignProvider:
    """The agents of ``backend``."""
    return ForeignProvider()


@pytest.fixture
def backend(tmp_path: Path, agents: ForeignProvider) -> Iterator[BackendServer]:
    """A backend with these agents."""
    with BackendServer(tmp_path, [agents]) as server:
        yield server
        agents.held.go_on.set()
