"""`--model` and `--mcp`: a whole question through an own backend, and what is refused before anything starts."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from backend.commands.ask import command as ask
from backend.commands.demo import command as demo
from backend.commands.demo_processes import BackendLines
from backend.commands.serve import command as serve
from tests.agents.model.scripted_provider import ScriptedProvider
from tests.agents.model.wire import chat_text, chat_tool_call
from tests.live_server import LiveServer

pytestmark = pytest.mark.server


@pytest.mark.parametrize("command", [ask, demo, serve], ids=["ask", "demo", "serve"])
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--model", "nonsense"], "'nonsense' is not a model: give PROVIDER:NAME"),
        (["--model", "anthropic:x"], "Anthropic needs a key for anthropic:x: set ANTHROPIC_API_KEY"),
        (["--mcp", "/nowhere/mcp.json"], "is not a file: give --mcp a file of MCP servers."),
        (["--mcp", __file__], "--mcp gives its tools to a model: name one with --model"),
        (["--mcp", "/nowhere/mcp.json", "--model", "nonsense"], "'nonsense' is not a model"),
    ],
)
def test_bad_options_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch, command: object, options: list[str], sentence: str
) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    arguments = ["Why?", *options] if command is ask else options
    result = CliRunner().invoke(command, arguments)  # type: ignore[arg-type]

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_backend_at_an_address_has_its_own_model() -> None:
    result = CliRunner().invoke(ask, ["Why?", "--model", "ollama:x", "--url", "http://127.0.0.1:1"])

    assert result.exit_code == 2
    assert "--model configures the temporary backend" in result.stderr


def test_servers_that_the_environment_names_change_nothing_without_a_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PLAYHEAD_MCP", __file__)
    result = CliRunner().invoke(ask, ["Why?", "--agent", "scripted:brisk", "--data", str(tmp_path)])

    assert "There is no scenario 'brisk'" in result.stderr, "the backend has started"


def test_a_question_to_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = ScriptedProvider()
    provider.script(chat_tool_call("search_documents", query="gaming revenue"), chat_text("It rose [1]."))
    with LiveServer(provider) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        line = ["How is gaming?", "--model", "openai:small", "--json", "--data", str(tmp_path)]
        ended = CliRunner().invoke(ask, line)

    assert ended.exit_code == 0, ended.stderr
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    assert "".join(event["text"] for event in events if event["type"] == "token") == "It rose [1]."
    assert [event["number"] for event in events if event["type"] == "citation"] == [1]
    assert events[-1]["outcome"] == "completed"
    assert events[-1]["usage"] == {"requests": 2, "input_tokens": 22, "output_tokens": 14, "tool_calls": 1}


def test_a_demo_ends_with_the_reason_why_what_was_asked_for_cannot_answer(capsys: pytest.CaptureFixture[str]) -> None:
    said = BackendLines(["model"])
    for line in ("backend http://127.0.0.1:1", "documents: failed, it is empty.", "model: failed, mcp.json is broken."):
        said.hear(line)

    assert said.failure == "mcp.json is broken."
    assert capsys.readouterr().err == "documents: failed, it is empty.\n"
