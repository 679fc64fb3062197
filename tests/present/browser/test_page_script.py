"""The pages' script on fragments, without a UI around them."""

import re
from collections.abc import Awaitable, Callable
from importlib.resources import files

import pytest
from playwright.async_api import Page, expect

from backend.present.answer.blocks import answer_html
from backend.present.browser import input_cards_script, page_script, strip_script
from backend.present.evidence.sources import sources_html
from backend.present.timeline.text import timeline_text_html
from backend.present.words import replay as words_replay, run as words
from backend.protocol.events import DoneEvent, TokenEvent
from tests.present.browser.conftest import Show
from tests.present.samples import HOSTILE, answered, cited, numbered

Redraw = Callable[[str, str], Awaitable[None]]

ANSWER_AND_SOURCES = "<div id=answer>{}</div><div id=sources>{}</div>"
SOURCES = (cited(1, quote="One."), cited(2, title="10-K", quote="Two."))
TABLE = """
<table id="t" data-ph-sortable aria-label="Revenue by year"><thead><tr><th>Year</th><th>Revenue</th></tr></thead><tbody>
<tr><td>FY24</td><td>60,922</td></tr><tr><td>FY23</td><td>26,974</td></tr><tr><td>FY22</td><td>–</td></tr>
<tr><td>=1+1</td><td>(5)</td></tr><tr><td>a "b", c</td><td>$130,497</td></tr>
</tbody></table><button data-ph-csv="#t">Save as CSV</button>
"""
PRESSED = "window.pressed = []; document.addEventListener('click', (e) => window.pressed.push(e.target.textContent));"


def two_sources() -> str:
    view = answered("Yes [1], no [2].", citations=SOURCES)
    return ANSWER_AND_SOURCES.format(answer_html(view), sources_html(view))


def test_a_sanitizer_finds_nothing_like_a_tag_in_it() -> None:
    assert re.findall(r"<[A-Za-z/!]", page_script()) == []


def test_nothing_in_it_makes_markup_of_text() -> None:
    scripts = page_script() + strip_script()
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(", scripts) == []


def test_every_file_is_part_of_a_script() -> None:
    folder, scripts = files("backend.present.browser"), page_script() + strip_script() + input_cards_script()
    rooms = (folder, *(folder.joinpath(name) for name in ("strip", "room", "sharing")))
    for file in (file for room in rooms for file in room.iterdir()):
        if file.name.endswith(".js"):
            assert file.read_text(encoding="utf-8") in scripts, file.name


@pytest.mark.browser
async def test_a_marker_opens_a_card_with_its_source(page: Page, show: Show) -> None:
    await show(two_sources())
    card = page.get_by_role("tooltip")
    await page.hover("a.ph-marker[data-number='2']")
    await expect(card).to_contain_text(SOURCES[1].title)
    box = await card.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["y"] >= 0
    await page.mouse.move(0, 0)
    await expect(card).to_be_hidden()


@pytest.mark.browser
async def test_a_card_opens_by_keyboard_and_escape_closes_it_and_nothing_else(page: Page, show: Show) -> None:
    await show(two_sources() + f"<button>{words.STOP}</button>")
    await page.evaluate(PRESSED)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("tooltip")).to_contain_text(SOURCES[0].title)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("tooltip")).to_be_hidden()
    assert await page.evaluate("window.pressed") == []
    await page.keyboard.press("Escape")
    assert await page.evaluate("window.pressed") == [words.STOP]


@pytest.mark.browser
async def test_a_card_outlives_a_redraw_of_its_paragraph(page: Page, show: Show, redraw: Redraw) -> None:
    await show(two_sources())
    await page.hover("a.ph-marker[data-number='1']")
    await expect(page.get_by_role("tooltip")).to_be_visible()
    longer = answered("Yes [1], no [2]. And on.", citations=SOURCES)
    await redraw("#answer", answer_html(longer))
    await expect(page.get_by_role("tooltip")).to_contain_text(SOURCES[0].title)


