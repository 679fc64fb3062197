"""What every room's tests share: folders of data, a browser, free ports.

Tests that need something the machine may lack skip and say why; with CI=true that is a failure, so that nothing goes
untested unseen. Recordings that are not part of this repository are the one exception: see ``tests.shared_folder``.

**Browser tests are async and share one event loop.** Playwright's sync API keeps a loop running in the main thread for
as long as it is open, and pytest-asyncio then cannot start one for any other test. So ``browser`` lives in a loop of
the session, and every test marked ``browser`` is put on that same loop (below). Such a test is an ``async def`` and
takes the fixture ``page``, or ``browser`` to open contexts of its own::

    @pytest.mark.browser
    async def test_title(page: Page) -> None:
        await page.goto(url)
"""

import os
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser, Page, async_playwright, expect

from backend.launch.ports import free_port as choose_free_port
from evals.pages.browser import CHROMIUM_FLAGS, BrowserMissing, find_chromium
from evals.pages.visitor import DEADLINE_MS
from tests.dialects.stream_index import OWN_STREAMS
from tests.shared_folder import shared_folder

pytest_plugins = ["tests.spreading", "tests.overdue", "tests.failures", "tests.reruns", "tests.redis_server"]

# How long an example takes says more of the machine than of the code. With CI set, the examples are always the same
# ones: that is Hypothesis's own profile for it, which is the parent here.
# Half of Hypothesis's usual number: a test that needs more says so.
settings.register_profile(
    "playhead", settings(), max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("playhead")

ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put browser tests on the loop that their browser lives on."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def missing(reason: str) -> NoReturn:
    """Skip the test for want of something on this machine; fail with CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason} (a failure because CI=true)", pytrace=False)
    pytest.skip(reason)


def need_framework(name: str) -> None:
    """Skip the test where this framework of a UI is not installed.

    It is not imported, which takes seconds: the UIs are processes of their own."""
    if find_spec(name) is None:
        pytest.skip(f"{name} is not installed")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of conformance cases and recorded provider streams that are not part of this repository."""
    return shared_folder(os.environ)


@pytest.fixture(scope="session", params=["own", "recorded"])
def stream_folder(request: pytest.FixtureRequest) -> Path:
    """A folder of captured streams with its index, see ``tests.dialects.stream_index``: first this project's own, then
    what real providers sent."""
    if request.param == "own":
        return OWN_STREAMS
    folder: Path = request.getfixturevalue("shared_data")
    return folder / "streams"


@pytest.fixture
def free_port() -> int:
    """A loopback TCP port that was free a moment ago."""
    return choose_free_port()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium to drive: PLAYHEAD_CHROMIUM, or the first one on PATH."""
    try:
        return find_chromium()
    except BrowserMissing as error:
        missing(str(error))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    """One headless Chromium for the session. What a test expects of a page may take as long on a busy machine as a
    click may: Playwright's own patience with expectations is a sixth of that.

    All pages of one site and context share a process, so that a script which one of them has compiled is ready for the
    next."""
    expect.set_options(timeout=DEADLINE_MS)
    async with async_playwright() as playwright:
        flags = [*CHROMIUM_FLAGS, "--process-per-site"]
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=flags)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A fresh page of 1280x720 with no history, cookies or storage."""
    context = await browser.new_context(viewport={"width": 1280, "height": 720})
    yield await context.new_page()
    await context.close()
