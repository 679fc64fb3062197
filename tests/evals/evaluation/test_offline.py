"""Recordings scored without a server: repeatable, whole, and honest about what a recording cannot know."""

import io
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backend.metrics.facts import INTENDED
from backend.metrics.registry import METRICS
from backend.protocol.events import Event
from backend.protocol.recordings import NO_TIMING, RecordingHeader, recording_lines
from evals.commands.eval import command
from evals.commands.progress import score_with_progress
from evals.evaluation.offline import FEW, RecordingsError, evaluate_recordings, recording_files
from evals.results.models import Results
from evals.scoring.recorded_run import score_file
from evals.suites.suite import Suite
from evals.suites.suite_file import parse_suite
from tests.child_process import child_process
from tests.evals.evaluations import late

OUT_OF_REACH = {
    "connect_ms",
    *(fact.key for fact in INTENDED.values()),
    "recovery_ms",
    "cancel_to_done_ms",
    "cancel_to_last_token_ms",
    "pause_ms",
    "answer_ms",
    "message_to_delivery_ms",
}


def lines(
    events: Sequence[tuple[float, Event]] = (),
    agent: str = "scripted:late",
    created: str = "2026-11-22T10:00:00+00:00",
    timing: str | None = None,
) -> str:
    header = RecordingHeader(run_id="run_1", agent=agent, question="Why?", created_at=created, timing=timing)
    numbered = [event.model_copy(update={"seq": seq}) for seq, (_, event) in enumerate(events or late(0), start=1)]
    return "".join(recording_lines(header, numbered))


def results_of(path: Path, suite: Suite | None = None) -> Results:
    return evaluate_recordings(path, suite, lambda done, total: False).results


