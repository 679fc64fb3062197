"""A run as one HTML file: everything in it, nothing loaded, hostile text inert, drawn in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from pydantic import JsonValue

from backend.present.offline_page.run_report import run_report_html
from backend.present.strip.fold import strip_of
from backend.protocol.events import DoneEvent, KnownEvent, StatusEvent, TokenEvent, WarningEvent
from backend.protocol.recordings import Recording, RecordingHeader
from tests.present.samples import artifact, cited, numbered

CHART: dict[str, JsonValue] = {"data": [{"type": "bar", "x": ["Q1", "Q2"], "y": [3, 5]}], "layout": {}}
HOSTILE = "</script><script>window.harmed = true</script><img src=x onerror='window.harmed = true'>"


class Said:
    """A remark somebody made."""

    thumb = "up"
    comment = "Well sourced."
    at_ms = 1500.0
    created_at = "2026-11-23T10:00:00Z"
    question = ""
    by = None
    reply_to = None


def recording(text: str = "Revenue rose") -> Recording:
    events: list[KnownEvent] = [
        StatusEvent(step_id="s", step="summarizing", label=text, at_ms=10),
        cited(1, text, quote=text),
        artifact("chart", CHART, text),
        artifact("table", {"columns": [text, "b"], "rows": [[text, 1]]}, text),
        WarningEvent(code="thin", message=text, at_ms=500),
        TokenEvent(text=f"{text} [1].", at_ms=600),
        StatusEvent(step_id="s", step="summarizing", state="finished", at_ms=700),
        DoneEvent(at_ms=800, latency_ms=800),
    ]
    ordered = sorted(numbered(events), key=lambda event: event.seq)
    header = RecordingHeader(question=text, agent="scripted:any", created_at="2026-11-23T09:00:00Z")
    return Recording(header, tuple(ordered))


def test_it_holds_the_whole_run_and_loads_nothing() -> None:
    page = run_report_html(recording(), feedback=[Said()])  # type: ignore[list-item]
    for part in ("Revenue rose", "scripted:any", "Completed", "Time to first token", "Well sourced.", "at 0:01.5"):
        assert part in page
    without_plotly = re.sub(r"(?s)<script>.*?</script>", "", page)
    assert re.findall(r"""(?:src|href)=["']?(?!["']?(?:#|data:,))""", without_plotly) == []
    assert "default-src &#39;none&#39;" in page


def test_a_cut_recording_says_so() -> None:
    whole = recording()
    cut = Recording(whole.header, whole.events[:-1], "The recording was cut after event 7: it has no done.")
    page = run_report_html(cut)
    assert "The recording was cut after event 7" in page
    assert "not ended" in page


@pytest.mark.browser
@pytest.mark.parametrize("text", ["Revenue rose", HOSTILE])
async def test_a_browser_draws_it_and_runs_nothing_of_an_agent(page: Page, tmp_path: Path, text: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    file = tmp_path / "run.html"
    file.write_text(run_report_html(recording(text)), encoding="utf-8")
    await page.goto(file.as_uri())
    await expect(
        page.locator("[data-figure='chart-2'] .main-svg, [data-figure^='chart'] .main-svg").first
    ).to_be_visible()
    strip = page.locator(".ph-strip--still")
    await strip.scroll_into_view_if_needed()
    await expect(strip.locator(".ph-strip-bar").first).to_be_visible()
    assert await strip.get_attribute("data-ph-model") == strip_of(recording(text).events).text
    assert await page.evaluate("window.harmed") is None
    assert errors == []
