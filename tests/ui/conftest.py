"""The product as a user has it: one backend and both UIs, each a process of its own, for the whole session."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Browser

from backend.launch.child import ChildProcess
from backend.launch.ports import free_port
from backend.launch.server import LocalServer
from tests.ui.reader import Reader

START_S = 90.0


@pytest.fixture(scope="session")
def backend_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A backend with the bundled documents and scenarios, and two more that leave a test the time it needs."""
    scenarios = Path(__file__).parent / "scenarios"
    with LocalServer(tmp_path_factory.mktemp("ui") / "data", scenarios_dir=scenarios) as server:
        yield server.url


@pytest.fixture(scope="session", params=["ui_gradio", "ui_streamlit"])
def ui_url(request: pytest.FixtureRequest, backend_url: str, chromium_path: str) -> Iterator[str]:
    """One UI after the other, each tested with the whole suite."""
    pytest.importorskip(request.param.removeprefix("ui_"))
    port = free_port()
    command = [sys.executable, "-m", request.param, "--port", str(port), "--backend", backend_url]
    with ChildProcess(request.param, command) as process:
        process.wait_until_ready(f"http://127.0.0.1:{port}/", START_S)
        yield f"http://127.0.0.1:{port}/"


@pytest_asyncio.fixture(loop_scope="session")
async def reader(ui_url: str, browser: Browser) -> AsyncIterator[Reader]:
    """Somebody with the page open in a window of 1280x720. Errors on the page's console fail the test."""
    context = await browser.new_context(viewport={"width": 1280, "height": 720})
    reader = Reader(await context.new_page(), ui_url)
    yield reader
    await context.close()
    assert reader.complaints == []
    assert reader.foreign_requests == []


@pytest.fixture
def backend(backend_url: str) -> Iterator[httpx2.Client]:
    """The backend behind the page, to see what really happened."""
    with httpx2.Client(base_url=backend_url) as client:
        yield client


@pytest.fixture(scope="session")
def picture_folder(repository: Path) -> Path:
    """Where pictures of the pages go, for people to look at."""
    folder = repository / "test-output" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
