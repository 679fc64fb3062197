"""Compare, in either UI: two runs on one clock."""

import httpx2
import pytest
from playwright.async_api import expect

from backend.present.words import compare as words_compare, replay as words_replay, run as words
from backend.protocol.recordings import Recording
from tests.ui.reader import DEADLINE_MS, Reader
from tests.ui.runs import finished, questions

pytestmark = [pytest.mark.browser, pytest.mark.server]

SENTENCE = ".ph-first-to-move"
SIDES = ":is(.ph-side, [class*=st-key-ph-side-])"
ON_ONE_SCREEN = """
() => {
  const seen = (element) => {
    const {top, bottom, height} = element.getBoundingClientRect();
    return height > 0 && top >= 0 && bottom <= window.innerHeight;
  };
  const parts = [...document.querySelectorAll('.ph-first-to-move, .ph-moment, .ph-strip-run')];
  return parts.length === 4 && parts.every(seen);
}
"""


async def two_runs(backend: httpx2.Client, brief_run: tuple[str, Recording]) -> tuple[str, str, Recording]:
    """One at its own pace, one as fast as it goes; and the recording of the slow one."""
    slow, recording = brief_run
    return slow, await finished(backend, "scripted:brief", "What is brief?"), recording


async def opened(reader: Reader, first: str, second: str, more: str = "") -> None:
    """The two runs on the page, on the strip."""
    await reader.page.goto(f"{reader.url}compare?a={first}&b={second}{more}")
    await reader.expect_moment()
    await expect(reader.strip.locator(".ph-strip-run .ph-strip-bar").first).to_be_visible(timeout=DEADLINE_MS)


async def test_two_runs_side_by_side(reader: Reader, backend: httpx2.Client, brief_run: tuple[str, Recording]) -> None:
    slow, fast, recording = await two_runs(backend, brief_run)
    await opened(reader, slow, fast)
    await reader.expect_playhead_at(recording.events[-1].at_ms)
    table = reader.page.get_by_role("table").filter(has_text=words_compare.DIFFERENCE).first
    row = table.get_by_role("row").filter(has_text=words.METRIC_LABELS["ttft_ms"]).first
    await expect(row).to_contain_text("better")
    # Sentence, moment and both runs of the strip without scrolling, once all of it has come.
    await reader.page.wait_for_function(ON_ONE_SCREEN)
    await expect(reader.page.locator(".ph-answer").filter(has_text="Brevity is the shorter")).to_have_count(2)
    # The charts of both are charts.
    await expect(reader.page.locator(f"{SIDES} .js-plotly-plot .barlayer .point").first).to_be_attached(
        timeout=DEADLINE_MS
    )
    charts = reader.page.locator(f"{SIDES} .js-plotly-plot").filter(has=reader.page.locator(".barlayer .point"))
    await expect(charts).to_have_count(2, timeout=DEADLINE_MS)
    # A marker leads to the source of its own run.
    second = reader.page.locator("a.ph-marker").last
    await second.click()
    await reader.expect_led_to(str(await second.get_attribute("href")))


async def test_the_address_a_click_on_the_strip_and_keys_move_the_common_playhead(
    reader: Reader, backend: httpx2.Client, brief_run: tuple[str, Recording]
) -> None:
    slow, fast, recording = await two_runs(backend, brief_run)
    end_ms = recording.events[-1].at_ms
    await opened(reader, slow, fast, f"&t={end_ms * 0.9:.0f}")
    await reader.expect_playhead_at(round(end_ms * 0.9))
    await reader.press_strip(0.3)
    await reader.expect_playhead_before(end_ms * 0.6)
    # At that moment the fast run is over and the slow one has not finished its answer.
    await expect(reader.page.locator(".ph-answer").filter(has_text="may read both.")).to_have_count(
        1, timeout=DEADLINE_MS
    )
    await reader.leave_fields()
    at_ms = await reader.playhead_ms()
    await reader.page.keyboard.press("ArrowRight")
    await reader.expect_playhead_after(at_ms)
    await reader.page.keyboard.press("Space")
    await expect(reader.page.locator(".ph-answer").filter(has_text="may read both.")).to_have_count(
        2, timeout=DEADLINE_MS
    )
    await expect(reader.button(words_replay.PLAY)).to_be_visible(timeout=DEADLINE_MS)


async def test_two_agents_race_live_and_both_can_be_stopped(reader: Reader, backend: httpx2.Client) -> None:
    await reader.open(place="compare")
    await reader.choose(words_compare.RACE)
    await reader.pick(words_compare.FIRST_AGENT, "Patient")
    await reader.pick(words_compare.SECOND_AGENT, "Steady")
    field = reader.page.get_by_label(words.QUESTION_LABEL).filter(visible=True).first
    # What to ask comes from the backend, as the agents do.
    await expect(field).not_to_have_value("", timeout=DEADLINE_MS)
    before = len(questions(backend, "race one"))
    await field.fill("")
    await field.focus()
    await reader.page.keyboard.type("race one")
    await reader.page.keyboard.press("Shift+Enter")
    await reader.page.keyboard.type("race two")
    await reader.page.keyboard.press("Enter")
    await expect(reader.page.locator(SENTENCE)).to_contain_text("scripted:patient", timeout=DEADLINE_MS)
    await expect(reader.button(words.STOP)).to_be_visible(timeout=DEADLINE_MS)
    await expect(reader.page.locator(".ph-answer")).not_to_have_count(0, timeout=DEADLINE_MS)
    await reader.press(words.STOP)
    # Over, both stand under the playhead.
    await reader.expect_moment()
    stopped = reader.page.locator(".ph-status-text").filter(has_text=words.OUTCOME_WORDS["cancelled"])
    await expect(stopped.first).to_be_visible(timeout=DEADLINE_MS)
    assert questions(backend, "race one") == ["race one\nrace two"] * (before + 2)


async def test_one_scenario_with_and_without_its_status_events(reader: Reader) -> None:
    await reader.open(place="compare")
    await reader.choose(words_compare.WITH_AND_WITHOUT_STATUS)
    await reader.pick(words_compare.SCENARIO_LABEL, "Brief")
    await reader.press(words_compare.START_RACE)
    await expect(reader.page.locator(".ph-answer").filter(has_text="may read both.")).to_have_count(
        2, timeout=DEADLINE_MS
    )
    await expect(reader.page.locator(SENTENCE)).to_contain_text("first", timeout=DEADLINE_MS)
    table = reader.page.get_by_role("table").filter(has_text=words_compare.DIFFERENCE).first
    await expect(table).to_contain_text(words_compare.WITHOUT_STATUS, timeout=DEADLINE_MS)
    await expect(reader.page.locator(SIDES).last).to_contain_text(words.NO_STEPS)
