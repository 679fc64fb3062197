"""The README's section "Point it at your agent": its block of commands with every address of its table, run against an
agent on loopback of that dialect.

The lines of `playhead demo` are run as `playhead serve`, which takes the same option and is the part of it that knows
of the agent: what else a demo starts is tested with the pages. With the dialect that the block itself names, the
backends are the children that the lines start. They differ from line to line in the address alone, so for the other
dialects the backend of that address is a thread of this process.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner, Result
from starlette.types import Receive, Scope, Send

from backend.cli import playhead
from backend.dialects.registry import DIALECTS
from backend.launch.server import LocalServer
from tests.api.backend_server import BackendServer
from tests.live_server import LiveServer

ROOT = Path(__file__).resolve().parent.parent.parent
STREAMS = ROOT / "tests" / "dialects" / "data"
SECTION = re.compile(r"^## Point it at your agent\n(.*?)^### ", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```sh\n(.*?)```", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `([a-z0-9-]+)` \| `([a-z0-9-]+:http[^`]+)` \|", re.MULTILINE)
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")

pytestmark = pytest.mark.server


def lines() -> tuple[str, dict[str, list[str]]]:
    """The dialect of the block, and the block's lines for each dialect of the table, with that row's address."""
    (section,) = SECTION.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    block, rows = BLOCK.findall(section)[0], dict(ROW.findall(section))
    named, address = next((dialect, address) for dialect, address in rows.items() if address in block)
    return named, {
        dialect: block.replace(address, other).replace(f"--dialect {named}", f"--dialect {dialect}").splitlines()
        for dialect, other in rows.items()
    }


NAMED, LINES = lines()


@dataclass(frozen=True)
class ForeignAgent:
    """An agent elsewhere: answers every question with one recorded stream of its dialect."""

    url: str
    stream: Path


@pytest.fixture
def agent(dialect: str) -> Iterator[ForeignAgent]:
    name = {"openai-chat": "openai_chat_sources"}.get(dialect, dialect.replace("-", "_"))
    (stream,) = STREAMS.glob(f"{name}.*")
    content_type = b"text/event-stream" if stream.suffix == ".sse" else b"application/x-ndjson"

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = [(b"content-type", content_type)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": stream.read_bytes()})

    with LiveServer(app) as server:
        yield ForeignAgent(server.url, stream)


def test_every_dialect_has_its_five_lines() -> None:
    commands = {"demo", "ask", "eval", "import", "replay"}
    assert set(LINES) == set(DIALECTS)
    assert {dialect: {line.split()[1] for line in block} for dialect, block in LINES.items()} == dict.fromkeys(
        LINES, commands
    )


@pytest.mark.parametrize("dialect", LINES)
def test_every_line_does_what_it_says(
    dialect: str, agent: ForeignAgent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "captured.sse").write_bytes(agent.stream.read_bytes())
    demo, ask, *others = [shlex.split(ADDRESS.sub(agent.url, line)) for line in LINES[dialect]]
    option, address = demo[2:]
    assert option == "--remote"
    assert ask[2:4] == demo[2:]
    with backend_of(dialect)(tmp_path / "served", remote=address) as server:
        offers = httpx2.get(f"{server.url}/v1/agents", timeout=30).json()["agents"]
        if dialect != NAMED:
            ask[2:4] = ["--agent", "remote", "--url", server.url]
        asked = run(*ask) if dialect != NAMED else run(*ask, "--data", str(tmp_path / "asked"))
    assert offers[0]["agent"] == "remote"
    assert "Completed" in asked.output
    for words in others:
        run(*words)
    assert (tmp_path / "report" / "report.html").exists()
    assert (tmp_path / "run.jsonl").exists()


def backend_of(dialect: str) -> type[LocalServer] | type[BackendServer]:
    return LocalServer if dialect == NAMED else BackendServer


def run(program: str, *words: str) -> Result:
    assert program == "playhead"
    done = CliRunner().invoke(playhead, words)
    assert done.exit_code == 0, f"{words}: {done.output}"
    return done
