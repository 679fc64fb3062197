"""`playhead worker` and `playhead serve --redis`: what they refuse, in one sentence."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from backend.cli import playhead

COMMANDS = [["worker"], ["serve", "--port", "0"]]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_an_address_that_is_not_a_redis_is_refused_without_being_repeated(tmp_path: Path, command: list[str]) -> None:
    options = ["--redis", "http://:secret@127.0.0.1:1", "--data", str(tmp_path)]
    said = CliRunner().invoke(playhead, [*command, *options])
    assert said.exit_code == 1
    assert "redis://HOST:PORT/0" in said.output
    assert "secret" not in said.output


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_redis_that_is_not_there_is_one_sentence(tmp_path: Path, command: list[str]) -> None:
    options = ["--redis", "redis://127.0.0.1:1/0", "--data", str(tmp_path)]
    said = CliRunner().invoke(playhead, [*command, *options])
    last = said.output.strip().rpartition("\n")[2]
    assert (said.exit_code, last) == (1, "Error: Redis does not answer: try again in a moment."), repr(said.exception)


def test_a_worker_needs_a_redis(tmp_path: Path) -> None:
    said = CliRunner().invoke(playhead, ["worker", "--data", str(tmp_path)])
    assert said.exit_code == 2
    assert "--redis" in said.output