@pytest.mark.browser
async def test_a_card_of_hostile_text_is_inert(page: Page, show: Show) -> None:
    view = answered("Yes [1].", citations=(cited(1, title="".join(HOSTILE), quote="".join(HOSTILE)),))
    await show(ANSWER_AND_SOURCES.format(answer_html(view), sources_html(view)))
    await page.hover("a.ph-marker")
    await expect(page.get_by_role("tooltip")).to_contain_text("<script>")
    active = "script, img, iframe, svg, [onclick], [onerror], [onload], [id]"
    assert await page.locator(f"[role=tooltip] :is({active})").count() == 0
    assert await page.evaluate("window.attacked") is None


@pytest.mark.browser
async def test_choosing_a_source_lights_its_markers_through_redraws(page: Page, show: Show, redraw: Redraw) -> None:
    await show(two_sources())
    ground = "(e) => getComputedStyle(e).backgroundColor"
    quiet = await page.eval_on_selector("a.ph-marker[data-number='2']", ground)
    await page.click("#ph-source-2 .ph-quote")
    longer = answered("Yes [1], no [2]. And on.", citations=SOURCES)
    await redraw("#answer", answer_html(longer))
    await redraw("#sources", sources_html(longer))
    await page.evaluate("Promise.all(document.getAnimations().map((a) => a.finished))")
    assert await page.eval_on_selector("a.ph-marker[data-number='2']", ground) != quiet
    assert await page.eval_on_selector("a.ph-marker[data-number='1']", ground) == quiet
    await page.click("#ph-source-2 .ph-quote")
    await page.evaluate("Promise.all(document.getAnimations().map((a) => a.finished))")
    assert await page.eval_on_selector("a.ph-marker[data-number='2']", ground) == quiet


@pytest.mark.browser
async def test_copying_says_so(page: Page, show: Show) -> None:
    await show('<pre id="m" hidden># Answer [1]\n&lt;b&gt;</pre><button data-ph-copy="#m">Copy as Markdown</button>')
    await page.evaluate("navigator.clipboard ??= {}; navigator.clipboard.writeText = async (t) => { window.got = t; };")
    await page.get_by_role("button", name="Copy as Markdown").click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    await expect(page.get_by_role("status")).to_have_text("Copied")
    assert await page.evaluate("window.got") == "# Answer [1]\n<b>"
    await expect(page.get_by_role("button", name="Copy as Markdown")).to_be_visible()


@pytest.mark.browser
async def test_a_table_sorts_by_numbers_and_stays_sorted(page: Page, show: Show, redraw: Redraw) -> None:
    await show(f"<div id=place>{TABLE}</div>")
    column = page.locator("tbody td:nth-child(2)")
    await page.get_by_role("button", name="Revenue").press("Enter")
    assert await column.all_inner_texts() == ["(5)", "26,974", "60,922", "$130,497", "–"]
    await expect(page.get_by_role("columnheader", name="Revenue")).to_have_attribute("aria-sort", "ascending")
    await page.get_by_role("button", name="Revenue").click()
    assert await column.all_inner_texts() == ["$130,497", "60,922", "26,974", "(5)", "–"]
    await redraw("#place", TABLE + "<p>More.</p>")
    assert await column.all_inner_texts() == ["$130,497", "60,922", "26,974", "(5)", "–"]


@pytest.mark.browser
async def test_comments_on_moments_stand_in_the_timeline_at_their_times(page: Page, show: Show, redraw: Redraw) -> None:
    events = numbered([TokenEvent(at_ms=100, text="word"), DoneEvent(at_ms=900, latency_ms=900)])
    table = str(timeline_text_html(events))
    await show(f"<div id=place>{table}</div>")
    dots = [{"id": "f1", "at": 500, "colour": 2, "by": "Ann", "said": "<b>Here</b>", "text": ""}]
    say = "(dots) => document.dispatchEvent(new CustomEvent('ph-comments', {detail: {dots, label: '', offered: true}}))"
    kinds = "() => [...document.querySelectorAll('tbody tr')].map((row) => row.cells[1].textContent)"
    await page.evaluate(say, dots)
    order = ["Answer", "Answer", "Comment", "End"]
    assert await page.evaluate(kinds) == order
    await expect(page.locator("tbody tr", has_text="Comment")).to_contain_text("Ann: <b>Here</b>")
    await redraw("#place", table)
    assert await page.evaluate(kinds) == order
    await page.evaluate(say, [])
    assert await page.evaluate(kinds) == ["Answer", "Answer", "End"]


