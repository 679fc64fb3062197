"""MCP servers of a settings file, real ones: a program over stdio and an address over HTTP."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from backend.agents.model.naming import ModelUnusableError
from backend.agents.model.tools.mcp import reachable, servers_of
from tests.agents.model.conftest import Talk
from tests.agents.model.wire import CHAT, chat_text, chat_tool_call
from tests.live_server import LiveServer

pytestmark = pytest.mark.server

SERVER = Path(__file__).parent / "mcp_server.py"


def settings_file(folder: Path, **servers: Any) -> Path:
    path = folder / "mcp.json"
    path.write_text(json.dumps({"mcpServers": servers}))
    return path


@pytest.fixture
def over_stdio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("THE_SERVER", str(SERVER))
    return settings_file(tmp_path, sums={"command": sys.executable, "args": ["${THE_SERVER}"]})


async def test_a_program_s_tools_are_steps_with_their_logs_and_may_fail(
    talk: Talk, over_stdio: Path, tmp_path: Path
) -> None:
    sums = servers_of(over_stdio)
    gone = servers_of(settings_file(tmp_path, gone={"command": str(tmp_path / "none")}))
    usable, warnings = await reachable([*sums, *gone])
    calls = chat_tool_call("sums_add", one=2, other=40), chat_tool_call("sums_fail")
    heard = await talk(CHAT, *calls, chat_text("42."), servers=usable)

    assert [server.name for server in usable] == ["sums"]
    assert [warning.partition(": ")[0] for warning in warnings] == ["The MCP server 'gone' is left out"]
    assert warnings[0].endswith(".")
    assert heard.failure is None
    assert heard.answer == "42."
    tools = [status for status in heard.statuses if status.step == "running_tool"]
    assert [status.state for status in tools] == ["started", "finished", "started", "failed"]
    assert tools[1].tool is not None
    assert (tools[1].tool.name, tools[1].tool.arguments) == ("sums_add", {"one": 2, "other": 40})
    assert "42" in json.dumps(tools[1].tool.result)
    assert "fail" in (tools[3].detail or "")
    offered = {tool["function"]["name"] for tool in talk.provider.asked[0].body["tools"]}
    assert {
        "sums_add",
        "sums_fail",
        "sums_book",
        "search_documents",
        "read_figures",
        "list_tables",
        "query_table",
        "draw_chart",
    } == offered


async def test_a_server_that_has_gone_ends_the_run_with_its_name(talk: Talk, free_port: int, tmp_path: Path) -> None:
    path = settings_file(tmp_path, sums={"url": f"http://127.0.0.1:{free_port}/mcp"})
    heard = await talk(CHAT, chat_text("x"), servers=servers_of(path))

    assert heard.failure is not None
    assert heard.failure.code == "mcp_unavailable"
    assert heard.failed_with.startswith("The MCP server 'sums' cannot be reached: ")


async def test_an_address_is_spoken_to_over_http(talk: Talk, tmp_path: Path) -> None:
    from tests.agents.model.tools.mcp_server import server

    with LiveServer(server.streamable_http_app(), lifespan="on") as served:
        path = settings_file(tmp_path, sums={"url": f"{served.url}/mcp"})
        servers, warnings = await reachable(servers_of(path))
        assert warnings == []
        heard = await talk(CHAT, chat_tool_call("sums_add", one=1, other=1), chat_text("2."), servers=servers)

    assert heard.failure is None
    assert heard.answer == "2."


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is not a file of MCP servers"),
        ("{}", "mcpServers: Field required"),
        ('{"mcpServers": {"x": {}}}', "the server 'x' has neither a command nor a url"),
        ('{"mcpServers": {"x": {"command": "${NEVER_SET_HERE}"}}}', "NEVER_SET_HERE"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "mcp.json"
    path.write_text(content)

    with pytest.raises(ModelUnusableError, match=r"mcp\.json is not a file of MCP servers: ") as refusal:
        servers_of(path)
    assert told in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusableError, match="cannot be read"):
        servers_of(tmp_path / "gone.json")
