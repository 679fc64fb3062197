"""The stores of this room's tests."""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.keys import Keys
from backend.runs.redis.store import RedisStore
from backend.runs.sqlite.store import SqliteStore
from backend.runs.store import RunStore
from backend.settings import Settings
from tests.fakes import ManualClock
from tests.memory_store import MemoryStore
from tests.redis_server import RedisServer
from tests.runs.bench import Bench

_deployments = itertools.count()


def redis_store(server: RedisServer, **options: Any) -> RedisStore:
    """A node of a deployment that nobody else uses."""
    return RedisStore(RedisConnection(server.url), Keys(f"test-{next(_deployments)}"), **options)


@pytest.fixture(params=["memory", "sqlite", "redis"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[RunStore]:
    """Each adapter of the store port, open."""
    adapter: RunStore
    if request.param == "memory":
        adapter = MemoryStore()
    elif request.param == "sqlite":
        adapter = SqliteStore(tmp_path)
    else:
        adapter = redis_store(request.getfixturevalue("redis_server"))
    await adapter.open()
    yield adapter
    await adapter.close()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A supervisor's surroundings, with the server's usual settings."""
    return Bench(MemoryStore(), ManualClock(), Settings(data_dir=tmp_path))
