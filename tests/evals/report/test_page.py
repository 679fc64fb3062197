"""The report: one file that loads nothing, runs nothing of an agent's, and says what was measured."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from backend.metrics.registry import METRICS
from backend.present.offline_page import plotly_js
from backend.present.offline_page.two_themes import patches
from backend.present.words.metric_text import difference, formatted, milliseconds
from tests.evals.evaluations import ATTACK, evaluation, good_evaluation, hostile_evaluation, report

LOADING = {"src", "href", "srcset", "data", "action", "formaction", "poster", "background", "ping", "xlink:href"}


class Elements(HTMLParser):
    """Every element with its attributes, and the text outside of scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self._inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside not in ("script", "style"):
            self.words += data


@pytest.fixture(scope="module")
def good() -> str:
    return report(good_evaluation())


@pytest.fixture(scope="module")
def hostile() -> str:
    return report(hostile_evaluation())


@pytest.mark.parametrize("which", ["good", "hostile"])
def test_nothing_is_loaded_from_anywhere(which: str, request: pytest.FixtureRequest) -> None:
    elements = Elements(request.getfixturevalue(which))
    for tag, attributes in elements.found:
        assert tag not in {"iframe", "object", "embed", "img", "base", "form", "video", "audio", "source"}
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in LOADING:
                assert value is not None
                assert value.startswith(("#", "data:,")), (tag, name, value)
    styles = re.findall(r"<style>(.*?)</style>", request.getfixturevalue(which), re.DOTALL)
    for style in styles:
        assert "@import" not in style
        assert all(address.startswith('"data:') for address in re.findall(r"url\(([^)]*)\)", style))


