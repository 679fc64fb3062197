"""Replay, in either UI: any moment of a run, as whoever watched it saw it then."""

import asyncio
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import expect

from backend.present.words import pages as words_pages, replay as words_replay, run as words
from backend.protocol.events import CitationEvent
from backend.protocol.recording_reader import parse_recording
from backend.protocol.recordings import Recording
from backend.protocol.view import view_at
from tests.ui.reader import DEADLINE_MS, Reader
from tests.ui.runs import ended, start

pytestmark = [pytest.mark.browser, pytest.mark.server]


async def brief_run(backend: httpx2.Client) -> tuple[str, Recording]:
    """A run at its own pace, so that its events stand apart."""
    run_id = start(backend, "scripted:brief", "What is brief?")
    await ended(backend, run_id)
    return run_id, parse_recording(backend.get(f"/v1/runs/{run_id}/recording").raise_for_status().content)


def answer_at(recording: Recording, at_ms: float) -> str:
    """The answer at that moment as it reads: markers as their numbers, white space folded."""
    answer = view_at(recording.events, at_ms).message.answer
    return " ".join(answer.replace("[1]", "1").replace("[2]", "2").split())


async def test_any_moment_shows_what_was_there_then(reader: Reader, backend: httpx2.Client) -> None:
    run_id, recording = await brief_run(backend)
    await reader.open(run_id, place="replay")
    end_ms = recording.events[-1].at_ms
    for share in (1.0, 0.75, 0.9, 0.1):
        await reader.scrub_to(end_ms * share)
        position = await reader.scrubber_ms()
        await reader.expect_answer(answer_at(recording, position))
        finished = [step for step in view_at(recording.events, position).stream.steps if step.state == "finished"]
        await expect(reader.page.locator(".ph-step--finished")).to_have_count(len(finished))


async def test_an_address_leads_to_a_moment(reader: Reader, backend: httpx2.Client) -> None:
    run_id, recording = await brief_run(backend)
    cited = next(event for event in recording.events if isinstance(event, CitationEvent))
    await reader.page.goto(f"{reader.url}replay?run={run_id}&t={cited.at_ms:.0f}")
    await reader.expect_moment()
    assert abs(await reader.scrubber_ms() - cited.at_ms) <= 1
    await reader.expect_answer(answer_at(recording, await reader.scrubber_ms()))


async def test_next_and_previous_stop_at_every_event(reader: Reader, backend: httpx2.Client) -> None:
    run_id, recording = await brief_run(backend)
    await reader.open(run_id, place="replay")
    await reader.expect_moment()
    await reader.press(words_replay.NEXT_EVENT)
    await expect(reader.page.locator(".ph-moment")).to_contain_text("Event 1 of", timeout=DEADLINE_MS)
    for _ in range(20):
        if "citation [1]" in await reader.page.locator(".ph-moment").inner_text():
            break
        before = await reader.scrubber_ms()
        await reader.press(words_replay.NEXT_EVENT)
        await reader.expect_scrubber_after(before)
    await expect(reader.page.locator(".ph-source[data-number='1']")).to_have_count(1)
    cited = next(event for event in recording.events if isinstance(event, CitationEvent))
    await reader.expect_scrubber_after(cited.at_ms - 1)
    await reader.press(words_replay.PREVIOUS_EVENT)
    await reader.expect_scrubber_before(cited.at_ms)


async def test_it_plays_to_the_end_at_any_speed(reader: Reader, backend: httpx2.Client) -> None:
    run_id, recording = await brief_run(backend)
    await reader.open(run_id, place="replay")
    await reader.expect_moment()
    async with reader.sees_button(words_replay.PAUSE):
        await reader.press(words_replay.PLAY)
    await reader.expect_status(words.OUTCOME_WORDS["completed"])
    await expect(reader.button(words_replay.PLAY)).to_be_visible(timeout=DEADLINE_MS)
    await reader.expect_answer(answer_at(recording, recording.events[-1].at_ms))


async def test_keys_play_and_jump(reader: Reader, backend: httpx2.Client) -> None:
    run_id, _ = await brief_run(backend)
    await reader.open(run_id, place="replay")
    await reader.expect_moment()
    await reader.leave_fields()
    await reader.page.keyboard.press("ArrowRight")
    await reader.expect_scrubber_after(0)
    at = await reader.scrubber_ms()
    await reader.page.keyboard.press("ArrowRight")
    await reader.expect_scrubber_after(at)
    after = await reader.scrubber_ms()
    await reader.page.keyboard.press("ArrowLeft")
    await reader.expect_scrubber_before(after)
    await reader.leave_fields()
    await reader.page.keyboard.press("Space")
    await reader.expect_status(words.OUTCOME_WORDS["completed"])


async def test_a_point_of_the_timeline_moves_the_playhead(reader: Reader, backend: httpx2.Client) -> None:
    run_id, recording = await brief_run(backend)
    await reader.open(run_id, place="replay")
    await reader.expect_moment()
    plot = reader.page.locator(".js-plotly-plot .draglayer .nsewdrag").first
    await expect(plot).to_be_attached(timeout=DEADLINE_MS)
    box = await plot.bounding_box()
    assert box is not None
    await reader.page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    await reader.expect_scrubber_after(recording.events[-1].at_ms * 0.2)
    assert await reader.scrubber_ms() < recording.events[-1].at_ms


async def test_a_recording_file_opens_and_another_file_is_refused(
    reader: Reader, backend: httpx2.Client, tmp_path: Path
) -> None:
    run_id, recording = await brief_run(backend)
    good, bad = tmp_path / "run.jsonl", tmp_path / "other.jsonl"
    good.write_bytes(backend.get(f"/v1/runs/{run_id}/recording").content)
    bad.write_text("This is not a recording.\n", encoding="utf-8")
    await reader.open(place="replay")
    await reader.page.locator("input[type=file]").first.set_input_files(bad)
    await expect(reader.page.locator(".ph-notice")).to_contain_text("recording", timeout=DEADLINE_MS)
    await reader.open(place="replay")
    await reader.page.locator("input[type=file]").first.set_input_files(good)
    await reader.expect_moment()
    await reader.scrub_to(recording.events[-1].at_ms)
    await reader.expect_answer(answer_at(recording, recording.events[-1].at_ms))


async def test_from_ask_to_replay(reader: Reader) -> None:
    await reader.open()
    await reader.choose_agent("Brief")
    await reader.ask("What is brief?")
    await reader.expect_status("Completed")
    run_id = await reader.run_id()
    await reader.page.get_by_role("link", name=words_pages.OPEN_IN_REPLAY).first.click()
    await reader.expect_moment()
    await asyncio.wait_for(reader.page.wait_for_url(f"**/replay?run={run_id}*"), DEADLINE_MS / 1000)
