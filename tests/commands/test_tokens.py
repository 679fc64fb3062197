"""``playhead tokens``: what it prints, what it keeps, and how it refuses."""

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend.access.tokens import digest_of
from backend.commands.serve import command as serve
from backend.commands.tokens import command


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "tokens.json"


def run(path: Path, *words: str) -> Result:
    return CliRunner().invoke(command, [*words, "--token-file", str(path)])


def test_a_token_is_printed_once_and_kept_as_a_digest(path: Path) -> None:
    made = run(path, "add", "ana", "--role", "approve")
    secret = made.stdout.strip()
    kept = path.read_text(encoding="utf-8")
    assert (made.exit_code, len(made.stdout.splitlines())) == (0, 1)
    assert secret not in kept
    assert digest_of(secret) in kept
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    listed = json.loads(run(path, "list", "--json").stdout)
    assert [(each["name"], each["role"]) for each in listed] == [("ana", "approve")]
    assert secret not in run(path, "list").stdout
    assert run(path, "revoke", "ana").exit_code == 0
    assert json.loads(path.read_text(encoding="utf-8")) == {"tokens": []}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "ana"), "already"),
        (("add", "../ana"), "not a name"),
        (("revoke", "ben"), "no token named ben"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(path: Path, words: tuple[str, ...], said: str) -> None:
    run(path, "add", "ana")
    refused = run(path, *words)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert said in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_file_that_others_can_read_or_that_is_something_else_is_refused(path: Path) -> None:
    run(path, "add", "ana")
    path.chmod(0o640)
    assert "chmod 600" in run(path, "list").stderr
    path.chmod(0o600)
    for text in ("", "[]", '{"tokens": [{"name": "ana", "sha256": "00"}]}', '{"tokens": 7}', "\x00"):
        path.write_text(text, encoding="utf-8")
        assert "not a file of tokens" in run(path, "list").stderr, text


def test_an_entry_without_a_role_is_a_hosts(path: Path) -> None:
    path.parent.mkdir()
    path.touch(0o600)
    path.write_text(json.dumps({"tokens": [{"name": "ana", "sha256": digest_of("x")}]}), encoding="utf-8")
    assert run(path, "list").stdout.split() == ["ana", "host"]


def test_a_server_does_not_start_on_a_file_without_tokens(path: Path, tmp_path: Path) -> None:
    words = ["--port", "0", "--data", str(tmp_path), "--host", "0.0.0.0", "--token-file", str(path)]
    refused = CliRunner().invoke(serve, words)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "playhead tokens add" in refused.stderr
