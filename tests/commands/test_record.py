"""`playhead record`: a whole file or none, never over another one, and a run that goes on is followed to its end."""

import asyncio
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner, Result

from backend.client.background import Background
from backend.commands.record import command
from backend.commands.recording_files import write_whole
from backend.commands.refusals import BadInput
from backend.protocol.recording_reader import parse_recording
from tests.child_process import child_process
from tests.client.raw_server import RawServer, Request, answer, raw_server

pytestmark = pytest.mark.server


def record(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def start(url: str, scenario: str, speed: float) -> str:
    request = {"question": "Show me", "agent": f"scripted:{scenario}", "options": {"speed": speed}}
    run_id: str = httpx2.post(f"{url}/v1/runs", json=request).json()["run_id"]
    return run_id


@pytest.mark.parametrize(
    "form", ["{run}", "{url}/v1/runs/{run}", "{url}/v1/runs/{run}/events", "{url}/v1/runs/{run}/recording"]
)
def test_an_ended_run(backend_url: str, ended_run: str, recording: bytes, tmp_path: Path, form: str) -> None:
    out = tmp_path / "run.jsonl"
    result = record(form.format(url=backend_url, run=ended_run), "--url", backend_url, "--out", out)
    assert result.exit_code == 0, result.stderr
    assert out.read_bytes() == recording
    assert "events of" in result.stdout
    assert list(tmp_path.iterdir()) == [out]


def test_a_run_that_goes_on_is_followed_to_its_end(backend_url: str, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    result = record(start(backend_url, "happy_path", 8), "--url", backend_url, "--out", out)
    assert result.exit_code == 0
    assert "is still running" in result.stderr
    assert parse_recording(out.read_bytes()).cut is None


def test_ctrl_c_leaves_and_writes_nothing(backend_url: str, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    arguments = ["record", start(backend_url, "long_answer", 0.05), "--url", backend_url, "--out", str(out)]
    with child_process([sys.executable, "-m", "backend.cli", *arguments], errors=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert "is still running" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == "Nothing was written.\n"
        assert process.wait(60) == 130
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_stays_without_force(backend_url: str, ended_run: str, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    out.write_text("precious")
    refused = record(ended_run, "--url", backend_url, "--out", out)
    assert refused.exit_code == 2
    assert "exists already" in refused.stderr
    assert out.read_text() == "precious"
    assert record(ended_run, "--url", backend_url, "--out", out, "--force").exit_code == 0
    assert parse_recording(out.read_bytes()).events


def test_bad_input_is_one_sentence(backend_url: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as placeholder:
        nobody = f"http://127.0.0.1:{placeholder.getsockname()[1]}"
    out = tmp_path / "run.jsonl"
    cases = [
        (["run_x", "--url", backend_url, "--out", out], "Run not found"),
        (["run_x", "--url", nobody, "--out", out], "Nobody answers"),
        ([f"{backend_url}/somewhere", "--out", out], "is not an address of a run"),
        (["../x", "--out", out], "is not an id of a run"),
        (["run_x", "--out", tmp_path], "is a folder"),
        (["run_x", "--out", tmp_path / "gone" / "x"], "There is no folder"),
    ]
    for arguments, sentence in cases:
        result = record(*arguments)
        assert result.exit_code == 2, arguments
        assert sentence in result.stderr
        assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def cutting(recording: bytes) -> Iterator[RawServer]:
    """A backend whose recording lacks its end."""

    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        if request.path.endswith("/recording"):
            writer.write(answer("200 OK", recording[: len(recording) // 2], "application/x-ndjson"))
        else:
            writer.write(answer("200 OK", b'{"run_id": "r", "outcome": "completed", "view": {}}'))

    background = Background()
    context = raw_server(handler)
    yield background.call(context.__aenter__())
    background.call(context.__aexit__(None, None, None))
    background.close()


def test_half_a_recording_is_not_kept(cutting: RawServer, tmp_path: Path) -> None:
    result = record("r", "--url", cutting.url, "--out", tmp_path / "run.jsonl")
    assert result.exit_code == 1
    assert "Nothing was written" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_no_more_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    out.write_text("precious")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(BadInput, match=r"cannot be written \(File too large\)"):
            write_whole(out, b"more than ten bytes", force=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert out.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [out]


def test_a_device_is_not_replaced_by_a_file() -> None:
    with pytest.raises(BadInput, match="is not an ordinary file"):
        write_whole(Path(os.devnull), b"data", force=True)
