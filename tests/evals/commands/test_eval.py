"""``playhead eval`` as a user calls it, with a real backend."""

import asyncio
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from backend.client import ClientError
from backend.launch.ports import free_port
from backend.launch.server import LocalServer
from evals.commands.eval import command
from evals.evaluation.live import evaluate
from evals.playing.target import TargetError
from evals.playing.watcher import Watcher
from evals.results.models import Results, Target
from evals.suites.suite_file import parse_suite
from tests.child_process import child_process
from tests.evals.byte_server import byte_server

SUITE = b"""suite: own
repeats: 2
speed: 8
warm_up: 1
concurrency: 2
runs:
  - agent: scripted:happy_path
  - agent: scripted:late_citation
  - agent: scripted:error_mid_answer
"""


@pytest.fixture
def suite_file(tmp_path: Path) -> Path:
    path = tmp_path / "own.yaml"
    path.write_bytes(SUITE)
    return path


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with LocalServer(tmp_path_factory.mktemp("data")) as server:
        yield server.url


def call(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.mark.server
def test_a_suite_is_measured_and_reported(suite_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, said = call(suite_file, "--out", out)
    assert code == 0, said
    files = {"report.html", "results.json", "runs.csv", "junit.xml", "summary.md"}
    assert {path.name for path in out.iterdir()} >= files
    results = Results.model_validate_json((out / "results.json").read_bytes())
    assert results.verdict.sentence == "All 6 runs ended as expected."
    assert [run.scenario for run in results.runs] == ["happy_path", "late_citation", "error_mid_answer"] * 2
    assert [run.outcome for run in results.runs] == ["completed", "completed", "failed"] * 2
    assert results.suite.warm_up_runs == 1
    assert results.target.started_here
    assert len({run.run_id for run in results.runs}) == 6
    assert "All 6 runs ended as expected." in said
    assert str(out / "report.html") in said


@pytest.mark.server
def test_measured_times_follow_the_script(backend: str) -> None:
    suite = parse_suite(SUITE.replace(b"speed: 8", b"speed: 2"), "own.yaml")
    target = Target(url=backend, started_here=False)
    evaluation = asyncio.run(evaluate(suite, target, asyncio.Event(), Watcher()))
    for run in evaluation.results.runs:
        assert run.as_expected, (run.error, run.surprises)
        assert run.truth is not None
        for key in ("ttfs_ms", "ttft_ms", "e2e_ms"):
            measured, server, scripted = run.metrics[key], run.server_metrics[key], run.truth[key]
            assert measured is not None
            assert server is not None
            assert scripted is not None
            # Nothing comes before its time: a timer's grain aside, which is a millisecond.
            assert server >= scripted - 1.5
            assert measured > server - 1.5
        counted = ("citations", "markers", "dangling_markers", "order_inversions", "kendall_tau", "violations", "lost")
        assert {key: run.metrics[key] for key in counted} == {key: run.truth[key] for key in counted}
    late = [run for run in evaluation.results.runs if run.scenario == "late_citation"]
    exposures = [
        (run.metrics["dangling_exposure_marker_ms"] or 0, (run.truth or {})["dangling_exposure_marker_ms"] or 0)
        for run in late
    ]
    # A busy machine delays single events: one undisturbed run of each scenario is enough.
    assert any(scripted / 2 < measured < scripted * 3 for measured, scripted in exposures)
    happy = [
        run.metrics["ttft_ms"] or 0 for run in evaluation.results.runs if run not in late and run.outcome == "completed"
    ]
    assert min(happy) > min(run.metrics["ttft_ms"] or 0 for run in late), "the scripts' own order"


@pytest.mark.server
def test_a_run_that_ends_otherwise_makes_the_exit_code_1(backend: str, suite_file: Path, tmp_path: Path) -> None:
    suite_file.write_bytes(SUITE + b"    expect: completed\n")
    code, said = call(suite_file, "--out", tmp_path / "out", "--url", backend, "--repeat", 1)
    assert code == 1, said
    assert "1 of 3 runs did not end as expected." in said
    assert "error_mid_answer, run 1: The run ended failed, expected completed: " in said, "and why"
    assert (tmp_path / "out" / "report.html").exists()


@pytest.mark.server
def test_an_agent_that_is_not_offered_is_told_at_once(backend: str, suite_file: Path, tmp_path: Path) -> None:
    suite_file.write_bytes(SUITE.replace(b"happy_path", b"happy_pat"))
    code, said = call(suite_file, "--out", tmp_path / "out", "--url", backend)
    assert code == 2
    assert "does not offer 'scripted:happy_pat'; did you mean 'scripted:happy_path'?" in said


def test_a_mistake_in_a_suite_is_one_sentence_with_its_line_and_exit_code_2(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_bytes(SUITE.replace(b"speed: 8", b"sped: 8"))
    code, output = call(path, "--out", tmp_path / "out")
    assert (code, output) == (2, "Error: own.yaml, line 3: a suite has no field 'sped'; did you mean 'speed'?\n")


@pytest.mark.parametrize(
    ("suite", "url", "said"),
    [
        ("nothing", None, "There is no suite 'nothing'"),
        (None, "ftp://x", "is not the address of a backend"),
        (None, "http://127.0.0.1:{port}", "Nobody answers at"),
    ],
)
def test_unusable_input_is_one_sentence_and_exit_code_2(
    suite: str | None, url: str | None, said: str, suite_file: Path, tmp_path: Path
) -> None:
    arguments = [suite or suite_file, "--out", tmp_path / "out"]
    arguments += ["--url", url.format(port=free_port())] if url else []
    code, output = call(*arguments)
    assert code == 2
    assert said in output
    assert len(output.strip().splitlines()) == 1
    assert not list((tmp_path / "out").glob("*"))


def test_a_folder_that_cannot_be_written_is_told_before_measuring(suite_file: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, said = call(suite_file, "--out", tmp_path / "file" / "out")
    assert code == 2
    assert "Nothing can be written to" in said


async def test_what_is_no_playhead_backend_cannot_be_measured() -> None:
    async with byte_server([b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"]) as server:
        target = Target(url=server.address.url, started_here=False)
        with pytest.raises((TargetError, ClientError), match=r"is not a Playhead backend|does not offer"):
            await evaluate(parse_suite(SUITE, "own.yaml"), target, asyncio.Event(), Watcher())


@pytest.mark.server
def test_ctrl_c_writes_what_is_done_so_far(backend: str, suite_file: Path, tmp_path: Path) -> None:
    suite_file.write_bytes(SUITE.replace(b"repeats: 2", b"repeats: 500"))
    out = tmp_path / "out"
    arguments = [sys.executable, "-m", "backend.cli", "eval", str(suite_file), "--out", str(out), "--url", backend]
    with child_process([*arguments, "--repeat", "100"], errors=subprocess.PIPE) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if re.match(r"\d+ of 301 runs", line):
                break
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=100)
    assert process.returncode == 130, errors
    assert "Stopping: the results so far are written." in errors
    assert "more were not played, since the suite was stopped." in output
    results = json.loads((out / "results.json").read_text())
    assert 0 < len(results["runs"]) < 300
    assert results["suite"]["unfinished_runs"] == 300 - len(results["runs"])
    assert (out / "report.html").exists()
    assert (out / "runs.csv").exists()
