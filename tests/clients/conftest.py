"""node with the pinned clients, and one backend for all cases of a file."""

import shutil
import subprocess
from collections.abc import Iterator

import httpx2
import pytest

from backend.agents.scripted.provider import ScriptedProvider
from backend.settings import Settings
from tests.api.backend_server import BackendServer
from tests.clients.agents import ClientsProvider
from tests.clients.drivers import NODE_FOLDER
from tests.conftest import missing

OLDEST_NODE = 20


def find_node() -> str:
    """The node to run. Skips where there is none that is new enough; with CI=true that is a failure."""
    node = shutil.which("node")
    if node is None:
        missing("needs node 20 or newer on PATH")
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(told.removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        missing(f"needs node {OLDEST_NODE} or newer, and {node} is {told}")
    return node


@pytest.fixture(scope="session")
def node() -> str:
    """node, with the clients beside the drivers."""
    found = find_node()
    if not (NODE_FOLDER / "node_modules" / ".installed").is_file():
        missing("needs the clients of tests/clients/node: run scripts/ensure-node-clients")
    return found


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    """A backend with agents that wait, fail or play a scenario."""
    folder = tmp_path_factory.mktemp("clients")
    with BackendServer(folder, [ClientsProvider(), ScriptedProvider(Settings(data_dir=folder))]) as server:
        yield server


@pytest.fixture(scope="module")
def client(backend: BackendServer) -> Iterator[httpx2.Client]:
    """Our own API of ``backend``."""
    with backend.client() as client:
        yield client
