"""The conversation's own scrolling, on a page of fragments with the pages' script on it."""

import pytest
from playwright.async_api import Page, expect

from backend.present.pages.notices import latest_html
from tests.present.browser.conftest import Show

pytestmark = pytest.mark.browser

PLACE = """
<style>#ph-reading { height: 300px; overflow-y: auto; } .ph-latest { transform: translateY(-100%); }</style>
<div id="ph-reading">
  <p class="ph-question">What is long?</p><div class="ph-answer" style="height: 3000px">This.</div>
</div>
"""
SCROLLED_TO = "() => document.querySelector('#ph-reading').scrollTop"


async def test_a_wheel_on_the_button_above_the_place_moves_the_place(page: Page, show: Show) -> None:
    await show(PLACE + latest_html())
    latest = page.get_by_role("button", name="Latest")
    await expect(latest).to_be_visible()
    await latest.hover()
    await page.mouse.wheel(0, 500)
    await page.wait_for_function(f"() => ({SCROLLED_TO})() === 500")
    await page.mouse.wheel(0, -200)
    await page.wait_for_function(f"() => ({SCROLLED_TO})() === 300")
    await expect(latest).to_be_visible()
