"""The run strip in either UI: one model of a run wherever it is met, and nothing loaded for it."""

import re
from html import unescape

import httpx2
import pytest
from playwright.async_api import Request, expect

from backend.present.offline_page.exports import exported
from backend.present.strip.fold import strip_of
from backend.present.words import run as words
from backend.protocol.recording_reader import parse_recording
from tests.ui.reader import DEADLINE_MS, Reader
from tests.ui.runs import finished, start

pytestmark = [pytest.mark.browser, pytest.mark.server]


async def model_on_page(reader: Reader) -> str:
    """The bytes of the model that the page draws, once the run on it is over."""
    drawn = reader.page.locator(".ph-strip-run").first
    await expect(drawn).to_have_attribute("data-ph-model", re.compile(r'"outcome":"\w+"'), timeout=DEADLINE_MS)
    return await drawn.get_attribute("data-ph-model") or ""


async def test_a_run_is_the_same_bytes_live_after_a_reload_in_replay_and_saved(
    reader: Reader, backend: httpx2.Client
) -> None:
    run_id = start(backend, "scripted:brief", "Is it the same everywhere?")
    await reader.open(run_id)
    await expect(reader.page.locator(".ph-strip-run .ph-strip-bar").first).to_be_visible(timeout=DEADLINE_MS)
    await reader.expect_status(words.OUTCOME_WORDS["completed"])
    models = [await model_on_page(reader)]
    await reader.page.reload()
    models.append(await model_on_page(reader))
    await reader.open(run_id, place="replay")
    await reader.expect_moment()
    models.append(await model_on_page(reader))
    recording = backend.get(f"/v1/runs/{run_id}/recording").content
    saved = exported("report", recording).content.decode()
    models += [unescape(text) for text in re.findall(r'data-ph-model="([^"]*)"', saved)]
    assert models == [strip_of(parse_recording(recording).events).text] * 4


async def test_a_run_without_charts_loads_no_chart_library(reader: Reader, backend: httpx2.Client) -> None:
    loaded: list[str] = []

    def note(request: Request) -> None:
        if "plotly" in request.url.lower():
            loaded.append(request.url)

    run_id = await finished(backend, "scripted:late_citation")
    reader.page.on("request", note)
    for address in (f"replay?run={run_id}", f"compare?a={run_id}&b={run_id}"):
        await reader.page.goto(reader.url + address)
        await reader.expect_moment()
        await expect(reader.strip.locator(".ph-strip-bar").first).to_be_visible(timeout=DEADLINE_MS)
    assert loaded == []
