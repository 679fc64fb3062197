"""`playhead ask` without a terminal: plain lines, events as sent, exit codes, and one sentence for bad input."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner, Result

from backend.commands.ask import command
from tests.child_process import child_process

pytestmark = pytest.mark.server

ASK = [sys.executable, "-m", "backend.cli", "ask"]


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def scripted(scenario: str, url: str, *more: str) -> Sequence[str]:
    return ["Show me", "--agent", f"scripted:{scenario}", "--url", url, *more]


def test_plain_lines(backend_url: str) -> None:
    result = ask(*scripted("happy_path", backend_url, "--speed", "0"))
    assert result.exit_code == 0
    assert result.stderr == ""
    assert "\x1b" not in result.stdout
    parts = ["✓ Searching", "[1]", "\nSources\n", "https://", "\nResults\n", "\nBefore you rely on this\n", "Completed"]
    places = [result.stdout.index(part) for part in parts]
    assert places == sorted(places)


@pytest.mark.parametrize("scenario", ["happy_path", "unicode", "error_mid_answer"])
def test_json_is_the_events_as_they_were_sent(backend_url: str, scenario: str) -> None:
    result = ask(*scripted(scenario, backend_url, "--speed", "0", "--json"))
    lines = result.stdout.split("\n")
    assert lines.pop() == ""
    assert json.loads(lines[-1])["type"] == "done"
    with httpx2.Client(base_url=backend_url, trust_env=False) as http:
        session = http.get("/v1/sessions").json()["sessions"][0]["session_id"]
        run_id = http.get(f"/v1/sessions/{session}").json()["runs"][-1]["run_id"]
        recorded = http.get(f"/v1/runs/{run_id}/recording").text.split("\n")
    assert lines == recorded[1:-1]


@pytest.mark.parametrize(
    ("scenario", "code", "words"),
    [("happy_path", 0, "Completed"), ("error_mid_answer", 1, "Failed"), ("empty_answer", 0, "without writing")],
)
def test_the_exit_code_is_0_only_for_completed(backend_url: str, scenario: str, code: int, words: str) -> None:
    for form in ([], ["--json"]):
        result = ask(*scripted(scenario, backend_url, "--speed", "0", *form))
        assert result.exit_code == code
        assert form or words in result.stdout


def test_a_timeout_ends_the_run(backend_url: str) -> None:
    result = ask(*scripted("stall", backend_url, "--timeout", "0.2"))
    assert result.exit_code == 1
    assert "Timed out" in result.stdout


def test_a_session_goes_on(backend_url: str) -> None:
    ask(*scripted("happy_path", backend_url, "--speed", "0"))
    with httpx2.Client(base_url=backend_url, trust_env=False) as http:
        session = http.get("/v1/sessions").json()["sessions"][0]["session_id"]
        result = ask(*scripted("happy_path", backend_url, "--speed", "0", "--session", session))
        assert result.exit_code == 0
        assert len(http.get(f"/v1/sessions/{session}").json()["runs"]) == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([""], "Write a question first."),
        ([" \n"], "Write a question first."),
        (["x" * 16_385], "The question is too long: the limit is 16 kB of text. Shorten it."),
        (["\udcff"], "The question is not valid text: write it in UTF-8."),
        (["x", "--agent", "nobody"], "There is no agent 'nobody'."),
        (["x", "--agent", "scripted:nothing"], "nothing"),
        (["x", "--session", "ses_x"], "Conversation not found"),
        (["x", "--docs", "/"], "--docs and --data configure the temporary backend"),
        (["x", "--url", "nonsense"], "'nonsense' is not the address of a backend"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_bad_input_is_one_sentence(backend_url: str, arguments: list[str], sentence: str) -> None:
    given = arguments if "--url" in arguments else [*arguments, "--url", backend_url]
    assert_refused(ask(*given), sentence)


def test_nobody_at_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as placeholder:
        url = f"http://127.0.0.1:{placeholder.getsockname()[1]}"
    assert_refused(ask("x", "--url", url), f"Nobody answers at {url}")


def test_folders_that_are_none(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert_refused(ask("x", "--docs", str(tmp_path / "gone")), "is not a folder: give --docs")
    assert_refused(ask("x", "--docs", str(file)), "is not a folder: give --docs")
    assert_refused(ask("x", "--data", str(file)), "is not a folder: give --data")


def assert_refused(result: Result, sentence: str) -> None:
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert sentence in result.stderr


def test_an_own_backend_is_started_and_stopped(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "note.md").write_text("# Widgets\n\nThe factory in Ghent made 4,711 widgets in 2025.\n")
    (folder / "broken.pdf").write_text("%PDF-1.4 and no more")
    arguments = [
        "How many widgets were made in Ghent?",
        "--docs",
        str(folder),
        "--data",
        str(tmp_path / "data"),
    ]
    result = subprocess.run([*ASK, *arguments], capture_output=True, text=True, timeout=100, check=False)
    assert result.returncode == 0, result.stderr
    assert "4,711 widgets" in result.stdout
    assert "Warning: broken.pdf was skipped" in result.stderr
    assert "[1] " in result.stdout
    # Its lock is free again, since its process has ended.
    again = ask(*arguments, "--json")
    assert again.exit_code == 0, again.stderr
    assert json.loads(again.stdout.splitlines()[-1])["outcome"] == "completed"


def test_an_own_backend_that_cannot_start_says_why(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "server.lock").mkdir()
    result = ask("x", "--data", str(data))
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith(f"Error: The data folder {data} cannot be written")


def test_a_reader_who_leaves_gets_no_traceback(backend_url: str) -> None:
    command_line = [*ASK, *scripted("long_answer", backend_url, "--speed", "10", "--json")]
    with child_process(command_line, errors=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["seq"] == 1
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == 141


def test_ctrl_c_cancels_and_the_events_go_on_to_done(backend_url: str) -> None:
    with child_process([*ASK, *scripted("long_answer", backend_url, "--speed", "0.3", "--json")]) as process:
        assert process.stdout is not None
        events = []
        for line in process.stdout:
            events.append(json.loads(line))
            if events[-1]["type"] == "token" and not any(event["type"] == "token" for event in events[:-1]):
                os.kill(process.pid, signal.SIGINT)
        assert events[-1]["type"] == "done"
        assert events[-1]["outcome"] == "cancelled"
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        assert process.wait(60) == 130


def test_sigterm_leaves_at_once_and_takes_the_own_backend_along(tmp_path: Path) -> None:
    data = tmp_path / "data"
    command_line = [*ASK, "Show me", "--agent", "scripted:long_answer", "--speed", "0.3", "--json", "--data", str(data)]
    with child_process(command_line) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["seq"] == 1
        backend = int((data / "server.lock").read_text())
        os.kill(process.pid, signal.SIGTERM)
        process.stdout.read()
        assert process.wait(60) == 143
    with pytest.raises(ProcessLookupError):
        os.kill(backend, 0)


def test_an_attached_file_is_read_and_named(backend_url: str, tmp_path: Path) -> None:
    lease = tmp_path / "lease.txt"
    lease.write_text("The monthly rent of the flat in Elm Street is 1,250 euros.\n", encoding="utf-8")
    question = "What is the monthly rent of the flat in Elm Street?"
    result = ask(question, "--url", backend_url, "--attach", str(lease))
    assert result.exit_code == 0, result.output
    assert "1,250 euros" in result.stdout
    assert "lease.txt" in result.stdout
    (tmp_path / "tool.bin").write_bytes(b"MZ\x00")
    (tmp_path / "empty.txt").touch()
    for agent, names, sentence in (
        ("documents", ["tool.bin"], "tool.bin cannot be attached: attach a PDF"),
        ("documents", ["empty.txt"], "is empty: attach a file with something in it"),
        ("documents", ["missing.txt"], "missing.txt cannot be attached (No such file"),
        ("documents", ["lease.txt"] * 6, "at most 5 files can be attached"),
        ("scripted:happy_path", ["lease.txt"], "takes no files"),
    ):
        flags = [each for name in names for each in ("--attach", str(tmp_path / name))]
        result = ask(question, "--url", backend_url, "--agent", agent, *flags)
        assert (result.exit_code, result.stdout) == (2, ""), names
        assert sentence in result.stderr


def test_requests_are_answered_from_a_file_and_what_it_has_no_answer_for_is_declined(
    backend_url: str, tmp_path: Path
) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text('[{"prompt": "Two companies", "value": "Aurora Energy"}]')
    result = ask(*scripted("clarify", backend_url, "--speed", "0", "--answers", str(answers), "--json"))
    assert result.exit_code == 0
    assert "No answer in the file for: What should the answer look at?" in result.stderr
    events = [json.loads(line) for line in result.stdout.splitlines()]
    given = [(event["answer"]["action"], event["answer"].get("value")) for event in events if "answer" in event]
    assert given == [("accept", "Aurora Energy"), ("decline", None)]
    assert "".join(event.get("text", "") for event in events).startswith("Aurora Energy: revenue grew")
    unfit = tmp_path / "unfit.json"
    unfit.write_text('[{"value": "nobody"}]')
    result = ask(*scripted("clarify", backend_url, "--speed", "0", "--answers", str(unfit)))
    assert "The answer does not fit" in result.stderr
    assert "Name the company to get an answer." in result.stdout


@pytest.mark.parametrize("content", ["{", "{}", '[{"action": "perhaps"}]', None])
def test_answers_that_cannot_be_read_are_refused(backend_url: str, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "answers.json"
    if content is not None:
        path.write_text(content)
    result = ask(*scripted("clarify", backend_url, "--answers", str(path)))
    assert result.exit_code == 2
    assert str(path) in result.stderr
