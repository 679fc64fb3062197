"""Clients for this machine and for others, with proxies that work, are dead, or cannot be read."""

import sys
from collections.abc import Iterator

import httpx2
import pytest

from backend.client.connection import transport_failures
from backend.client.errors import BackendGone
from backend.network.http_client import ProxyFailure, new_client
from backend.network.proxies import Proxies
from tests.agents.model.scripted_provider import ScriptedProvider
from tests.live_server import LiveServer
from tests.network.socks_server import socks_server

pytestmark = pytest.mark.server

TIMEOUT = httpx2.Timeout(20.0)
ELSEWHERE = "http://agent.example/v1/chat/completions"


@pytest.fixture
def server() -> Iterator[LiveServer]:
    provider = ScriptedProvider()
    provider.script(b"data: hello\n\n")
    with LiveServer(provider) as live:
        yield live


def client(**named: str) -> httpx2.AsyncClient:
    return new_client(timeout=TIMEOUT, proxies=Proxies(named))


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "http://127.0.0.1:9", "ftp://x", "http://[::", "socks4://x"])
@pytest.mark.parametrize("host", ["127.0.0.1", "LOCALHOST", "name:secret@127.0.0.1"])
async def test_this_machine_is_reached_whatever_the_proxy(server: LiveServer, proxy: str, host: str) -> None:
    async with client(all=proxy, http=proxy, no="::1]%,") as http:
        answer = await http.post(f"http://{host}:{server.port}/anything", json={})
    assert answer.text == "data: hello\n\n"


async def test_a_socks_proxy_leads_to_another_machine(server: LiveServer) -> None:
    async with socks_server(server.port) as proxy, client(all=f"socks5h://me:p%40ss@127.0.0.1:{proxy.port}") as http:
        answer = await http.post(ELSEWHERE, json={})
    assert answer.text == "data: hello\n\n"
    assert proxy.asked == [("agent.example", 80)]
    assert proxy.passwords == ["p@ss"]


async def test_an_http_proxy_leads_to_another_machine(server: LiveServer) -> None:
    async with client(http=server.url) as http:
        answer = await http.post(ELSEWHERE, json={})
    assert answer.text == "data: hello\n\n"


async def test_an_exception_is_connected_to_directly(server: LiveServer, free_port: int) -> None:
    async with client(all="socks5://127.0.0.1:9", no="nowhere.invalid") as http:
        with pytest.raises(httpx2.ConnectError) as error:
            await http.get("http://nowhere.invalid/")
    assert not isinstance(error.value, ProxyFailure)


async def test_without_its_library_a_socks_proxy_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "socksio", raising=False)
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(
        sys, "meta_path", [finder for finder in sys.meta_path if not hasattr(finder, "find_distributions")]
    )
    async with client(all="socks5://127.0.0.1:9") as http:
        with pytest.raises(ProxyFailure) as error:
            await http.get(ELSEWHERE)
    assert error.value.sentence == (
        "The SOCKS proxy in ALL_PROXY needs socksio, which is not installed here: "
        "run `pip install '.[socks]'` in Playhead's folder."
    )


@pytest.mark.parametrize(
    ("proxy", "sentence"),
    [
        ("http://me:secret@127.0.0.1:{port}", "The proxy in ALL_PROXY (127.0.0.1:{port}) cannot be reached: "),
        ("socks5://me:secret@127.0.0.1:{port}", "The proxy in ALL_PROXY (127.0.0.1:{port}) cannot be reached: "),
        ("socks4://me:secret@127.0.0.1", "ALL_PROXY is not the address of a proxy: write http://HOST:PORT or "),
        ("http://[secret", "ALL_PROXY is not the address of a proxy: write http://HOST:PORT or "),
        ("http://:8080", "ALL_PROXY is not the address of a proxy: write http://HOST:PORT or "),
    ],
)
async def test_a_proxy_that_cannot_be_used_is_named_without_its_password(
    free_port: int, proxy: str, sentence: str
) -> None:
    async with client(all=proxy.format(port=free_port)) as http:
        with pytest.raises(ProxyFailure) as error:
            await http.get(ELSEWHERE)
        with pytest.raises(BackendGone) as gone:
            async with transport_failures("http://agent.example"):
                await http.get(ELSEWHERE)
    assert error.value.sentence.startswith(sentence.format(port=free_port))
    assert error.value.sentence.endswith("name agent.example in NO_PROXY.")
    assert "secret" not in error.value.sentence
    assert gone.value.sentence == error.value.sentence


async def test_a_proxy_that_refuses_is_quoted() -> None:
    async def refusing(scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 407, "headers": []})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b""})  # type: ignore[operator]

    with LiveServer(refusing, http="h11") as proxy:
        async with client(https=proxy.url) as http:
            with pytest.raises(ProxyFailure, match=r"does not connect to agent\.example \(407"):
                await http.get("https://agent.example/")
