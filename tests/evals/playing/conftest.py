"""A backend for the runs that are played here."""

from collections.abc import Iterator

import pytest

from backend.launch.server import LocalServer
from tests.evals.playing.short_runs import SHORT, STANDING


@pytest.fixture(scope="package")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A backend with a short scenario, and the same one with time to cancel it."""
    folder = tmp_path_factory.mktemp("scenarios")
    (folder / "short.yaml").write_text(SHORT)
    (folder / "slow.yaml").write_text(SHORT + STANDING)
    with LocalServer(tmp_path_factory.mktemp("data"), scenarios_dir=folder) as server:
        yield server.url
