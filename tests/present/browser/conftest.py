"""A page of fragments with the pages' script on it, and the two ways in which the UIs draw anew."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page

from backend.present.browser import page_script
from backend.present.theme.style import style_element

Show = Callable[[str], Awaitable[None]]

REPLACE = "([place, html]) => { document.querySelector(place).innerHTML = html; }"
"""As Streamlit does: new elements in the place of the old."""

CHANGE = """
([place, html]) => {
  const change = (old, made) => {
    if (old.nodeName !== made.nodeName) { old.replaceWith(made.cloneNode(true)); return; }
    if (old.nodeType === Node.TEXT_NODE) { if (old.data !== made.data) old.data = made.data; return; }
    for (const name of old.getAttributeNames()) if (!made.hasAttribute(name)) old.removeAttribute(name);
    for (const name of made.getAttributeNames()) old.setAttribute(name, made.getAttribute(name));
    const [before, after] = [[...old.childNodes], [...made.childNodes]];
    for (let index = 0; index < Math.max(before.length, after.length); index++) {
      if (!before[index]) old.append(after[index].cloneNode(true));
      else if (!after[index]) before[index].remove();
      else change(before[index], after[index]);
    }
  };
  const place_ = document.querySelector(place), made = place_.cloneNode(false);
  made.innerHTML = html;
  change(place_, made);
}
"""
"""As Gradio does: the old elements are changed into the new ones."""


@pytest.fixture
def show(page: Page) -> Show:
    """Put fragments on a page of their own, with the script run twice, as a page that is mounted twice does."""

    async def put(body: str) -> None:
        await page.route("http://playhead.test/**", lambda route: route.fulfill(body="", content_type="text/html"))
        await page.goto("http://playhead.test/replay")
        await page.set_content(f"<!doctype html><title>t</title>{style_element('auto')}<body>{body}</body>")
        for _ in range(2):
            await page.add_script_tag(content=page_script())

    return put


@pytest.fixture(params=[REPLACE, CHANGE], ids=["replaced", "changed"])
def redraw(request: pytest.FixtureRequest, page: Page) -> Callable[[str, str], Awaitable[None]]:
    """Draw what a selector names anew, in either way."""

    async def draw(place: str, html: str) -> None:
        await page.evaluate(request.param, [place, html])

    return draw
