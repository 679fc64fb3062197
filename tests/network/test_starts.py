"""Every program starts, and works, with proxies in the environment that no connection to this machine may use."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx2
import pytest

from backend.launch.ports import free_port
from tests.agents.model.scripted_provider import ScriptedProvider
from tests.agents.remote.hearing import chat
from tests.child_process import child_process
from tests.commands.serve_process import DEADLINE_S
from tests.live_server import LiveServer
from tests.network.socks_server import socks_server

pytestmark = [pytest.mark.server, pytest.mark.timeout(240)]

PLAYHEAD = [sys.executable, "-m", "backend.cli"]
ENVIRONMENTS = {
    "socks": {"ALL_PROXY": "socks5://127.0.0.1:{port}", "all_proxy": "socks5://127.0.0.1:{port}"},
    "dead": {"HTTP_PROXY": "http://127.0.0.1:{port}", "http_proxy": "127.0.0.1:{port}", "NO_PROXY": "::1]%,,[,*.x"},
    "odd": {"All_Proxy": "socks5h://me:p%40ss@[::1]:{port}", "Https_proxy": "socks4://[::", "no_proxy": "example.com"},
}
"""What people have set. The port is that of a listener that must not hear anything."""


EVERYTHING = (
    ENVIRONMENTS["dead"]
    | ENVIRONMENTS["socks"]
    | {name: value for name, value in ENVIRONMENTS["odd"].items() if name != "no_proxy"}
)
"""All of them at once, for what takes long to start: a library that falls over one of them falls over this. The odd
exception stays, which the plain one would hide."""


@pytest.fixture(params=[*ENVIRONMENTS.values()], ids=[*ENVIRONMENTS])
def proxied(request: pytest.FixtureRequest) -> Mapping[str, str]:
    """The environment, with nobody at the proxy's address: whatever asks it fails."""
    named: dict[str, str] = request.param
    return {name: value.format(port=free_port()) for name, value in named.items()}


def outcome(*arguments: str, proxied: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*PLAYHEAD, *arguments],
        env={**os.environ, **proxied},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S * 2,
        check=False,
    )


@pytest.mark.parametrize("proxied", [EVERYTHING], ids=["everything"], indirect=True)
def test_the_demo_and_what_asks_it(proxied: Mapping[str, str], tmp_path: Path) -> None:
    ports = [str(free_port()) for _ in range(3)]
    flags = ("--port", ports[0], "--gradio-port", ports[1], "--streamlit-port", ports[2])
    command = [*PLAYHEAD, "demo", "--no-browser", "--data", str(tmp_path / "data"), *flags]
    with child_process(command, environment=proxied) as demo:
        assert demo.stdout is not None
        lines: list[str] = []
        while not lines or lines[-1] not in ("ready", ""):
            lines.append(demo.stdout.readline().rstrip())
        assert lines[-1] == "ready", lines
        with httpx2.Client(trust_env=False, follow_redirects=True) as http:
            assert http.get(f"http://127.0.0.1:{ports[1]}/history").status_code == 200
        for host in ("127.0.0.1", "LocalHost", "user:secret@127.0.0.1"):
            url = f"http://{host}:{ports[0]}"
            asked = outcome(
                "ask", "Show", "--agent", "scripted:happy_path", "--speed", "0", "--url", url, proxied=proxied
            )
            assert (asked.returncode, asked.stderr) == (0, "")
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(DEADLINE_S) == 0


@pytest.mark.parametrize("proxied", [EVERYTHING], ids=["everything"], indirect=True)
def test_a_command_starts_a_backend_of_its_own(proxied: Mapping[str, str], tmp_path: Path) -> None:
    asked = outcome("ask", "Show", "--agent", "scripted:happy_path", "--speed", "0", proxied=proxied)
    assert (asked.returncode, asked.stderr.count("Traceback")) == (0, 0), asked.stderr
    suite = tmp_path / "one.yaml"
    suite.write_text("suite: one\nspeed: 0\nrepeats: 1\nruns:\n  - agent: scripted:happy_path\n", encoding="utf-8")
    measured = outcome("eval", str(suite), "--out", str(tmp_path / "out"), proxied=proxied)
    assert measured.returncode in (0, 2), measured.stderr
    assert (tmp_path / "out" / "results.json").is_file()


@pytest.mark.parametrize("proxied", [ENVIRONMENTS["odd"]], ids=["odd"], indirect=True)
def test_a_backend_over_ipv6(proxied: Mapping[str, str], tmp_path: Path) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        pytest.skip(f"this machine has no IPv6 loopback: {error}")
    port = free_port("::1")
    command = [*PLAYHEAD, "serve", "--host", "::1", "--port", str(port), "--data", str(tmp_path / "data")]
    with child_process(command, environment=proxied) as serve:
        assert serve.stdout is not None
        url = f"http://[::1]:{port}"
        assert serve.stdout.readline().strip() == f"backend {url}"
        asked = outcome("ask", "Show", "--agent", "scripted:happy_path", "--speed", "0", "--url", url, proxied=proxied)
        assert (asked.returncode, asked.stderr) == (0, "")


@pytest.mark.parametrize("setting", [("--remote", "openai-chat:http://agent.example/v1"), ("--model", "openai:gpt")])
async def test_an_agent_elsewhere_is_asked_through_the_proxy(setting: tuple[str, str], tmp_path: Path) -> None:
    provider = ScriptedProvider()
    provider.script(chat("Through a proxy."))
    with LiveServer(provider) as agent:
        async with socks_server(agent.port) as proxy:
            environment = {
                "ALL_PROXY": f"socks5h://127.0.0.1:{proxy.port}",
                "OPENAI_BASE_URL": "http://agent.example/v1",
                "OPENAI_API_KEY": "sk-any",
            }
            written = await written_by([*PLAYHEAD, "ask", "Why?", *setting], environment)
    assert "Through a proxy." in written
    assert proxy.asked == [("agent.example", 80)]


async def written_by(command: list[str], environment: Mapping[str, str]) -> str:
    """What a command writes, while this loop plays its proxy."""
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    out, _ = await process.communicate()
    return out.decode()


def test_a_model_elsewhere_behind_a_dead_proxy_is_one_sentence(proxied: Mapping[str, str]) -> None:
    asked = outcome("ask", "Why?", "--remote", "openai-chat:http://agent.example/v1", proxied=proxied)
    assert asked.returncode == 1
    said = asked.stdout + asked.stderr
    assert "_PROXY" in said
    assert "Traceback" not in said
    assert "p%40ss" not in said
