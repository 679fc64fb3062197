"""`playhead demo`: three processes that answer, stop together, and refuse in one sentence."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from unittest.mock import create_autospec

import click
import httpx2
import pytest
from click.testing import CliRunner

from backend.api.agent_resources import PreparationNow, ReadinessReply
from backend.commands import demo
from backend.launch.ports import free_port
from backend.launch.supervisor import Supervisor
from tests.child_process import child_process

PORT_FLAGS = ("--port", "--gradio-port", "--streamlit-port")


@pytest.mark.server
def test_starts_three_parts_and_stops_them_together(tmp_path: Path) -> None:
    ports = {flag: str(free_port()) for flag in PORT_FLAGS}
    command = [sys.executable, "-m", "backend.cli", "demo", "--no-browser", "--data", str(tmp_path / "data")]
    options = [*(part for item in ports.items() for part in item), "--allow-host", "demo.example"]
    with child_process([*command, *options]) as process:
        assert process.stdout is not None
        try:
            lines: list[str] = []
            while not lines or lines[-1] not in ("ready", ""):
                lines.append(process.stdout.readline().rstrip())
            backend, *pages, suggestion, ready = lines
            assert backend == f"backend http://127.0.0.1:{ports['--port']}"
            # In the order in which they answer.
            assert sorted(pages) == [
                f"gradio http://127.0.0.1:{ports['--gradio-port']}",
                f"streamlit http://127.0.0.1:{ports['--streamlit-port']}",
            ]
            assert [suggestion, ready] == [
                "Try: Is NVIDIA's customer concentration risk rising?",
                "ready",
            ]
            for line in lines[:3]:
                for headers in ({}, {"Host": "demo.example"}):
                    answer = httpx2.get(line.split()[1], headers=headers, follow_redirects=True)
                    assert answer.status_code in (200, 404), (line, headers)
        finally:
            os.kill(process.pid, signal.SIGTERM)
        assert process.wait(60) == 0
    for port in ports.values():
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", int(port))).close()


@pytest.mark.parametrize("flag", PORT_FLAGS)
def test_a_busy_port_is_named_with_its_flag(flag: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        options = {**{each: free_port() for each in PORT_FLAGS}, flag: port}
        result = CliRunner().invoke(demo.command, [str(part) for item in options.items() for part in item])
    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: Port {port} is already in use: choose another one with {flag} N, or stop what uses it.\n"
    )
    assert result.stdout == ""


def test_two_parts_cannot_share_a_port() -> None:
    with pytest.raises(click.ClickException, match="--port and --gradio-port both name port 18750"):
        demo.ensure_ports_free({"--port": 18750, "--gradio-port": 18750}, "127.0.0.1")


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(click.ClickException, match=r"Cannot listen on port \d+ \(--port\): .*assign"):
        demo.ensure_ports_free({"--port": free_port()}, "192.0.2.1")


def test_a_missing_extra_is_noticed_before_anything_starts() -> None:
    with pytest.raises(ModuleNotFoundError) as refusal:
        demo.ensure_installed("click", "a_ui_nobody_has")
    assert refusal.value.name == "a_ui_nobody_has"


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(demo.command, ["--docs", str(tmp_path / "absent")])
    assert result.exit_code == 2
    assert "does not exist" in result.stderr


@pytest.mark.server
def test_a_folder_without_documents_ends_the_demo_in_one_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    flags = [part for flag in PORT_FLAGS for part in (flag, str(free_port()))]
    command = [sys.executable, "-m", "backend.cli", "demo", "--no-browser", "--data", str(tmp_path / "data")]
    ended = subprocess.run(
        [*command, *flags, "--docs", str(folder)], capture_output=True, text=True, timeout=100, check=False
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    waits, *sentence = ended.stderr.splitlines()
    assert waits == "Waiting for backend …"
    assert len(sentence) == 1
    assert sentence[0].startswith("Error: There is no document to read in ")


def test_a_backend_that_is_ready_before_its_line_about_an_agent_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reason = "There is no document to read in that folder."
    failed = PreparationNow(name="documents", state="failed", done=0, total=0, what=reason)
    reply = ReadinessReply(preparations=[failed], warnings=[]).model_dump_json().encode()
    supervisor = create_autospec(Supervisor, instance=True)
    supervisor.__enter__.return_value = supervisor
    supervisor.__exit__.return_value = False
    monkeypatch.setattr(demo, "Supervisor", lambda *_, **__: supervisor)
    monkeypatch.setattr(demo, "answer_of", lambda _: reply)
    ports = [part for flag in PORT_FLAGS for part in (flag, str(free_port()))]

    result = CliRunner().invoke(demo.command, [*ports, "--no-browser", "--docs", str(tmp_path)])

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"Waiting for backend …\nError: {reason}\n"
