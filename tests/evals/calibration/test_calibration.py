"""``playhead bench calibrate`` against its own server with known timing, and what results say of it."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from evals.calibration import stored_calibration
from evals.calibration.calibration import LEVELS, calibrate, expected_s, streams_of
from evals.calibration.known_server import TOKENS
from evals.commands.bench import command, progress
from evals.results.harness_figures import Calibration, ErrorFigures

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="calibrating works on Linux only")


def level(concurrency: int, median: float = 0.2) -> Calibration:
    figures = ErrorFigures(median=median, p99=None, n=20)
    return Calibration(
        concurrency=concurrency, n=20, ttft_error_ms=figures, gap_error_ms=figures, ttft_beyond_due_ms=figures,
        receive_lag_ms=None, loop_lag_ms=figures, cpu_share=0.1, cpu_pressure=None,
    )  # fmt: skip


@pytest.mark.server
def test_the_command_measures_keeps_and_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    out = tmp_path / "new" / "figures.json"
    result = CliRunner().invoke(command, ["calibrate", "--concurrency", "20", "--out", str(out), "--json"])
    assert result.exit_code == 0, result.output
    (found,) = json.loads(result.stdout)
    assert (found["concurrency"], found["n"]) == (20, streams_of(20))
    assert found["ttft_error_ms"]["median"] > 0, "nothing arrives before it was written"
    assert found["ttft_error_ms"]["p99"] is None, "too few streams for a p99"
    assert found["gap_error_ms"]["p99"] >= found["gap_error_ms"]["median"] >= 0
    assert found["gap_error_ms"]["n"] == streams_of(20) * (TOKENS - 1)
    # The harness's share is a part of the whole way, up to what two clocks can tell.
    assert found["receive_lag_ms"]["median"] <= found["ttft_error_ms"]["median"] + 1
    assert json.loads(out.read_text())["levels"] == [found]
    kept = stored_calibration.calibrated_error(100)
    assert kept is not None
    assert (kept.concurrency, kept.ttft_error_median_ms) == (20, found["ttft_error_ms"]["median"])


def test_progress_is_told_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(LEVELS) as ended:
        for _ in range(sum(map(streams_of, LEVELS))):
            ended()
    first, *later = capsys.readouterr().err.strip().splitlines()
    whole_s = sum(map(expected_s, LEVELS))
    assert first == f"Calibrating, about {whole_s:.0f} s."
    assert 5 <= len(later) <= 10
    assert later[-1] == "100 % is done, about 0 s left."


def test_a_p99_needs_enough_streams() -> None:
    assert [streams_of(each) for each in LEVELS] == [20, 40, 200, 400, 800]
    assert sum(map(expected_s, LEVELS)) < 60


def test_the_nearest_level_is_named_and_another_machines_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert stored_calibration.calibrated_error(1) is None
    file = stored_calibration.kept_file()
    file.parent.mkdir(parents=True)
    kept = stored_calibration.of_this_machine((level(1, 0.1), level(50, 0.5)))
    file.write_text(kept.model_dump_json())
    found = [stored_calibration.calibrated_error(streams) for streams in (1, 20, 40, 500)]
    assert [each.ttft_error_median_ms if each else None for each in found] == [0.1, 0.1, 0.5, 0.5]
    file.write_text(kept.model_copy(update={"machine": {"system": "another"}}).model_dump_json())
    assert stored_calibration.calibrated_error(1) is None
    file.write_text("{")
    assert stored_calibration.calibrated_error(1) is None


def test_a_relative_folder_for_state_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "here")
    assert stored_calibration.kept_file() == Path.home() / ".local" / "state" / "playhead" / "calibration.json"


@pytest.mark.server
def test_a_stream_that_does_not_come_whole_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    # No other way to a server that breaks off: its timing is its own.
    monkeypatch.setattr("evals.calibration.calibration._DEADLINE_S", 0.3)
    result = CliRunner().invoke(command, ["calibrate", "--concurrency", "2", "--no-keep"])
    assert result.exit_code == 1
    assert "A stream did not come whole (The stream was still open 0.3 s after the request" in result.output
    assert "--concurrency" in result.output
    assert "Traceback" not in result.output


def test_levels_are_measured_as_they_are_asked_for() -> None:
    assert list(calibrate([], lambda: None)) == []