def call(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_a_recording_is_measured_on_its_servers_clock(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines())
    (run,) = results_of(tmp_path / "a.jsonl").runs
    # ``late`` puts each event one millisecond behind its moment in the script.
    expected = {"ttfs_ms": 1, "ttfc_ms": 411, "ttft_ms": 501, "e2e_ms": 901, "dangling_exposure_marker_ms": 150}
    assert {key: run.metrics[key] for key in expected} == expected
    assert all(run.metrics[key] is None for key in OUT_OF_REACH)
    assert run.metrics == run.server_metrics
    assert [(step.step, step.wire_ms, step.server_ms, step.skew_ms) for step in run.steps] == [
        ("retrieving", None, 400.0, None)
    ]
    assert (run.agent, run.scenario, run.outcome, run.error) == ("scripted:late", "late", "completed", None)


def test_a_recording_that_nobody_timed_has_no_times(tmp_path: Path) -> None:
    """What only counts and what only orders is measured all the same."""
    (tmp_path / "a.jsonl").write_text(lines(timing=NO_TIMING, created=""))
    (run,) = results_of(tmp_path / "a.jsonl").runs
    assert [metric.key for metric in METRICS if metric.clocked and run.metrics[metric.key] is not None] == []
    assert (run.metrics["citations"], run.metrics["markers"], run.metrics["order_inversions"]) == (2, 2, 0)
    assert (run.steps, run.longest_silence, run.error) == ((), None, None)


def test_the_same_recordings_give_the_same_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    (folder / "below").mkdir(parents=True)
    (folder / "b.jsonl").write_text(lines())
    (folder / "a.jsonl").write_text(lines(agent="documents", created="2026-11-22T12:00:00+01:00"))
    (folder / "below" / "c.jsonl").write_text("no recording\n")
    outs = [tmp_path / name for name in ("first", "second")]
    for out in outs:
        code, said = call("--recordings", folder, "--out", out)
        assert code == 1, said
    names = sorted(path.name for path in outs[0].iterdir())
    assert {"results.json", "runs.csv", "report.html"} <= set(names)
    for name in names:
        if (outs[0] / name).is_file():
            assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes(), name
    results = Results.model_validate_json((outs[0] / "results.json").read_bytes())
    assert [run.source for run in results.runs] == ["a.jsonl", "b.jsonl", "below/c.jsonl"]
    assert results.created_at == "2026-11-22T12:00:00+01:00", "the newest, whatever its zone"
    assert (results.target.plane, results.target.started_here) == ("server", False)
    assert (results.harness.cpu_share, results.harness.lasted_s, results.machine, results.versions) == (
        None,
        None,
        {},
        {},
    )
    assert (results.suite.concurrency, results.suite.deadline_s) == (None, None)


DAMAGES: dict[str, tuple[Callable[[str], str], str, str]] = {
    "empty": (lambda text: "", "The recording is empty", "unreadable"),
    "no header": (lambda text: "{}\n" + text, "This is not a recording", "unreadable"),
    "no text": (lambda text: "\0\x80\xff", "This is not a recording", "unreadable"),
    "a bad line": (
        lambda text: text.replace('"type":"token"', '"tpye', 1),
        "Line 5 of the recording",
        "scripted:late",
    ),
    "cut in a line": (
        lambda text: text[:-30],
        "The recording was cut after event 6: line 8 is incomplete.",
        "scripted:late",
    ),
    "cut behind a line": (
        lambda text: "".join(text.splitlines(True)[:3]),
        "The recording was cut after event 2",
        "scripted:late",
    ),
    "a header only": (lambda text: text.splitlines()[0], "The recording was cut before its first", "scripted:late"),
}


@pytest.mark.parametrize("case", DAMAGES)
def test_a_broken_recording_is_a_failed_run_and_the_rest_goes_on(case: str, tmp_path: Path) -> None:
    damage, said, agent = DAMAGES[case]
    (tmp_path / "w.jsonl").write_text(lines())
    (tmp_path / "x.jsonl").write_text(damage(lines()))
    (tmp_path / "y.jsonl").write_text(lines())
    first, broken, last = results_of(tmp_path).runs
    assert broken.error is not None
    assert broken.error.startswith(f"x.jsonl: {said}")
    assert broken.agent == agent
    assert not broken.as_expected
    assert first.as_expected
    assert last.as_expected


def test_a_file_that_cannot_be_opened_is_a_failed_run(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines())
    folder, names = recording_files(tmp_path)
    (tmp_path / "a.jsonl").unlink()
    run = score_file(folder / names[0], names[0])
    assert run.result.error == "a.jsonl: it cannot be read: No such file or directory."


def test_a_suite_says_what_is_expected_of_whom(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines())
    (tmp_path / "b.jsonl").write_text(lines(agent="documents"))
    suite = parse_suite(
        b"suite: own\ntags: [all]\nruns:\n  - {agent: documents, expect: cancelled, tags: [some]}\n", "own.yaml"
    )
    scripted, documents = results_of(tmp_path, suite).runs
    assert (scripted.tags, documents.tags) == ((), ("all", "some"))
    assert scripted.as_expected
    assert (documents.expected, documents.surprises) == ("cancelled", ("The run ended completed, expected cancelled.",))


def test_limits_that_are_not_kept_are_named_on_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines())
    suite = tmp_path / "own.yaml"
    suite.write_text(
        "suite: own\nlimits: {dangling_markers: {max: 0}, ttft_ms: {max: 100, median: 100}}\n"
        "runs: [{agent: scripted:late}]\n"
    )
    code, said = call(suite, "--recordings", tmp_path, "--out", tmp_path / "out")
    assert code == 1
    assert "ttft_ms max, limit 100, all runs: fail. It is 501 ms, over the limit of 100 ms." in said
    assert "ttft_ms median, limit 100, all runs: inconclusive. It is 501 ms, over the limit" in said
    assert "dangling_markers" not in said


def test_many_recordings_are_scored_by_several_processes_as_by_one(tmp_path: Path) -> None:
    text = [lines(late(by)) for by in range(7)]
    for number in range(FEW + 1):
        (tmp_path / f"{number:04}.jsonl").write_text(text[number % 7])
    (tmp_path / "0100.jsonl").write_text("broken")
    many = results_of(tmp_path)
    assert [run.source for run in many.runs] == [f"{number:04}.jsonl" for number in range(FEW + 1)]
    assert [run.source for run in many.runs if run.error] == ["0100.jsonl"]
    (tmp_path / "0000.jsonl").unlink()
    one_process = results_of(tmp_path)
    strip = {"repeat": 0}
    assert [run.model_copy(update=strip) for run in many.runs[1:]] == [
        run.model_copy(update=strip) for run in one_process.runs
    ]


