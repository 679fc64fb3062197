"""``playhead eval --baseline``: the same is a pass, worse is exit code 1, and a wrong baseline is told at once."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from backend.protocol.events import Event
from backend.protocol.recordings import RecordingHeader, recording_lines
from evals.commands.eval import command
from tests.evals.planted import frozen, script, unchanged

RUNS = 8


def recorded(folder: Path, change: str) -> Path:
    """A folder with recordings of the scenario ``plain``, each a little slower than the one before."""
    folder.mkdir()
    for run in range(RUNS):
        made = (frozen if change == "frozen" else unchanged)("plain", script("plain"))
        events: list[Event] = [
            event.model_copy(update={"seq": seq, "at_ms": at_ms * (1 + run / 1000)})
            for seq, (at_ms, event) in enumerate(made, start=1)
        ]
        header = RecordingHeader(
            run_id=f"run_{run}", agent="scripted:plain", question="Why?", created_at="2026-11-22T10:00:00+00:00"
        )
        (folder / f"{run}.jsonl").write_text("".join(recording_lines(header, events)), encoding="utf-8")
    return folder


def call(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    code, said = call("--recordings", recorded(tmp_path / "before", "same"), "--out", tmp_path / "first")
    assert code == 0, said
    return tmp_path / "first"


def test_the_same_recordings_pass(baseline: Path, tmp_path: Path) -> None:
    out = tmp_path / "again"
    code, said = call("--recordings", tmp_path / "before", "--out", out, "--baseline", baseline)
    assert code == 0, said
    assert "No metric is worse." in said
    written = json.loads((out / "comparison.json").read_text())
    assert set(written["verdicts"].values()) == {"same"}
    assert (out / "comparison.html").exists()
    assert (out / "report.html").exists()


def test_a_freeze_since_the_baseline_is_exit_code_1(baseline: Path, tmp_path: Path) -> None:
    slow, out = recorded(tmp_path / "after", "frozen"), tmp_path / "out"
    code, said = call("--recordings", slow, "--out", out, "--baseline", baseline / "results.json")
    assert code == 1
    assert "B is worse: " in said
    assert json.loads((out / "comparison.json").read_text())["verdicts"]["longest_gap_ms"] == "worse"
    assert json.loads((out / "results.json").read_text())["verdict"]["exit_code"] == 0, "the runs themselves are well"


def test_a_baseline_of_another_suite_is_told_before_anything_is_measured(baseline: Path, tmp_path: Path) -> None:
    suite = tmp_path / "own.yaml"
    suite.write_text("suite: own\nruns: [{agent: scripted:plain}]\n")
    code, said = call(suite, "--out", tmp_path / "out", "--baseline", baseline)
    assert code == 2
    assert "contains results of the suite 'recordings', but 'own' would be played" in said
    assert not (tmp_path / "out").exists()
    broken = tmp_path / "broken.json"
    broken.write_text('{"schema": "playhead.results/1"')
    code, said = call(suite, "--out", tmp_path / "out", "--baseline", broken)
    assert code == 2
    assert "is not a complete JSON" in said
