"""Streams of a page over WebSockets: the same bytes as over HTTP, and the same end."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Scope

from ui_gradio.stream_sockets import StreamSockets, stream_script

STREAM = "/gradio_api/queue/data"
HEARTBEAT = "/gradio_api/heartbeat/abc"


class Page:
    """A page's side of one WebSocket."""

    def __init__(self, path: str) -> None:
        self.scope: Scope = {
            "type": "websocket",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": path,
            "root_path": "",
            "query_string": b"session_hash=abc",
            "headers": [(b"host", b"127.0.0.1:7860")],
            "subprotocols": [],
        }
        self.received: asyncio.Queue[Message] = asyncio.Queue()
        self._sent: asyncio.Queue[Message] = asyncio.Queue()
        self._sent.put_nowait({"type": "websocket.connect"})

    async def visit(self, app: ASGIApp) -> None:
        """Have the application serve this WebSocket to its end."""
        await app(self.scope, self._sent.get, self.received.put)

    def leave(self) -> None:
        """Close it from this side."""
        self._sent.put_nowait({"type": "websocket.disconnect", "code": 1001})

    def all_received(self) -> list[Message]:
        """What has come until now."""
        return [self.received.get_nowait() for _ in range(self.received.qsize())]


def application(stream: AsyncIterator[str] | None = None) -> ASGIApp:
    """A server with a stream at both addresses of Gradio's, and a page that ends at once."""

    async def streams(request: Request) -> Response:
        if stream is None:
            return PlainTextResponse("gone", 404)
        return StreamingResponse(stream, media_type="text/event-stream")

    return StreamSockets(Starlette(routes=[Route(path, streams) for path in (STREAM, HEARTBEAT)]))


async def words(*said: str) -> AsyncIterator[str]:
    for word in said:
        yield word


async def test_each_piece_of_the_body_is_one_message_and_the_end_closes_the_socket() -> None:
    page = Page(STREAM)
    await page.visit(application(words("data: über\n\n", "data: 2\n\n")))
    assert page.all_received() == [
        {"type": "websocket.accept"},
        {"type": "websocket.send", "bytes": "data: über\n\n".encode()},
        {"type": "websocket.send", "bytes": b"data: 2\n\n"},
        {"type": "websocket.close", "code": 1000},
    ]


@pytest.mark.parametrize("path", [STREAM, HEARTBEAT])
async def test_a_page_that_leaves_ends_a_stream_that_is_silent(path: str) -> None:
    ended = asyncio.Event()

    async def silent() -> AsyncIterator[str]:
        try:
            yield "data: ALIVE\n\n"
            await asyncio.Event().wait()
        finally:
            ended.set()

    page = Page(path)
    visit = asyncio.create_task(page.visit(application(silent())))
    assert [(await page.received.get())["type"] for _ in range(2)] == ["websocket.accept", "websocket.send"]
    page.leave()
    await visit
    assert ended.is_set()
    assert page.all_received() == []


async def test_a_refusal_closes_the_socket_as_broken() -> None:
    page = Page(STREAM)
    await page.visit(application())
    assert page.all_received() == [{"type": "websocket.accept"}, {"type": "websocket.close", "code": 1011}]


@pytest.mark.parametrize("path", ["/", "/gradio_api/queue/join", "/gradio_api/heartbeat/", f"{STREAM}/x"])
async def test_no_other_address_has_a_socket(path: str) -> None:
    page = Page(path)
    await page.visit(application(words("data: 1\n\n")))
    assert [message["type"] for message in page.all_received()] == ["websocket.close"]


def test_the_script_looks_for_the_addresses_that_the_server_answers() -> None:
    found = re.search(r"String\.raw`([^`]+)`", stream_script())
    assert found is not None
    assert all(re.search(found[1], path) for path in (STREAM, f"/demo{STREAM}", HEARTBEAT))
    assert not re.search(found[1], "/gradio_api/queue/join")
