"""The stores of this room's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.runs.sqlite.store import SqliteStore
from backend.runs.store import RunStore
from backend.settings import Settings
from tests.fakes import ManualClock
from tests.memory_store import MemoryStore
from tests.runs.bench import Bench


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[RunStore]:
    """Each adapter of the store port, open."""
    adapter: RunStore = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path)
    await adapter.open()
    yield adapter
    await adapter.close()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A supervisor's surroundings, with the server's usual settings."""
    return Bench(MemoryStore(), ManualClock(), Settings(data_dir=tmp_path))
