"""The run strip as the pages' script draws it: what it shows, how it is moved along, and what it costs."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from playwright.async_api import Page, expect

from backend.present.browser import strip_script
from backend.present.strip.fold import strip_of
from backend.present.strip.page_data import ShownStrip, strip_data
from backend.protocol.events import DoneEvent, KnownEvent, StatusEvent
from tests.present.browser.conftest import Show
from tests.present.samples import numbered
from tests.present.strip.test_fold import busy_run, run

pytestmark = pytest.mark.browser

SOURCE = '<ol><li class="ph-source" id="ph-source-1">One</li><li class="ph-source" id="ph-source-2">Two</li></ol>'
PAINT = """
(css) => {
  const {fill, stroke, strokeDasharray} = getComputedStyle(document.querySelector(css));
  return [fill, stroke, strokeDasharray];
}
"""
LAID_OUT = """
() => [...document.querySelectorAll('.ph-strip-bar')].map((bar) => {
  const {left, width, top} = bar.getBoundingClientRect();
  return [left, width, top];
})
"""


async def shown(page: Page, show: Show, events: Sequence[KnownEvent], live_ms: float | None = None) -> dict[str, Any]:
    """A page with the strip of these events. Returns its data."""
    await show(f'<div id="strip" style="width: 620px"></div>{SOURCE}')
    data = strip_data([ShownStrip(strip_of(events), live_ms)])
    script = f"{strip_script()}\nwindow.strip = startStrip(document.querySelector('#strip'));"
    await page.add_script_tag(content=f"(() => {{ {script} }})();")
    await take(page, data)
    return data


async def take(page: Page, data: dict[str, Any]) -> None:
    # The strip draws once a frame.
    await page.evaluate(
        "(data) => new Promise((drawn) => { window.strip.take(data); "
        "const next = window.nextFrame ?? requestAnimationFrame; next(() => next(drawn)); })",
        data,
    )


async def test_keys_go_from_event_to_event_with_one_tab_stop(page: Page, show: Show) -> None:
    await shown(page, show, run())
    strip = page.get_by_role("slider", name="Run strip")
    await page.keyboard.press("Tab")
    await expect(strip).to_be_focused()
    heard = []
    await page.keyboard.press("Home")
    for _ in range(5):
        heard.append(await strip.get_attribute("aria-valuetext"))
        await page.keyboard.press("ArrowRight")
    assert heard == [
        "0 ms of 3.3 s, nothing yet",
        "50 ms of 3.3 s, Searching the documents begins",
        "400 ms of 3.3 s, Searching the documents: failed",
        "410 ms of 3.3 s, Writing the answer begins",
        "500 ms of 3.3 s, source [1] arrives",
    ]
    await page.keyboard.press("End")
    await expect(strip).to_have_attribute("aria-valuetext", "3.3 s of 3.3 s, Writing the answer: failed, Failed")
    await page.keyboard.press("ArrowLeft")
    await expect(strip).to_have_attribute("aria-valuetext", "3.3 s of 3.3 s, an error")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.closest('.ph-strip')") is None, "one stop"
    assert await strip.locator("a, button, [href], [tabindex]").count() == 0, "a slider has no control inside"
    assert await page.evaluate("document.querySelector('.ph-strip-svg').getAttribute('aria-hidden')") == "true"


async def test_a_press_near_a_point_moves_there_and_leads_to_its_source(page: Page, show: Show) -> None:
    await shown(page, show, run())
    box = await page.locator(".ph-strip-citation").last.bounding_box()
    assert box is not None
    await page.mouse.click(box["x"] + box["width"] / 2 + 8, box["y"] + box["height"] / 2 + 8)
    await expect(page.get_by_role("slider")).to_have_attribute("aria-valuetext", "3.0 s of 3.3 s, source [2] arrives")
    assert await page.evaluate("window.location.hash") == "#ph-source-2"


async def test_a_step_of_no_length_is_seen_and_in_order(page: Page, show: Show) -> None:
    states = [("a", 0, 900), ("b", 900, 900), ("c", 900, 1_000)]
    events = [
        StatusEvent(step_id=name, step="x", label=name, state=state, at_ms=at_ms)
        for name, start, end in states
        for state, at_ms in (("started", start), ("finished", end))
    ]
    await shown(page, show, numbered([*events, DoneEvent(at_ms=1_000)]))
    bars = await page.evaluate(LAID_OUT)
    assert [width >= 3 for _, width, _ in bars] == [True] * 3
    assert bars == sorted(bars, key=lambda bar: (bar[2], bar[0]))
    assert await page.locator(".ph-strip-name bdi").all_inner_texts() == ["a", "b", "c"]


async def test_a_busy_run_has_few_nodes_and_small_data(page: Page, show: Show) -> None:
    events = busy_run(300, 900, 2_000)
    for some in (events, events[:-1]):
        data = await shown(page, show, some, live_ms=None)
        assert await page.evaluate("document.querySelectorAll('.ph-strip *').length") <= 600
        assert len(json.dumps(data, ensure_ascii=False).encode()) <= 4_600, "with the quotes of a text in a text"
        assert await page.locator(".ph-strip-name").last.inner_text() == "+ 261 more"


async def test_open_bars_grow_by_the_clock_and_the_axis_jumps(page: Page, show: Show) -> None:
    await shown(page, show, run()[:3], live_ms=3_500)
    grown = "() => document.querySelectorAll('.ph-strip-bar')[1].getBoundingClientRect().width"
    before = await page.evaluate(grown)
    await page.wait_for_function(f"(before) => ({grown})() > before + 1", arg=before)
    # Past 5 s the axis reaches 10 s: the bar is half as long at once, and grows again, so the same frame is measured.
    long = "document.querySelector('.ph-strip').textContent.includes('10 s')"
    halved = await page.wait_for_function(f"() => {long} && ({grown})()")
    assert await halved.json_value() < before
    await take(page, strip_data([ShownStrip(strip_of(run()))]))
    await expect(page.locator(".ph-strip-head")).to_have_text("Failed 3.3 s")


async def test_what_moves_stands_still_where_motion_is_reduced(page: Page, show: Show) -> None:
    await page.emulate_media(reduced_motion="reduce")
    await page.add_init_script(
        "window.nextFrame = window.requestAnimationFrame.bind(window); window.frames = 0;"
        "window.requestAnimationFrame = () => { window.frames += 1; };"
    )
    await shown(page, show, run()[:3], live_ms=1_000)
    before = await page.evaluate("document.querySelector('.ph-strip-now').style.left")
    moved = "(before) => document.querySelector('.ph-strip-now').style.left !== before"
    await page.wait_for_function(moved, arg=before, polling=50)
    assert await page.evaluate("window.frames") == 0


async def test_a_strip_that_is_begun_twice_in_one_place_is_there_once(page: Page, show: Show) -> None:
    data = await shown(page, show, run())
    await page.add_script_tag(
        content=f"(() => {{ {strip_script()}\nwindow.strip = startStrip(document.querySelector('#strip')); }})();"
    )
    await take(page, data)
    await expect(page.locator(".ph-strip .ph-strip-run")).to_have_count(1)
    await page.evaluate("window.strip.stop()")
    await expect(page.locator(".ph-strip")).to_have_count(0)


async def test_forced_colours_still_tell_steps_warnings_and_silence_apart(page: Page, show: Show) -> None:
    await page.emulate_media(forced_colors="active")
    await shown(page, show, run())
    failed, silence, warning, pending, marker = [
        await page.evaluate(PAINT, css)
        for css in (
            ".ph-strip-bar--failed",
            ".ph-strip-silence[style]",
            ".ph-strip-sign--warning path",
            ".ph-strip-marker--pending",
            ".ph-strip-marker",
        )
    ]
    assert failed[0] != failed[1], "an outline"
    assert silence[2] != "none", "dashed"
    assert warning[0] != silence[0]
    assert pending[0] != marker[0]
