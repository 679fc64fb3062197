"""Which addresses of a framework are open."""

import pytest

from backend.doors.open_routes import OpenRoutes
from tests.doors.asgi import EchoApp, call, connect

ROUTES = ("GET /", "GET /assets/*", "POST /join", "GET /file=/tmp/own/*", "WEBSOCKET /stream")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/assets/a/b.js", 200),
        ("POST", "/join", 200),
        ("GET", "/file=/tmp/own/ab/run.jsonl", 200),
        ("POST", "/", 404),
        ("OPTIONS", "/", 404),
        ("GET", "/join", 404),
        ("POST", "/join/", 404),
        ("GET", "/assets", 404),
        ("GET", "/info", 404),
        ("GET", "/stream", 404),
        ("GET", "/file=/tmp/other/run.jsonl", 404),
        ("GET", "/file=/tmp/own/../other/run.jsonl", 404),
        ("GET", "/file=/tmp/own/..", 404),
        ("GET", "/file=http://evil.example/", 404),
        ("GET", "//", 404),
    ],
)
async def test_only_the_routes_are_open(method: str, path: str, status: int) -> None:
    app = EchoApp()
    sent = await call(OpenRoutes(app, ROUTES), method=method, path=path)
    assert sent.status == status
    assert len(app.scopes) == (1 if status == 200 else 0)
    if status == 404:
        assert sent.text == "There is no page at this address: open / instead.\n"


async def test_websockets_have_routes_of_their_own() -> None:
    door = OpenRoutes(EchoApp(), ROUTES)
    assert (await connect(door, path="/stream")).messages == [{"type": "websocket.accept"}]
    assert [message["type"] for message in (await connect(door, path="/")).messages] == ["websocket.close"]