@pytest.mark.browser
async def test_a_table_is_saved_as_csv_without_formulas(page: Page, show: Show) -> None:
    await show(TABLE)
    async with page.expect_download() as waiting:
        await page.get_by_role("button", name="Save as CSV").click()
    download = await waiting.value
    assert download.suggested_filename == "revenue-by-year.csv"
    lines = (await download.path()).read_bytes().decode("utf-8-sig").split("\r\n")
    assert lines == [
        "Year,Revenue", 'FY24,"60,922"', 'FY23,"26,974"', "FY22,–", "'=1+1,(5)", '"a ""b"", c","$130,497"', "",
    ]  # fmt: skip


@pytest.mark.browser
async def test_what_was_unfolded_stays_so(page: Page, show: Show, redraw: Redraw) -> None:
    log = '<details data-ph-keep="step-1"><summary>Tool log</summary><p>{}</p></details>'
    await show(f"<div id=place>{log.format('one')}</div>")
    await page.get_by_text("Tool log").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("one")).to_be_visible()
    await redraw("#place", log.format("two"))
    await expect(page.get_by_text("two")).to_be_visible()
    await expect(page.get_by_text("Tool log")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("two")).to_be_hidden()
    await redraw("#place", log.format("three"))
    await expect(page.get_by_text("three")).to_be_hidden()


@pytest.mark.browser
async def test_the_live_region_says_each_change_once(page: Page, show: Show, redraw: Redraw) -> None:
    await show('<div id=place><p data-ph-announcement="Searching.">a</p></div>')
    await page.evaluate(
        "window.said = []; const region = document.querySelector('[aria-live]');"
        "new MutationObserver(() => window.said.push(region.textContent))"
        ".observe(region, {childList: true, subtree: true, characterData: true})"
    )
    for text, told in (("b", "Searching."), ("c", "Writing."), ("d", "Writing."), ("e", "Completed.")):
        await redraw("#place", f'<p data-ph-announcement="{told}">{text}</p>')
    assert await page.evaluate("window.said") == ["Writing.", "Completed."]
    assert await page.locator("[aria-live]").count() == 1


@pytest.mark.browser
async def test_keys_press_what_is_seen_and_spare_what_is_typed(page: Page, show: Show) -> None:
    labels = (words.STOP, words_replay.PLAY, words_replay.NEXT_EVENT, words_replay.PREVIOUS_EVENT)
    buttons = "".join(f"<button>{label}</button>" for label in labels)
    await show(f"<input aria-label=Question><button style='display:none'>{words.STOP}</button>{buttons}")
    await page.evaluate(PRESSED)
    for key in ("Escape", "Space", "ArrowRight", "ArrowLeft"):
        await page.keyboard.press(key)
    assert await page.evaluate("window.pressed") == list(labels)
    await page.get_by_label("Question").focus()
    for key in ("Space", "ArrowRight", "ArrowLeft"):
        await page.keyboard.press(key)
    assert await page.evaluate("window.pressed") == list(labels)
    await page.keyboard.press("Escape")
    assert await page.evaluate("window.pressed") == [*labels, words.STOP]


@pytest.mark.browser
async def test_a_press_counts_once_though_its_button_is_drawn_anew_before_the_release(
    page: Page, show: Show, redraw: Redraw
) -> None:
    cards = '<button data-ph-choice="run one">{0}</button> <button data-ph-choice="run two">Two</button>'
    await show(f"<div id=place>{cards.format('One')}</div>")
    await page.evaluate(
        "window.chosen = []; document.addEventListener('click', (event) => {"
        "  window.chosen.push(event.target.closest('button')?.dataset.phChoice);"
        "})"
    )
    one, two = (page.locator(f"[data-ph-choice='run {name}']") for name in ("one", "two"))
    chosen = "() => window.chosen.filter(Boolean)"
    for card in (one, two):
        await card.hover()
        await page.mouse.down()
        await redraw("#place", cards.format("One and its strip"))
        await page.mouse.up()
    assert await page.evaluate(chosen) == ["run one", "run two"]
    await one.click()
    await one.hover()
    await page.mouse.down()
    await redraw("#place", cards.format("One"))
    await two.hover()
    await page.mouse.up()
    assert await page.evaluate(chosen) == ["run one", "run two", "run one"], "a release on another chooses neither"
