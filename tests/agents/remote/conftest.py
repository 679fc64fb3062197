"""A server on loopback that answers as the test's script says."""

from collections.abc import Iterator

import pytest

from tests.agents.model.scripted_provider import ScriptedProvider
from tests.live_server import LiveServer


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[ScriptedProvider, str]]:
    provider = ScriptedProvider()
    with LiveServer(provider) as server:
        yield provider, server.url
