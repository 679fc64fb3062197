"""What an agent sends is text to read, in both UIs: it never acts, links nowhere by itself and fetches nothing."""

import httpx2
import pytest
from playwright.async_api import expect

from tests.ui.hostile_scenario import hostile_text
from tests.ui.reader import Reader
from tests.ui.runs import finished

pytestmark = [pytest.mark.browser, pytest.mark.server]

UNSAFE_LINKS = """
() => [...document.querySelectorAll('a[href], area[href], [src], form[action], use')]
  .filter((e) => /^(javascript|vbscript|data:text|file|blob):?/i.test(e.getAttribute('href') ?? ''))
  .map((e) => e.outerHTML)
"""
ACTIVE = "img, iframe, object, embed, form, math, script, [onclick], [onerror], [onload], [onmouseover], [onfocus]"


@pytest.mark.parametrize("place", ["", "replay"])
async def test_hostile_text_is_inert(reader: Reader, backend: httpx2.Client, place: str) -> None:
    run_id = await finished(backend, "scripted:hostile", hostile_text())
    await reader.open(run_id, place=place)
    if place == "replay":
        # It opens before the first event.
        await reader.expect_moment()
        await reader.strip.press("End")
    await expect(reader.page.locator(".ph-source").first).to_be_visible()
    await reader.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    await reader.page.evaluate(
        "document.querySelectorAll('.ph, .ph *').forEach((e) => { e.dispatchEvent(new Event('mouseover')); })"
    )
    await reader.page.locator("a.ph-marker").first.hover()
    await expect(reader.page.get_by_role("tooltip")).to_contain_text("<script>")
    for source in await reader.page.locator(".ph-source").all():
        await source.locator(".ph-source-number").click()
    assert await reader.page.evaluate("window.attacked") is None
    assert await reader.page.evaluate(UNSAFE_LINKS) == []
    assert await reader.page.locator(f".ph :is({ACTIVE})").count() == 0
