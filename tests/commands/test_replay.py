"""`playhead replay`: a recording with its timing, whole or cut, in the same picture as a live run."""

import asyncio
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend.client import Arrival
from backend.commands.replay import command, play
from backend.protocol.events import DoneEvent, KnownEvent, TokenEvent, stamp
from backend.protocol.recordings import Recording, RecordingHeader, recording_lines
from tests.commands.terminal_process import CTRL_C, TerminalProcess

HEADER = RecordingHeader(run_id="run_1", question="Is it rising?")
DRAFTS: list[KnownEvent] = [TokenEvent(text="It "), TokenEvent(text="is."), DoneEvent(latency_ms=60_000)]
EVENTS = [stamp(draft, seq, at) for seq, (draft, at) in enumerate(zip(DRAFTS, (0, 100, 60_000), strict=True), 1)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "run.jsonl"
    path.write_text("".join(recording_lines(HEADER, EVENTS)))
    return path


def replay(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_at_once(file: Path) -> None:
    result = replay(file, "--speed", "0")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert "It is." in result.stdout
    assert "total 1 min 00 s" in result.stdout


def test_json_is_the_lines_of_the_file(file: Path) -> None:
    result = replay(file, "--speed", "0", "--json")
    assert result.stdout == "".join(file.read_text().splitlines(keepends=True)[1:])


def test_its_own_timing_and_the_speed() -> None:
    recording = Recording(HEADER, tuple(EVENTS[:2]))

    async def seconds(speed: float) -> float:
        began = time.monotonic()
        played = [arrival async for arrival in play(recording, ["{}", "{}"], speed)]
        assert [arrival.item for arrival in played if isinstance(arrival, Arrival)] == EVENTS[:2]
        return time.monotonic() - began

    as_recorded, at_once = asyncio.run(seconds(1.0)), asyncio.run(seconds(0.0))
    assert as_recorded >= 0.1
    assert at_once < as_recorded


def test_a_cut_recording_plays_with_a_warning(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])
    result = replay(file, "--speed", "0")
    assert result.exit_code == 0
    assert result.stderr == "Warning: The recording was cut after event 2: line 4 is incomplete.\n"
    assert "It is." in result.stdout
    assert "The run has no end" in result.stdout


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read: No such file or directory."),
        ("", "The recording is empty"),
        ("hello\n", "This is not a recording"),
        ('{"playhead": "recording", "version": 9}\n', "use a newer one"),
        (
            '{"playhead": "recording"}\nnonsense\n{"type": "done", "seq": 1}\n',
            "Line 2 of the recording is not an event",
        ),
    ],
)
def test_bad_input_is_one_sentence(tmp_path: Path, content: str | None, sentence: str) -> None:
    path = tmp_path / "run.jsonl"
    if content is not None:
        path.write_text(content)
    result = replay(path)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


def test_on_a_terminal_ctrl_c_leaves_what_was_shown(file: Path) -> None:
    with TerminalProcess("replay", str(file)) as terminal:
        terminal.wait_for("It is.")
        terminal.type(CTRL_C)
        code, text = terminal.finish()
    assert code == 130
    assert "It is." in text
    assert "Traceback" not in text
