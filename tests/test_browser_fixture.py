"""The browser fixtures work beside ordinary async tests: one loop for the browser, one per test for the rest."""

import asyncio

import pytest
from playwright.async_api import Page

from tests.fakes import turn


async def test_an_ordinary_async_test_before() -> None:
    await turn()


@pytest.mark.browser
async def test_draws_a_page(page: Page) -> None:
    await page.set_content("<h1>Playhead</h1>")
    assert await page.text_content("h1") == "Playhead"
    assert page.viewport_size == {"width": 1280, "height": 720}


@pytest.mark.browser
async def test_pages_share_nothing(page: Page) -> None:
    assert await page.context.cookies() == []
    assert page.url == "about:blank"


def test_an_ordinary_test_after() -> None:
    with asyncio.Runner() as runner:
        runner.run(turn())
