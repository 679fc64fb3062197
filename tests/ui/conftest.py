"""The product as a user has it: one backend and both UIs, each a process of its own, for the whole session."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Browser

from backend.launch.server import LocalServer
from evals.pages.page_target import served
from tests.ui import delays
from tests.ui.hostile_scenario import hostile_scenario
from tests.ui.reader import Reader

MEASURED_EVENTS = 5_000
MEASURED_RATE = 400.0


@pytest.fixture(scope="session")
def backend_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A backend with the bundled documents and scenarios, and those that leave a test the time it needs."""
    scenarios = tmp_path_factory.mktemp("scenarios")
    for file in (Path(__file__).parent / "scenarios").iterdir():
        shutil.copy(file, scenarios)
    (scenarios / "measured.yaml").write_text(delays.scenario(MEASURED_EVENTS, MEASURED_RATE), encoding="utf-8")
    (scenarios / "hostile.yaml").write_text(hostile_scenario(), encoding="utf-8")
    with LocalServer(tmp_path_factory.mktemp("ui") / "data", scenarios_dir=scenarios) as server:
        yield server.url


@pytest.fixture(scope="session", params=["ui_gradio", "ui_streamlit"])
def ui_name(request: pytest.FixtureRequest) -> str:
    """One UI after the other, each tested with the whole suite."""
    name: str = request.param
    pytest.importorskip(name.removeprefix("ui_"))
    return name


@pytest.fixture(scope="session")
def ui_url(ui_name: str, backend_url: str, chromium_path: str) -> Iterator[str]:
    """The address of that UI."""
    with served(ui_name, backend_url) as url:
        yield url


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