def test_the_runs_with_their_events_can_be_had_again(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.jsonl").write_text(lines(agent=f"scripted:{name}"))
    evaluation = evaluate_recordings(tmp_path, None, lambda done, total: False)
    assert [run.result.agent for run in evaluation.runs] == ["scripted:a", "scripted:b", "scripted:c"]
    assert [run.result.run_id for run in evaluation.runs[1:]] == ["run_1", "run_1"]
    assert len(evaluation.runs[0].wire.events) == 7


def test_what_is_done_so_far_is_kept(tmp_path: Path) -> None:
    for number in range(FEW + 100):
        (tmp_path / f"{number:04}.jsonl").write_text(lines())
    evaluation = evaluate_recordings(tmp_path, None, lambda done, total: done == 40)
    assert len(evaluation.results.runs) == len(evaluation.runs) == 40
    assert evaluation.results.suite.unfinished_runs == FEW + 60


@contextmanager
def scoring(recordings: Path, out: Path) -> Iterator["subprocess.Popen[str]"]:
    """The command on 3000 recordings, in a process group of its own."""
    recordings.mkdir()
    text = lines()
    for number in range(3000):
        (recordings / f"{number:04}.jsonl").write_text(text)
    arguments = ["-m", "backend.cli", "eval", "--recordings", str(recordings), "--out", str(out)]
    with child_process([sys.executable, *arguments], errors=subprocess.PIPE, own_session=True) as process:
        yield process


def check_stopped(process: "subprocess.Popen[str]", out: Path) -> Results:
    """The command ends with what was scored by then."""
    output, errors = process.communicate(timeout=100)
    assert process.returncode == 130, errors
    assert "Stopping: the results so far are written." in errors
    assert "Traceback" not in errors
    results = Results.model_validate_json((out / "results.json").read_bytes())
    assert len(results.runs) + results.suite.unfinished_runs == 3000
    assert "more were not played" in output
    return results


def test_ctrl_c_writes_what_is_scored_so_far(tmp_path: Path) -> None:
    with scoring(tmp_path / "recordings", tmp_path / "out") as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "of 3000 recordings" in line:
                break
        process.send_signal(signal.SIGINT)
        results = check_stopped(process, tmp_path / "out")
    assert 300 <= len(results.runs) < 3000


@pytest.mark.skipif(not Path(f"/proc/self/task/{os.getpid()}/children").exists(), reason="finds the workers in /proc")
def test_ctrl_c_in_a_terminal_does_not_end_the_workers_while_they_start(tmp_path: Path) -> None:
    """A terminal sends it to every process of the command, at whatever moment."""
    with scoring(tmp_path / "recordings", tmp_path / "out") as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        until = time.monotonic() + 60
        workers: list[str] = []
        # The workers start while the command itself does not listen.
        while not (workers and listens_to_ctrl_c(process)) and time.monotonic() < until:
            workers = [child for child in children.read_text().split() if b"spawn_main" in command_line(child)]
        assert workers
        os.killpg(process.pid, signal.SIGINT)
        assert check_stopped(process, tmp_path / "out").runs


def listens_to_ctrl_c(process: "subprocess.Popen[str]") -> bool:
    """Whether the process has a handler for SIGINT at this moment."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    (mask,) = re.findall(r"^SigCgt:\s*([0-9a-f]+)$", status, re.MULTILINE)
    return bool(int(mask, 16) >> (signal.SIGINT - 1) & 1)


def command_line(child: str) -> bytes:
    try:
        return Path(f"/proc/{child}/cmdline").read_bytes()
    except OSError:
        return b""


def test_ctrl_c_in_the_middle_of_a_line_of_progress_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler that printed would be refused by the stream whose writing it interrupts."""
    for number in range(20):
        (tmp_path / f"{number:02}.jsonl").write_text(lines())

    class Interrupted(io.RawIOBase):
        written = b""

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            first = not self.written
            self.written += bytes(data)
            if first:
                signal.raise_signal(signal.SIGINT)
            return len(data)

    raw = Interrupted()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BufferedWriter(raw), line_buffering=True))
    evaluation, stopped = score_with_progress(tmp_path, None)
    assert stopped
    assert 1 <= len(evaluation.results.runs) < 20
    assert raw.written.count(b"Stopping: the results so far are written.") == 1


def test_nothing_to_score_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("")
    with pytest.raises(RecordingsError, match=r"no recording \(\*\.jsonl\) in"):
        recording_files(tmp_path)
    for path in (tmp_path, tmp_path / "nothing"):
        code, said = call("--recordings", path, "--out", tmp_path / "out")
        assert code == 2
        assert len(said.strip().splitlines()) == 1
    assert call("--out", tmp_path / "out")[0] == 2
    assert "nothing is played" in call("--recordings", tmp_path, "--out", tmp_path / "out", "--repeat", 3)[1]
