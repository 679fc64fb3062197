"""Chromium, driven by playwright. Both are optional: if one is missing, one sentence says how to get it."""

import os
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from backend.extras import missing_package
from evals.pages.page_target import MODULES, PageError, PageTarget

if TYPE_CHECKING:
    from playwright.async_api import Browser

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class BrowserMissing(PageError):
    """No page can be opened on this machine. The message names the missing package."""


def find_chromium() -> str:
    """The Chromium to drive: PLAYHEAD_CHROMIUM, or the first one on PATH. Raises ``BrowserMissing``."""
    named = os.environ.get("PLAYHEAD_CHROMIUM")
    found = next(filter(None, map(shutil.which, (named,) if named else CHROMIUM_NAMES)), None)
    if found is None:
        where = f"PLAYHEAD_CHROMIUM names {named!r}, which is not a program" if named else "none was found on PATH"
        raise BrowserMissing(
            f"Measuring a page needs Chromium, and {where}: run scripts/ensure-browser, or set PLAYHEAD_CHROMIUM."
        )
    return found


def check_browser() -> None:
    """Check that playwright and Chromium are installed. Raises ``BrowserMissing``."""
    try:
        import playwright.async_api  # noqa: F401
    except ImportError as error:
        raise BrowserMissing(missing_package("Measuring a page", "playwright")) from error
    find_chromium()


def check_pages(pages: Sequence[PageTarget]) -> None:
    """Check that these UIs can be started and opened here. Raises ``PageError``."""
    check_browser()
    for page in pages:
        missing = [name for name in (page.interface, MODULES[page.interface]) if find_spec(name) is None]
        if page.url is None and missing:
            raise PageError(
                f"{missing_package(f'The {page.interface} page', missing[0])} "
                f"Or give the address of one that is running: {page.interface}=http://HOST:PORT."
            )


@asynccontextmanager
async def open_browser() -> "AsyncIterator[Browser]":
    """One headless Chromium while inside. Raises ``BrowserMissing``."""
    check_browser()
    from playwright.async_api import Error, async_playwright

    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(executable_path=find_chromium(), args=list(CHROMIUM_FLAGS))
        except Error as error:
            raise BrowserMissing(f"Chromium does not start: {str(error).splitlines()[0]}") from error
        try:
            yield browser
        finally:
            await browser.close()
