"""The fragments in a real browser: nothing acts, nothing is fetched, and the stylesheet does what it says."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, Request

from backend.present.answer.blocks import answer_html
from backend.present.evidence.sources import sources_html
from backend.present.evidence.steps import steps_html
from backend.present.pages.status import status_html
from backend.present.theme.style import style_element
from backend.protocol.events import StatusEvent
from tests.present.samples import HOSTILE, HOSTILE_MARKDOWN, answered, cited, fragments, hostile_run, view_of

pytestmark = pytest.mark.browser


async def show(page: Page, folder: Path, body: str, theme: str = "light") -> list[str]:
    """Open the fragments as a page; gives the addresses it asked for beside its own."""
    file = folder / "page.html"
    style = style_element("auto")
    html = f'<!doctype html><html data-theme="{theme}"><meta charset="utf-8"><title>t</title>{style}{body}</html>'
    file.write_text(html, encoding="utf-8")
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url != file.as_uri() and not request.url.startswith("data:image/svg+xml,"):
            asked.append(request.url)

    page.on("request", note)
    await page.goto(file.as_uri())
    return asked


async def test_hostile_text_neither_acts_nor_fetches(page: Page, tmp_path: Path) -> None:
    body = "".join(html for text in [*HOSTILE, *HOSTILE_MARKDOWN] for html in fragments(hostile_run(text)).values())
    asked = await show(page, tmp_path, body)
    await page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    await page.evaluate("document.querySelectorAll('*').forEach((e) => { e.dispatchEvent(new Event('mouseover')) })")
    assert await page.evaluate("window.attacked") is None
    active = "script, img, iframe, svg, math, object, embed, form, input:not([type=hidden]), [onclick], [onerror], "
    active += "[onload]"
    assert await page.locator(f"body :is({active})").count() == 0
    assert asked == []


async def test_a_marker_leads_to_its_source_and_both_light_up(page: Page, tmp_path: Path) -> None:
    view = answered("Yes [1], no [2].", citations=(cited(1), cited(2)))
    await show(page, tmp_path, answer_html(view) + sources_html(view))

    async def ground(selector: str) -> str:
        return str(await page.eval_on_selector(selector, "(e) => getComputedStyle(e).backgroundColor"))

    quiet = await ground("#ph-source-2"), await ground(".ph-marker[data-number='2']")
    await page.click(".ph-marker[data-number='2']")
    await page.wait_for_function("document.querySelector('#ph-source-2').matches(':target')")
    await page.mouse.move(0, 0)
    await page.evaluate("Promise.all(document.getAnimations().map((a) => a.finished))")
    lit = await ground("#ph-source-2"), await ground(".ph-marker[data-number='2']")
    assert lit[0] != quiet[0]
    assert lit[1] != quiet[1]
    assert await ground("#ph-source-1") == quiet[0]


async def test_an_open_step_counts_by_itself(page: Page, tmp_path: Path) -> None:
    view = view_of(StatusEvent(step_id="a", step="retrieving"))
    await show(page, tmp_path, steps_html(view, 61_000.0) + status_html(view, 500.0))

    async def seconds() -> int:
        style = "getComputedStyle(document.querySelector('.ph-ticking')).getPropertyValue('--ph-seconds')"
        return int(await page.evaluate(style))

    first = await seconds()
    assert first >= 61
    async with asyncio.timeout(30):
        await page.wait_for_function(
            f"+getComputedStyle(document.querySelector('.ph-ticking')).getPropertyValue('--ph-seconds') > {first}"
        )


@pytest.mark.parametrize(("theme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(15, 18, 23)")])
async def test_fragments_follow_the_colour_scheme(page: Page, tmp_path: Path, theme: str, ground: str) -> None:
    view = answered("Yes [1].", citations=(cited(1),))
    await show(page, tmp_path, sources_html(view), theme)
    assert await page.eval_on_selector(".ph-source", "(e) => getComputedStyle(e).backgroundColor") == ground


async def test_fragments_fit_a_narrow_page(page: Page, tmp_path: Path) -> None:
    await page.set_viewport_size({"width": 400, "height": 720})
    wide = answered(
        f"| a | b |\n|---|---|\n| {'word ' * 60} | b |\n\n```\n{'x' * 400}\n```\n\n{'y' * 400} [1]",
        citations=(cited(1),),
    )
    long = cited(2, "z" * 300, url=f"https://a.example/{'z' * 300}", quote="q" * 300)
    body = answer_html(wide) + sources_html(view_of(long)) + steps_html(hostile_run("s" * 300)) + status_html(wide)
    await show(page, tmp_path, body)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 400
