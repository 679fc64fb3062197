"""The WebSocket under a control channel: opened, read with an eye on its heartbeats, and what it can fail with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from backend.client.connection import CONNECT_TIMEOUT_S
from backend.client.errors import StreamLost
from backend.network.credentials import CREDENTIALS
from backend.network.loopback import is_loopback

SUBPROTOCOL = "playhead.v1"
_PASSES = frozenset({429, 503})
_MAX_MESSAGE_BYTES = 64 * 1024 * 1024
"""A snapshot is one message; the server's own limits keep it far below this."""


class NoControlChannel(Exception):
    """The server, or something in front of it, does not open the channel: everything goes over HTTP then."""


class ControlSocket(Protocol):
    """An open connection: texts out and in. Both raise ``StreamLost`` once it is gone."""

    async def send(self, text: str) -> None: ...  # noqa: D102 - said by the class

    async def receive(self) -> str: ...  # noqa: D102 - said by the class


class _Connection:
    """Implements ``ControlSocket``."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def send(self, text: str) -> None:
        try:
            await self._connection.send(text)
        except ConnectionClosed as error:
            raise StreamLost("The control channel was closed.") from error

    async def receive(self) -> str:
        try:
            text = await self._connection.recv()
        except ConnectionClosed as error:
            raise StreamLost("The control channel was closed.") from error
        return text if isinstance(text, str) else text.decode("utf-8", "replace")


@asynccontextmanager
async def open_socket(base_url: str, path: str) -> AsyncIterator[ControlSocket]:
    """A connection to the control channel at ``path`` of the backend at ``base_url``.

    Raises ``StreamLost`` for what may pass, and ``NoControlChannel``.
    """
    parts = urlsplit(base_url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    own = is_loopback(parts.hostname or "")
    try:
        connection = await connect(
            f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}{path}",
            subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]
            additional_headers=CREDENTIALS.headers(),
            # Compressing what is small and sent at once costs more than it saves.
            compression=None,
            proxy=None if own else True,
            open_timeout=CONNECT_TIMEOUT_S,
            max_size=_MAX_MESSAGE_BYTES,
        )
    except InvalidStatus as error:
        status = error.response.status_code
        if status in _PASSES:
            raise StreamLost(f"{base_url} has no room for a control channel now.") from error
        raise NoControlChannel(f"{base_url} answers with {status}.") from error
    except InvalidHandshake as error:
        raise NoControlChannel(f"{base_url} does not speak WebSocket here.") from error
    except (OSError, TimeoutError, EOFError) as error:
        raise StreamLost(f"Nobody answers at {base_url}.") from error
    try:
        yield _Connection(connection)
    finally:
        await connection.close()
