"""The page's way to its room: what is passed on, what is not, and how it ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from backend.client.control_link import Opener
from backend.client.control_socket import ControlSocket, NoControlChannel
from backend.client.errors import StreamLost
from backend.desk.room_relay import LARGEST_SAYING, RoomRelay

SAYING = json.dumps({"id": "hello-0001", "op": "hello", "tab": "tab"})


class Channel:
    """Implements ``ControlSocket``: repeats what it is sent, and can be lost."""

    def __init__(self) -> None:
        self.texts: asyncio.Queue[str | None] = asyncio.Queue()

    async def send(self, text: str) -> None:
        await self.texts.put(f'{{"heard": {text}}}')

    async def receive(self) -> str:
        text = await self.texts.get()
        if text is None:
            raise StreamLost("lost")
        return text


class Page:
    """A browser's side of a WebSocket at an address of the pages."""

    def __init__(self, opener: Opener, path: str = "/room", query: str = "run=run_1") -> None:
        self.said: asyncio.Queue[Message] = asyncio.Queue()
        self.got: asyncio.Queue[Message] = asyncio.Queue()
        self._scope: Scope = {
            "type": "websocket",
            "path": path,
            "query_string": query.encode(),
            "headers": [],
            "subprotocols": [],
        }
        self._relay = RoomRelay(other_app, "http://127.0.0.1:1", opener)

    async def visit(self) -> None:
        await self.said.put({"type": "websocket.connect"})
        await self._relay(self._scope, self.said.get, self.got.put)

    async def say(self, **message: Any) -> None:
        await self.said.put({"type": "websocket.receive", **message})


async def other_app(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "other"})


def opener_of(channel: ControlSocket | Exception, opened: list[str]) -> Opener:
    @asynccontextmanager
    async def open_channel(base_url: str, path: str) -> AsyncIterator[ControlSocket]:
        opened.append(path)
        if isinstance(channel, Exception):
            raise channel
        yield channel

    return open_channel


async def taken(page: Page) -> Message:
    async with asyncio.timeout(10):
        return await page.got.get()


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("run=run_1", "/v1/runs/run_1/control"),
        ("run=share_1", "/v1/shared/share_1/control"),
        ("run=../../x", "/v1/runs/..%2F..%2Fx/control"),
        ("", "/v1/runs//control"),
    ],
)
async def test_a_page_reaches_the_room_of_its_run_and_hears_what_is_said_there(query: str, path: str) -> None:
    opened: list[str] = []
    page = Page(opener_of(channel := Channel(), opened), query=query)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(page.visit())
        assert (await taken(page))["type"] == "websocket.accept"
        await page.say(text=SAYING)
        assert json.loads((await taken(page))["text"]) == {"heard": json.loads(SAYING)}
        await channel.texts.put(None)
        assert (await taken(page))["code"] == 1013, "the page comes back"
    assert opened == [path]


@pytest.mark.parametrize(
    "message",
    [
        {"text": json.dumps({"id": "cancel-001", "op": "cancel", "run": "run_1"})},
        {"text": json.dumps({"id": "follow-001", "op": "follow", "run": "run_1"})},
        {"text": "not JSON"},
        {"text": "[" * 5000},
        {"text": SAYING + " " * LARGEST_SAYING},
        {"bytes": b"hello"},
    ],
)
async def test_a_page_neither_steers_nor_follows_over_its_room(message: dict[str, Any]) -> None:
    channel = Channel()
    page = Page(opener_of(channel, []))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(page.visit())
        await taken(page)
        await page.say(**message)
        assert (await taken(page))["code"] == 1008
    assert channel.texts.empty()


@pytest.mark.parametrize(("error", "code"), [(NoControlChannel("no"), 4404), (StreamLost("lost"), 1013)])
async def test_a_handshake_is_always_taken_so_that_the_console_stays_clean(error: Exception, code: int) -> None:
    page = Page(opener_of(error, []))
    await page.visit()
    assert [(await taken(page))["type"], (await taken(page))["code"]] == ["websocket.accept", code]


async def test_a_page_that_leaves_closes_its_connection_to_the_backend() -> None:
    page = Page(opener_of(Channel(), []))
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(page.visit())
        await taken(page)
        await page.said.put({"type": "websocket.disconnect", "code": 1001})


async def test_every_other_address_is_the_framework_s() -> None:
    page = Page(opener_of(Channel(), []), path="/_stcore/stream")
    await page.visit()
    assert (await taken(page))["type"] == "other"
