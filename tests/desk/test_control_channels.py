"""Pages steer over a WebSocket that is open while they follow a run, and over HTTP without it; one for each
conversation, however many pages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from backend.client import RunClient, close_shared_http
from backend.client.control_socket import ControlSocket, NoControlChannel, open_socket
from backend.client.replies import StartedRun
from backend.desk.control_channels import ControlChannels
from tests.api.backend_server import DEADLINE_S, BackendServer

pytestmark = pytest.mark.server


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[RunClient]:
    with BackendServer(tmp_path) as server:
        yield RunClient(server.url)
        await close_shared_http()


class Connections:
    """Opens connections as ``open_socket`` does, and knows of them."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.greeted = asyncio.Event()
        self.closed = asyncio.Event()

    @asynccontextmanager
    async def open(self, base_url: str, path: str) -> AsyncIterator[ControlSocket]:
        try:
            async with open_socket(base_url, path) as socket:
                self.paths.append(path)
                yield _Greeting(socket, self.greeted)
        finally:
            self.closed.set()


class _Greeting:
    """A connection that says when something was received over it."""

    def __init__(self, socket: ControlSocket, greeted: asyncio.Event) -> None:
        self._socket = socket
        self._greeted = greeted

    async def send(self, text: str) -> None:
        await self._socket.send(text)

    async def receive(self) -> str:
        text = await self._socket.receive()
        self._greeted.set()
        return text


@asynccontextmanager
async def refused(base_url: str, path: str) -> AsyncIterator[ControlSocket]:
    """As behind a proxy that passes no WebSocket."""
    raise NoControlChannel("No.")
    yield  # pragma: no cover - makes this a generator


async def begun(client: RunClient, agent: str = "scripted:timeout") -> StartedRun:
    """A run whose agent works."""
    run = await client.start_run("Why?", agent)
    async with aclosing(client.follow(run.run_id)) as events:
        await anext(events)
    return run


async def test_commands_go_over_the_one_channel_of_a_conversation(client: RunClient) -> None:
    connections = Connections()
    channels = ControlChannels(client, connections.open, linger_s=0)
    other_page = ControlChannels(client, connections.open, linger_s=0)
    run = await begun(client)
    assert channels.calls(run.session_id) is client
    async with asyncio.timeout(DEADLINE_S):
        async with channels.kept_open(run.session_id), other_page.kept_open(run.session_id):
            await connections.greeted.wait()
            calls = channels.calls(run.session_id)
            assert calls is other_page.calls(run.session_id)
            assert calls is not client
            assert (await calls.pause(run.run_id)).activity == "paused"
            assert (await calls.resume(run.run_id)).activity == "running"
            await calls.cancel(run.run_id)
        await connections.closed.wait()
    assert channels.calls(run.session_id) is client
    assert connections.paths == [f"/v1/sessions/{run.session_id}/control"]


async def test_without_websockets_the_same_commands_go_over_http(client: RunClient) -> None:
    channels = ControlChannels(client, refused, linger_s=0)
    run = await begun(client)
    async with channels.kept_open(run.session_id), channels.kept_open(""):
        calls = channels.calls(run.session_id)
        assert calls is client
        assert (await calls.pause(run.run_id)).activity == "paused"
        sent = await calls.send_message(run.run_id, "And then?", "queue")
        assert (await calls.withdraw_message(run.run_id, sent.message_id)).state == "withdrawn"
        await calls.cancel(run.run_id)
