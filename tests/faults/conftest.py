"""A deployment for each module of these tests, and what a test needs to hurt it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.faults.deployment import Deployment
from tests.redis_server import RedisServer, running_redis


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of a module live on the loop of its deployment."""
    for item in items:
        if "tests/faults/" in str(item.path):
            item.add_marker(pytest.mark.faults)
            item.add_marker(pytest.mark.timeout(300))
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """The Redis of the module's deployment, with an append-only file."""
    with running_redis(tmp_path_factory.mktemp("redis"), aof=True) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def deployment(redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Deployment]:
    """Two web nodes and two workers."""
    started = Deployment(tmp_path_factory.mktemp("nodes"), redis.url)
    try:
        await started.start()
        yield started
    finally:
        await started.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the test."""
    return tmp_path
