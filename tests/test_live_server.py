"""The test server itself: it answers as soon as it is entered, and leaves nothing behind."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from tests.live_server import LiveServer

pytestmark = pytest.mark.server


async def hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


def test_answers_inside_its_context_and_refuses_after_it() -> None:
    with LiveServer(Starlette(routes=[Route("/", hello)])) as server:
        assert httpx2.get(server.url).text == "hello"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port)).close()
    assert f"live-server-{server.port}" not in {thread.name for thread in threading.enumerate()}


def test_runs_the_lifespan_of_the_app() -> None:
    seen: list[str] = []

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        seen.append("started")
        yield
        seen.append("stopped")

    with LiveServer(Starlette(lifespan=lifespan)):
        assert seen == ["started"]
    assert seen == ["started", "stopped"]


def test_an_app_that_does_not_start_is_an_error() -> None:
    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        raise OSError("no disk")
        yield

    with pytest.raises(RuntimeError, match="did not start"), LiveServer(Starlette(lifespan=lifespan)):
        pass


def test_stops_although_a_response_never_ends() -> None:
    released = threading.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"first"
        try:
            await asyncio.Event().wait()
        finally:
            released.set()

    async def stream(request: Request) -> StreamingResponse:
        return StreamingResponse(endless())

    with (
        LiveServer(Starlette(routes=[Route("/", stream)])) as server,
        httpx2.stream("GET", server.url) as response,
    ):
        assert next(response.iter_raw()) == b"first"
        server.stop()
        assert released.wait(10)
