"""Carries the streams of Gradio's pages over WebSockets, so that one browser can have many tabs open.

A browser allows six HTTP connections to a server, for all of its tabs together. Gradio keeps two of them for each page:
the stream of its messages while an event is running, and a heartbeat for as long as the page is open. In the third tab
that follows a run all six are in use. The answer still streams, over an open connection, but every other request
waits until a tab closes: the one that fetches Stop, the click on Stop, even the next page. Nothing on the server is
slow then, and no log shows it. WebSockets are counted apart, and about two hundred are allowed.

``stream_sockets.js`` opens a WebSocket at the address of such a stream and hands its messages to Gradio as the body of
an HTTP response. ``StreamSockets`` answers it with what the same address sends over HTTP. Where a WebSocket cannot be
had, for example behind a proxy without them, the page uses HTTP.

Gradio opens its heartbeat before a script of the page can see it. ``without_heartbeat`` turns that one off, and
the script opens another with the page's first stream: when it ends, the server forgets what it kept for the page.
"""

import asyncio
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_STREAMS: Final = r"/gradio_api/(queue/data|heartbeat/[^/]+)$"
"""The addresses that stay open, as both Python and JavaScript read it."""

_OVER, _BROKEN = 1000, 1011
"""Codes with which a WebSocket is closed."""


@cache
def stream_script() -> str:
    """The script for the head of every page, before Gradio's own."""
    script = files("ui_gradio").joinpath("stream_sockets.js").read_text(encoding="utf-8")
    return f"<script>{script.replace('STREAMS', _STREAMS)}</script>"


def without_heartbeat(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration for Gradio's script, so that it opens no heartbeat over HTTP."""
    return {**config, "connect_heartbeat": False}


class StreamSockets:
    """ASGI middleware: a WebSocket at the address of a stream receives the body that a GET receives there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything else on. The guard in front has refused pages of other sites."""
        if scope["type"] != "websocket" or not re.search(_STREAMS, scope["path"]):
            await self._app(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.accept"})
        connection = _Connection(receive, send)
        listening = asyncio.create_task(connection.listen())
        try:
            await self._app(_as_get(scope), connection.receive, connection.send)
        finally:
            listening.cancel()


class _Connection:
    """One WebSocket, used as the connection of a GET request."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._asked = False
        self._gone = asyncio.Event()

    async def listen(self) -> None:
        """Wait until the page has closed the WebSocket."""
        while (await self._receive())["type"] != "websocket.disconnect":
            pass
        self._gone.set()

    async def receive(self) -> Message:
        """The request without a body, then the end of the connection, as often as it is asked for."""
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """One piece of the body is one binary message. A status other than 200 ends the WebSocket as broken."""
        if self._gone.is_set():
            return
        if message["type"] == "http.response.start":
            if message["status"] != 200:
                await self._close(_BROKEN)
            return
        if message.get("body"):
            await self._send({"type": "websocket.send", "bytes": message["body"]})
        if not message.get("more_body", False):
            await self._close(_OVER)

    async def _close(self, code: int) -> None:
        self._gone.set()
        await self._send({"type": "websocket.close", "code": code})


def _as_get(scope: Scope) -> Scope:
    return {
        **{key: value for key, value in scope.items() if key not in ("subprotocols", "extensions")},
        "type": "http",
        "method": "GET",
        "scheme": "https" if scope["scheme"] == "wss" else "http",
        # With a later version, Starlette would notice that a page was left only when it sends something.
        "asgi": {"version": "3.0", "spec_version": "2.3"},
    }
