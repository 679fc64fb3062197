"""An ASGI app and its caller, both in the test: what is sent in, what reaches the app, and what comes out."""

from collections.abc import Iterable, Sequence
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Header = tuple[str, str]

LOOPBACK: Header = ("Host", "127.0.0.1:8750")


class EchoApp:
    """Reads the whole body and answers with it; takes every WebSocket. ``scopes`` are those that reached it."""

    def __init__(self, headers: Sequence[Header] = ()) -> None:
        self.scopes: list[Scope] = []
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
        elif scope["type"] == "http":
            body, more = b"", True
            while more:
                message = await receive()
                body, more = body + message["body"], message.get("more_body", False)
            await send({"type": "http.response.start", "status": 200, "headers": _encoded(self._headers)})
            await send({"type": "http.response.body", "body": body})


class Sent:
    """What an app sent."""

    def __init__(self, messages: list[Message]) -> None:
        self.messages = messages

    @property
    def status(self) -> int:
        """The status of the answer."""
        (status,) = (message["status"] for message in self.messages if "status" in message)
        assert isinstance(status, int)
        return status

    @property
    def text(self) -> str:
        """The body of the answer."""
        return b"".join(message.get("body", b"") for message in self.messages).decode()

    def header(self, name: str) -> list[str]:
        """All values of a header of the answer."""
        headers = next(message["headers"] for message in self.messages if "headers" in message)
        return [value.decode() for key, value in headers if key.decode().lower() == name.lower()]


async def call(
    app: ASGIApp,
    *,
    method: str = "GET",
    path: str = "/",
    headers: Iterable[Header] = (LOOPBACK,),
    body: Sequence[bytes] = (b"",),
) -> Sent:
    """Call the app with a body in these pieces."""
    pieces = [
        {"type": "http.request", "body": piece, "more_body": number < len(body) - 1}
        for number, piece in enumerate(body)
    ]
    return await _call(app, {"type": "http", "method": method, "path": path, "headers": _encoded(headers)}, pieces)


async def connect(
    app: ASGIApp, *, path: str = "/", headers: Iterable[Header] = (LOOPBACK,), extensions: Iterable[str] = ()
) -> Sent:
    """Open a WebSocket; ``extensions`` are those of the server."""
    scope = {
        "type": "websocket",
        "path": path,
        "headers": _encoded(headers),
        "extensions": {name: {} for name in extensions},
    }
    return await _call(app, scope, [{"type": "websocket.connect"}])


async def _call(app: ASGIApp, scope: dict[str, Any], incoming: list[dict[str, Any]]) -> Sent:
    sent: list[Message] = []

    async def receive() -> Message:
        return incoming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await app({"server": ("127.0.0.1", 8750), "query_string": b"", **scope}, receive, send)
    return Sent(sent)


def _encoded(headers: Iterable[Header]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
