"""The room of a page: its script reaches the control channel through the server of the pages.

A page may say who its person is and what they do, and hear of the others; it steers through the desk, as before.
"""

import asyncio
import json
from typing import Final
from urllib.parse import quote

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from backend.client.control_link import Opener
from backend.client.control_socket import ControlSocket, NoControlChannel, open_socket
from backend.client.errors import StreamLost
from backend.doors.forwarded import route_path
from backend.protocol.share_ids import is_share

ROOM: Final = "/room"
"""The address of the room, below that of the pages. The run or the share is its parameter ``run``."""

ROOM_ROUTE: Final = f"WEBSOCKET {ROOM}"
"""The address as a UI opens it."""

LARGEST_SAYING: Final = 16 * 1024
"""The longest message of a page, in bytes."""

_SAYINGS: Final = frozenset({"hello", "presence", "playhead", "comment", "comments", "vote", "reveal"})
"""The commands that a page's script sends."""

_NO_ROOM = 4404
_LOST = 1013
_NOT_TAKEN = 1008
_WAITS_S: Final = 10.0
"""How long a page waits for the end of its connection to be taken."""


class RoomRelay:
    """ASGI middleware: a WebSocket at ``ROOM`` is one to the control channel of the backend at ``backend``."""

    def __init__(self, app: ASGIApp, backend: str, opener: Opener = open_socket) -> None:
        """``opener`` opens the connection to the backend."""
        self._app = app
        self._backend = backend
        self._opener = opener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything else on. The guard in front has refused pages of other sites."""
        if scope["type"] != "websocket" or route_path(scope) != ROOM:
            await self._app(scope, receive, send)
            return
        websocket = WebSocket(scope, receive, send)
        # A handshake that is refused would be an error on the page's console, whatever its script does with it.
        await websocket.accept()
        code = await self._relay(websocket, _channel_of(websocket.query_params.get("run", "")))
        try:
            async with asyncio.timeout(_WAITS_S):
                await websocket.close(code)
        except (RuntimeError, WebSocketDisconnect, TimeoutError):
            # The page has left.
            return

    async def _relay(self, websocket: WebSocket, path: str) -> int:
        """Carry messages both ways until one side leaves. Returns the code to close with."""
        try:
            async with self._opener(self._backend, path) as channel:
                ways = [
                    asyncio.create_task(_from_page(websocket, channel)),
                    asyncio.create_task(_to_page(websocket, channel)),
                ]
                try:
                    done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for way in ways:
                        way.cancel()
                    await asyncio.gather(*ways, return_exceptions=True)
                return next(iter(done)).result()
        except NoControlChannel:
            return _NO_ROOM
        except (StreamLost, WebSocketDisconnect):
            return _LOST


async def _from_page(websocket: WebSocket, channel: ControlSocket) -> int:
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return _LOST
        text = message.get("text") or ""
        if len(text) > LARGEST_SAYING or _op(text) not in _SAYINGS:
            return _NOT_TAKEN
        await channel.send(text)


async def _to_page(websocket: WebSocket, channel: ControlSocket) -> int:
    while True:
        await websocket.send_text(await channel.receive())


def _channel_of(run: str) -> str:
    kind = "shared" if is_share(run) else "runs"
    return f"/v1/{kind}/{quote(run, safe='')}/control"


def _op(text: str) -> object:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return fields.get("op") if isinstance(fields, dict) else None
