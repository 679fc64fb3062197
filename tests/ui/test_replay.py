"""Replay, in either UI: any moment of a run, as whoever watched it saw it then."""

from math import inf
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import expect

from backend.present.words import replay as words_replay, run as words
from backend.protocol.events import CitationEvent
from backend.protocol.playback import Playback
from backend.protocol.recordings import Recording
from backend.protocol.view import view_at
from tests.ui.reader import DEADLINE_MS, Reader

pytestmark = [pytest.mark.browser, pytest.mark.server]


def first_citation(recording: Recording) -> CitationEvent:
    """The event that brings the first source."""
    return next(event for event in recording.events if isinstance(event, CitationEvent))


def answer_at(recording: Recording, at_ms: float) -> str:
    """The answer at that moment as it reads: markers as their numbers, white space folded."""
    answer = view_at(recording.events, at_ms).message.answer
    return " ".join(answer.replace("[1]", "1").replace("[2]", "2").split())


async def test_any_moment_shows_what_was_there_then_and_an_address_leads_to_one(
    reader: Reader, brief_run: tuple[str, Recording]
) -> None:
    run_id, recording = brief_run
    end_ms, cited_ms = recording.events[-1].at_ms, first_citation(recording).at_ms
    await reader.page.goto(f"{reader.url}replay?run={run_id}&t={cited_ms:.0f}")
    await reader.expect_moment()
    await reader.expect_playhead_at(cited_ms)
    await reader.expect_answer(answer_at(recording, await reader.playhead_ms()))
    for share in (1.0, 0.75, 0.9, 0.1):
        await reader.scrub_to(end_ms * share)
        position = await reader.playhead_ms()
        await reader.expect_answer(answer_at(recording, position))
        finished = [step for step in view_at(recording.events, position).stream.steps if step.state == "finished"]
        await expect(reader.page.locator(".ph-step--finished")).to_have_count(len(finished))


async def test_next_and_previous_stop_at_events_and_play_goes_to_the_end(
    reader: Reader, brief_run: tuple[str, Recording]
) -> None:
    run_id, recording = brief_run
    await reader.open(run_id, place="replay")
    await reader.expect_moment()
    playback, at_ms = Playback(recording.events), 0.0
    for _ in range(3):
        await reader.press(words_replay.NEXT_EVENT)
        at_ms = playback.next_event_ms(at_ms) or inf
        # Not for the strip, whose line moves first: whoever pressed again by then would pass an event.
        await expect_event(reader, playback, at_ms)
    await reader.press(words_replay.PREVIOUS_EVENT)
    await expect_event(reader, playback, playback.previous_event_ms(at_ms) or 0.0)
    async with reader.sees_button(words_replay.PAUSE):
        await reader.press(words_replay.PLAY)
    await reader.expect_status(words.OUTCOME_WORDS["completed"])
    await expect(reader.button(words_replay.PLAY)).to_be_visible(timeout=DEADLINE_MS)
    await reader.expect_answer(answer_at(recording, recording.events[-1].at_ms))


async def expect_event(reader: Reader, playback: Playback, at_ms: float) -> None:
    """Wait until the page shows the last event that had come by then."""
    number = playback.event_index_at(at_ms) + 1
    await expect(reader.page.locator(".ph-moment")).to_contain_text(f"Event {number:,} of", timeout=DEADLINE_MS)


async def test_keys_play_and_jump(reader: Reader, brief_run: tuple[str, Recording]) -> None:
    run_id, _ = brief_run
    await reader.open(run_id, place="replay")
    await reader.expect_moment()
    await reader.leave_fields()
    await reader.page.keyboard.press("ArrowRight")
    await reader.expect_playhead_after(0)
    at = await reader.playhead_ms()
    await reader.page.keyboard.press("ArrowRight")
    await reader.expect_playhead_after(at)
    after = await reader.playhead_ms()
    await reader.page.keyboard.press("ArrowLeft")
    await reader.expect_playhead_before(after)
    await reader.leave_fields()
    await reader.page.keyboard.press("Space")
    await reader.expect_status(words.OUTCOME_WORDS["completed"])


async def test_a_recording_file_opens(
    reader: Reader, backend: httpx2.Client, brief_run: tuple[str, Recording], tmp_path: Path
) -> None:
    run_id, recording = brief_run
    file = tmp_path / "run.jsonl"
    file.write_bytes(backend.get(f"/v1/runs/{run_id}/recording").content)
    await reader.open(place="replay")
    await reader.page.locator("input[type=file]").first.set_input_files(file)
    await reader.expect_moment()
    await reader.scrub_to(recording.events[-1].at_ms)
    await reader.expect_answer(answer_at(recording, recording.events[-1].at_ms))
