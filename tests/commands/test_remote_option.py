"""``--remote``: a whole question through an own backend, and what is refused before anything starts."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from backend.commands.ask import command as ask
from backend.commands.demo import command as demo
from backend.commands.serve import command as serve
from tests.agents.model.scripted_provider import Reply, ScriptedProvider, error
from tests.agents.remote.hearing import chat
from tests.live_server import LiveServer

pytestmark = pytest.mark.server


@pytest.mark.parametrize("command", [ask, demo, serve], ids=["ask", "demo", "serve"])
@pytest.mark.parametrize(
    ("setting", "key", "sentence"),
    [
        ("http://127.0.0.1:9/v1", "", "Say what is spoken at http://127.0.0.1:9/v1: put one of a2a, ag-ui, ai-sdk"),
        ("semaphore:http://127.0.0.1:9", "", "There is no dialect 'semaphore': choose one of a2a, ag-ui, ai-sdk"),
        ("ag-ui:127.0.0.1:9/agent", "", "is not an address: write ag-ui:http://HOST:PORT/PATH."),
        (
            "ag-ui:http://127.0.0.1:9/agent",
            "k3y\nX: 1",
            "PLAYHEAD_REMOTE_KEY contains a character that cannot be in a key",
        ),
    ],
)
def test_bad_addresses_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch, command: object, setting: str, key: str, sentence: str
) -> None:
    monkeypatch.setenv("PLAYHEAD_REMOTE_KEY", key)
    arguments = [*(["Why?"] if command is ask else []), "--remote", setting]
    result = CliRunner().invoke(command, arguments)  # type: ignore[arg-type]

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_backend_at_an_address_has_its_own_remote_agent() -> None:
    result = CliRunner().invoke(ask, ["Why?", "--remote", "ag-ui:http://127.0.0.1:9/", "--url", "http://127.0.0.1:1"])

    assert result.exit_code == 2
    assert "--remote configures the temporary backend" in result.stderr


@pytest.mark.parametrize(
    ("reply", "code", "outcome"),
    [
        (Reply(chat("Be", "cause.")), 0, "completed"),
        (Reply(chat("Be").partition(b"\n\n")[0] + b"\n\n"), 1, "interrupted"),
        (error(401, {"error": {"message": "bad key"}}), 1, "failed"),
    ],
    ids=["whole", "cut", "refused"],
)
def test_a_question_to_an_agent_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply: Reply, code: int, outcome: str
) -> None:
    monkeypatch.setenv("PLAYHEAD_REMOTE_KEY", "k3y")
    monkeypatch.setenv("PLAYHEAD_REMOTE_MODEL", "llama")
    provider = ScriptedProvider()
    provider.script(reply)
    with LiveServer(provider) as server:
        line = ["Why?", "--remote", f"openai-chat:{server.url}/v1", "--json", "--data", str(tmp_path)]
        ended = CliRunner().invoke(ask, line)

    assert ended.exit_code == code, ended.stderr
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    assert (events[0]["step"], events[0]["state"]) == ("connecting", "started")
    assert events[-1]["outcome"] == outcome
    (asked,) = provider.asked
    assert (asked.headers["authorization"], asked.body["model"]) == ("Bearer k3y", "llama")
    assert "k3y" not in ended.stdout + ended.stderr