def test_the_policy_allows_the_pages_own_scripts_and_nothing_else(good: str) -> None:
    policies = [
        attributes["content"]
        for tag, attributes in Elements(good).found
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    (policy,) = policies
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy
    assert "http" not in policy


def test_plotly_is_in_the_page_once(good: str) -> None:
    assert good.count(plotly_js()) == 1


def test_the_verdict_comes_first_and_every_metric_is_explained(good: str) -> None:
    words = Elements(good).words
    assert words.index("All 5 runs ended as expected.") < words.index("Scenarios")
    for metric in METRICS:
        assert metric.definition in " ".join(words.split())
    assert "needs 72 runs" in words, "why there is no interval"
    assert "late" in words
    assert "Is it rising?" in words


def test_every_link_within_the_page_leads_somewhere(good: str, hostile: str) -> None:
    assert '<a href="#term-dangling_exposure_marker_ms">Dangling exposure</a>' in good
    for page in (good, hostile, report(evaluation())):
        body = page.partition("<body")[2].partition("<script")[0]
        links, places = set(re.findall(r'href="#([^"]*)"', body)), set(re.findall(r' id="([^"]*)"', body))
        assert links <= places, links - places


def test_measured_stands_against_scripted(good: str) -> None:
    words = " ".join(Elements(good).words.split())
    # Scripted 500, measured 506, 509 and 512, and 1 ms late by the server's own stamps.
    assert re.search(r"late ?Time to first token ?500 ms ?509 ms ?\+9\.0 ms ?\+1\.8 % ?\+1\.0 ms ?3", words)
    assert "3 runs within 12.0 ms" in words


def test_what_an_agent_says_stays_text(hostile: str) -> None:
    elements = Elements(hostile)
    assert ATTACK in elements.words
    assert hostile.count("<img") == 0
    data = json.loads(re.findall(r'<script type="application/json" id="figures">(.*?)</script>', hostile, re.DOTALL)[0])
    assert data, "the figures came through whole"


def test_failed_and_missing_runs_are_told(hostile: str) -> None:
    words = " ".join(Elements(hostile).words.split())
    assert "1 of 2 runs did not end as expected. 3 more were not played" in words
    assert "The server answered 500:" in words


def test_a_report_without_any_event_can_be_drawn() -> None:
    assert "No run was played to its end." in report(evaluation())


def test_figures_differ_between_themes_only_in_their_patches() -> None:
    light = {"a": [1, {"colour": "#fff", "size": 2}], "b": "x"}
    dark = {"a": [1, {"colour": "#000", "size": 2}], "b": "x"}
    assert patches(light, dark) == [(["a", 1, "colour"], "#000")]
    assert patches(light, light) == []
    assert patches({"a": [1]}, {"a": [1, 2]}) == [(["a"], [1, 2])]


def test_numbers_as_a_report_shows_them() -> None:
    assert [milliseconds(value) for value in (None, 0, 0.123, 8.34, 99.4, 99.6, 999.4, 999.6, 12_345)] == [
        "–",
        "0 ms",
        "0.12 ms",
        "8.3 ms",
        "99.4 ms",
        "100 ms",
        "999 ms",
        "1.00 s",
        "12.3 s",
    ]
    assert difference(-3.21, "ms") == "−3.2 ms"
    assert difference(0.001, "ms") == "±0"
    assert formatted(0.666667, "share") == "66.7 %"
    assert formatted(2183.7, "marker*ms") == "2.18 marker·s"
    assert formatted(3, "count") == "3"


async def _watched(page: Page, html: str, folder: Path) -> list[str]:
    """Open the report; gives whatever the page complained of or asked for."""
    path = folder / "report.html"
    path.write_text(html, encoding="utf-8")
    seen: list[str] = []
    page.on("console", lambda message: seen.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: seen.append(f"error: {error}"))
    page.on("request", lambda request: seen.append(request.url) if not request.url.startswith("file:") else None)
    await page.goto(path.as_uri())
    return seen


@pytest.mark.browser
async def test_it_opens_in_a_browser_and_shows_the_chosen_run(page: Page, good: str, tmp_path: Path) -> None:
    seen = await _watched(page, good, tmp_path)
    await page.locator("#waterfalls").scroll_into_view_if_needed()
    first, third = (page.locator(f"[data-shown='run-{place}'] .ph-strip") for place in (0, 2))
    await expect(first).to_be_visible()
    await expect(third).to_be_hidden()
    await page.get_by_role("button", name="run 3").click()
    await expect(third).to_be_visible()
    await expect(first).to_be_hidden()
    assert await page.get_by_role("button", name="run 3").get_attribute("aria-pressed") == "true"
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seen == []


@pytest.mark.browser
async def test_it_follows_the_readers_theme_and_prints_light(browser: Browser, good: str, tmp_path: Path) -> None:
    context = await browser.new_context(viewport={"width": 1280, "height": 720}, color_scheme="dark")
    page = await context.new_page()
    seen = await _watched(page, good, tmp_path)
    await page.locator("#script").scroll_into_view_if_needed()
    await page.locator("[data-drawn='differences']").wait_for()
    body, tick = page.locator("body"), page.locator("[data-drawn=differences] .ytick text").first
    ground = await body.evaluate("body => getComputedStyle(body).backgroundColor")
    text = await tick.evaluate("tick => getComputedStyle(tick).fill")
    await page.emulate_media(color_scheme="light")
    await expect(body).not_to_have_css("background-color", ground)
    await expect(tick).not_to_have_css("fill", text)
    await page.emulate_media(color_scheme="dark")
    pdf = await page.pdf()
    assert pdf.startswith(b"%PDF")
    assert await page.evaluate("document.querySelectorAll('[data-figure]:not([data-drawn])').length") == 0, "all drawn"
    assert seen == []
    await context.close()


@pytest.mark.browser
async def test_nothing_an_agent_says_acts_in_a_browser(page: Page, hostile: str, tmp_path: Path) -> None:
    seen = await _watched(page, hostile, tmp_path)
    await page.locator("#waterfalls").scroll_into_view_if_needed()
    await expect(page.locator("article .ph-strip").first).to_be_visible()
    assert await page.locator("img").count() == 0
    assert seen == []


@pytest.mark.browser
async def test_long_words_do_not_make_the_page_wider_than_a_phone(page: Page, hostile: str, tmp_path: Path) -> None:
    await page.set_viewport_size({"width": 400, "height": 800})
    await _watched(page, hostile, tmp_path)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 400
