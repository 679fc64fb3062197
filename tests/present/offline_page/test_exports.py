"""A run to take away, and what is known of a past one."""

from dataclasses import dataclass

import pytest

from backend.present.offline_page.exports import ExportForm, exported, file_stem
from backend.present.pages.history import chosen_run_html, when
from backend.protocol.events import DoneEvent, Outcome, TokenEvent
from backend.protocol.recording_reader import parse_recording
from backend.protocol.recordings import RecordingError, RecordingHeader, recording_lines
from tests.present.html_reader import Fragment, visible
from tests.present.samples import cited, numbered

HEADER = RecordingHeader(run_id="run_1", question="Is it rising?", agent="scripted:any")
EVENTS = numbered([cited(1, "10-Q"), TokenEvent(text="Yes [1].", at_ms=5), DoneEvent(at_ms=9)])
RECORDING = "".join(recording_lines(HEADER, EVENTS)).encode()


@dataclass(frozen=True)
class Facts:
    run_id: str = "run_1"
    question: str = "Is it rising?"
    agent: str = "documents"
    created_at: str = "2026-11-23T10:05:30.123+00:00"
    outcome: Outcome | None = None
    duration_ms: float | None = None
    ttft_ms: float | None = 820.0
    last_seq: int = 1234
    worker: str | None = None


@pytest.mark.parametrize(
    ("form", "name", "said"),
    [
        ("recording", "is-it-rising.jsonl", b'"playhead":"recording"'),
        ("markdown", "is-it-rising.md", b"Yes \\[1\\]."),
        ("report", "is-it-rising.html", b"<!doctype html>"),
    ],
)
def test_a_run_is_saved_in_each_form(form: ExportForm, name: str, said: bytes) -> None:
    file = exported(form, RECORDING)
    assert file.name == name
    assert said in file.content


def test_a_saved_recording_is_the_recording() -> None:
    assert parse_recording(exported("recording", RECORDING).content) == parse_recording(RECORDING)


def test_what_is_no_recording_is_refused() -> None:
    with pytest.raises(RecordingError, match="not a recording"):
        exported("report", b"{}")


@pytest.mark.parametrize(
    ("question", "stem"),
    [
        ("Is NVIDIA's customer concentration risk rising?", "is-nvidia-s-customer-concentration-risk-rising"),
        ("../../etc/passwd", "etc-passwd"),
        ("???", "run_1"),
        ("Wörter " * 30, "wörter-wörter-wörter-wörter-wörter-wörter-wörter-wörter"),
    ],
)
def test_a_file_is_named_by_its_question(question: str, stem: str) -> None:
    assert file_stem(question, "run_1") == stem


def test_a_past_run_says_what_is_known() -> None:
    shown = visible(chosen_run_html(Facts()))
    assert "Running" in shown
    assert "2026-11-23 10:05 UTC" in shown
    assert "820 ms" in shown
    assert "1,234" in shown
    assert "Worker" not in shown
    assert "Worker c0ffee" in visible(chosen_run_html(Facts(worker="c0ffee")))
    assert Fragment(chosen_run_html(Facts(question="<script>", agent="<b>"))).problems == []
    assert when("") == "–"
