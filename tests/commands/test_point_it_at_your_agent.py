"""The README's section "Point it at your agent": its block of commands with every address of its table, run against an
agent on loopback of that dialect.

The lines of `playhead demo` are run as `playhead serve`, which takes the same option and is the part of it that knows
of the agent: what else a demo starts is tested with the pages.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner
from starlette.types import Receive, Scope, Send

from backend.cli import playhead
from backend.launch.server import LocalServer
from tests.live_server import LiveServer

ROOT = Path(__file__).resolve().parent.parent.parent
STREAMS = ROOT / "tests" / "dialects" / "data"
SECTION = re.compile(r"^## Point it at your agent\n(.*?)^### ", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```sh\n(.*?)```", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `([a-z-]+)` \| `([a-z-]+:http[^`]+)` \|", re.MULTILINE)
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")

pytestmark = pytest.mark.server


def lines() -> dict[str, list[str]]:
    """The block's lines for each dialect of the table, with that row's address."""
    (section,) = SECTION.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    block, rows = BLOCK.findall(section)[0], dict(ROW.findall(section))
    named, address = next((dialect, address) for dialect, address in rows.items() if address in block)
    return {
        dialect: block.replace(address, other).replace(f"--dialect {named}", f"--dialect {dialect}").splitlines()
        for dialect, other in rows.items()
    }


LINES = lines()


@dataclass(frozen=True)
class ForeignAgent:
    """An agent elsewhere: answers every question with one recorded stream of its dialect."""

    url: str
    stream: Path


@pytest.fixture
def agent(dialect: str) -> Iterator[ForeignAgent]:
    name = {"openai-chat": "openai_chat_sources"}.get(dialect, dialect.replace("-", "_"))
    stream = STREAMS / f"{name}.sse"

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": stream.read_bytes()})

    with LiveServer(app) as server:
        yield ForeignAgent(server.url, stream)


def test_every_dialect_has_its_five_lines() -> None:
    commands = {"demo", "ask", "eval", "import", "replay"}
    assert len(LINES) == 7
    assert {dialect: {line.split()[1] for line in block} for dialect, block in LINES.items()} == dict.fromkeys(
        LINES, commands
    )


@pytest.mark.parametrize("dialect", LINES)
def test_every_line_does_what_it_says(
    dialect: str, agent: ForeignAgent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "captured.sse").write_bytes(agent.stream.read_bytes())
    for line in LINES[dialect]:
        program, command, *words = shlex.split(ADDRESS.sub(agent.url, line))
        assert program == "playhead"
        if command == "demo":
            _serve(words, tmp_path)
        elif command == "ask":
            _ask(words, tmp_path)
        else:
            done = CliRunner().invoke(playhead, [command, *words])
            assert done.exit_code == 0, f"{line}: {done.output}"
    assert (tmp_path / "report" / "report.html").exists()
    assert (tmp_path / "run.jsonl").exists()


def _serve(words: list[str], folder: Path) -> None:
    option, address = words
    assert option == "--remote"
    with LocalServer(folder / "served", remote=address) as server:
        offers = httpx2.get(f"{server.url}/v1/agents", timeout=30).json()["agents"]
    assert offers[0]["agent"] == "remote"


def _ask(words: list[str], folder: Path) -> None:
    command = [sys.executable, "-m", "backend.cli", "ask", *words, "--data", str(folder / "asked")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Completed" in done.stdout
