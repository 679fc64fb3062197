"""The product as a user has it: one backend and both UIs, each a process of its own, for the whole session."""

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

from backend.launch.ports import free_port
from backend.launch.server import LocalServer
from backend.protocol.recording_reader import parse_recording
from backend.protocol.recordings import Recording
from evals.pages.page_target import START_S, served
from tests.conftest import need_framework
from tests.ui import delays
from tests.ui.hostile_scenario import hostile_scenario
from tests.ui.reader import Reader
from tests.ui.runs import start

MEASURED_EVENTS = 3_000
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


@pytest.fixture(scope="session")
def brief_run(backend_url: str) -> tuple[str, Recording]:
    """A run at its own pace, so that its events stand apart, and its recording. Nothing changes or deletes it."""
    with httpx2.Client(base_url=backend_url, timeout=START_S) as client:
        run_id = start(client, "scripted:brief", "What is brief?")
        client.get(f"/v1/runs/{run_id}/events")
        return run_id, parse_recording(client.get(f"/v1/runs/{run_id}/recording").raise_for_status().content)


@pytest.fixture(scope="session", params=["ui_gradio", "ui_streamlit"])
def ui_name(request: pytest.FixtureRequest) -> str:
    """One UI after the other, each tested with the whole suite."""
    name: str = request.param
    need_framework(name.removeprefix("ui_"))
    return name


@pytest.fixture(scope="session")
def ui_url(ui_name: str, backend_url: str, chromium_path: str) -> Iterator[str]:
    """The address of that UI."""
    with served(ui_name, backend_url) as url:
        yield url


@dataclass(frozen=True)
class LoneUi:
    """A UI at ``url``, whose backend the tests start and end: on ``backend_port`` of loopback."""

    url: str
    backend_port: int


@pytest.fixture(scope="session")
def lone_ui(ui_name: str, chromium_path: str) -> Iterator[LoneUi]:
    """That UI without a backend."""
    port = free_port()
    with served(ui_name, f"http://127.0.0.1:{port}") as url:
        yield LoneUi(url, port)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser_profile(ui_name: str, browser: Browser) -> AsyncIterator[BrowserContext]:
    """What a browser keeps between two visits: scripts and styles of the UI, which take longer to load than most tests
    to run. Playwright waits for conditions by evaluating text, which the pages' policy forbids."""
    context = await browser.new_context(viewport={"width": 1280, "height": 720}, bypass_csp=True)
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def reader(ui_url: str, browser_profile: BrowserContext) -> AsyncIterator[Reader]:
    """Somebody with the page open in a window of 1280x720, who was never there before: nothing is stored but the UI's
    own files. Errors on the page's console fail the test."""
    empty = await empty_page(browser_profile, ui_url)
    kept = browser_profile.pages
    reader = Reader(await browser_profile.new_page(), ui_url)
    yield reader
    for page in browser_profile.pages:
        if page not in kept:
            await page.close()
    await browser_profile.clear_cookies()
    await browser_profile.clear_permissions()
    await forget_storage(empty, ui_url)
    assert reader.complaints == []
    assert reader.foreign_requests == []


async def empty_page(profile: BrowserContext, url: str) -> Page:
    """A page at that address with nothing on it, which stays open: Chromium keeps the process of a site, with the
    scripts that it has compiled, while one of its pages is open."""
    found = next((page for page in profile.pages if page.url == url), None)
    if found is not None:
        return found
    page = await profile.new_page()
    await page.route("**", lambda route: route.fulfill(body="", content_type="text/html"))
    await page.goto(url)
    return page


async def forget_storage(page: Page, url: str) -> None:
    """Empty what pages of that address have stored."""
    session = await page.context.new_cdp_session(page)
    await session.send("Storage.clearDataForOrigin", {"origin": url.rstrip("/"), "storageTypes": "local_storage"})
    await session.detach()


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
