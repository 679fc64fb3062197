"""How much a request may carry, with and without a length that says so."""

import asyncio
from contextlib import suppress

import pytest
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.requests import Request as StarletteRequest
from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from backend.doors.body_limit import BodyLimit
from backend.doors.guard import Guard
from backend.doors.open_routes import OpenRoutes
from tests.doors.asgi import LOOPBACK, EchoApp, call

PIECE = b"0123456789"


def limited(app: object = None) -> BodyLimit:
    """An app whose uploads may have 40 bytes, and everything else 20."""
    return BodyLimit(app or EchoApp(), default=20, limits={"/upload": 40})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "pieces", "status"),
    [
        ("/", 2, 200),
        ("/", 3, 413),
        ("/upload", 4, 200),
        ("/upload", 5, 413),
        ("/upload/of/a/file", 4, 200),
        ("/upload/of/a/file", 5, 413),
        ("/uploads", 3, 413),
    ],
)
@pytest.mark.parametrize("declared", [True, False], ids=["with-its-length", "without"])
async def test_a_body_has_the_limit_of_its_path(path: str, pieces: int, status: int, declared: bool) -> None:
    app = EchoApp()
    length = [("Content-Length", str(pieces * len(PIECE)))] if declared else []
    sent = await call(limited(app), method="POST", path=path, headers=[LOOPBACK, *length], body=[PIECE] * pieces)
    assert sent.status == status
    limit = 40 if path.startswith("/upload/") or path == "/upload" else 20
    assert sent.text == (
        (PIECE * pieces).decode() if status == 200 else f"The body has more than {limit} bytes: send less.\n"
    )
    assert len(app.scopes) == (0 if declared and status == 413 else 1)


async def test_a_length_that_is_too_small_does_not_help() -> None:
    sent = await call(limited(), method="POST", headers=[LOOPBACK, ("Content-Length", "1")], body=[PIECE] * 3)
    assert sent.status == 413


async def test_no_more_is_read_than_the_limit_and_one_piece() -> None:
    read = 0

    async def greedy(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal read
        with suppress(HTTPException):
            while True:
                read += len((await receive())["body"])
        await EchoApp()(scope, receive, send)

    assert (await call(limited(greedy), method="POST", body=[PIECE] * 10)).status == 413
    assert read == 20


async def test_frameworks_that_answer_the_error_themselves_are_not_heard() -> None:
    app = FastAPI()

    @app.post("/")
    async def read(request: Request) -> dict[str, int]:
        return {"size": len(await request.body())}

    @app.exception_handler(HTTPException)
    async def answer(_: StarletteRequest, error: Exception) -> JSONResponse:
        return JSONResponse({"error": str(error)}, 418)

    assert (await call(limited(app), method="POST", body=[PIECE] * 2)).status == 200
    sent = await call(limited(app), method="POST", body=[PIECE] * 3)
    assert (sent.status, sent.text) == (413, "The body has more than 20 bytes: send less.\n")


async def test_an_answer_that_has_begun_is_cut_instead() -> None:
    async def hasty(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            await receive()

    with pytest.raises(HTTPException):
        await call(limited(hasty), method="POST", body=[PIECE] * 3)


async def test_a_stream_passes_message_by_message() -> None:
    seen: asyncio.Queue[Message] = asyncio.Queue()
    heard = asyncio.Event()

    async def streaming(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        # Goes on only when the first piece has come out at the other end.
        await heard.wait()
        await send({"type": "http.response.body", "body": b"second"})

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    door = Guard(OpenRoutes(limited(streaming), ["POST /"]))
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"host", b"localhost")]}
    async with asyncio.timeout(30), asyncio.TaskGroup() as serving:
        serving.create_task(door(scope, receive, seen.put))
        assert (await seen.get())["status"] == 200
        assert (await seen.get())["body"] == b"first"
        heard.set()
        assert (await seen.get())["body"] == b"second"
