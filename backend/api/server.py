"""The HTTP server under the app: uvicorn, with the order of stopping that streams need, on a socket bound before."""

import asyncio
import contextlib
import signal
import socket
import struct
from collections.abc import Awaitable, Callable, Iterator
from types import FrameType

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from backend.api.connection import CONNECTION_EXTENSION
from backend.api.control.commands import MAX_MESSAGE_BYTES
from backend.api.event_stream import carry_streams
from backend.doors.connections import (
    BoundedConnection,
    capped_connections,
    most_connections,
    raise_file_limit,
    report_a_full_table_once,
)

BACKLOG = 2048
"""How many connections may wait to be taken."""

SEND_BUFFER_BYTES = 128 * 1024
"""Bytes that the kernel may buffer for one reader (Linux doubles it). By default the buffer grows to megabytes
for a reader who stalls, and frees space in steps so large that a slow reader looks like a stalled one."""

KEEP_ALIVE_S = 60
GRACE_S = 5
"""How long a server that stops waits for connections before it drops them."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens at once, so that no other server can take its port; port 0 takes a free one.

    Raises ``OSError`` where the port cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only where the protocol is named: without it small events wait 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


def address_of(listener: socket.socket) -> str:
    """The address a listening socket is reached at, such as ``http://127.0.0.1:8750``."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(uvicorn.Server):
    """A uvicorn that first lets the runs end, so that streams close with their ``done``, and then the connections.

    The first signal begins to drain, while everybody is still answered; a second one ends that at once, and a third
    does not even wait for connections.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        stop: Callable[[], Awaitable[None]],
        drain: Callable[[], Awaitable[None]] | None = None,
        started: Callable[[], None] = lambda: None,
        connections: int | None = None,
    ) -> None:
        """``started`` is called when connections are taken, ``stop`` when they no longer are. ``drain`` is called at
        the first signal and returns when the server may stop; without one it stops then. ``connections`` is how many
        there may be at once; by default as many as this process has files for."""
        most = most_connections(raise_file_limit()) if connections is None else connections
        super().__init__(
            uvicorn.Config(
                _with_connection(app),
                lifespan="off",
                http=capped_connections(most),
                ws="websockets-sansio",
                ws_max_size=MAX_MESSAGE_BYTES,
                ws_per_message_deflate=False,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=GRACE_S,
            )
        )
        self._stop = stop
        self._drain = drain
        self._draining: asyncio.Task[None] | None = None
        self._signals = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._report_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Take connections, and say so."""
        self._loop = asyncio.get_running_loop()
        report_a_full_table_once(self._loop)
        await super().startup(sockets)
        if self.started:
            self._report_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, stop what runs, then end the connections."""
        for server in self.servers:
            server.close()
        if self._draining is not None:
            self._draining.cancel()
            await asyncio.wait({self._draining})
        await self._stop()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal: drain, then stop, then stop without waiting."""
        self._signals += 1
        if self._drain is None or self._loop is None or self._signals > 1:
            self.force_exit = self.force_exit or self.should_exit
            self.should_exit = True
        else:
            # A handler runs between any two lines of the loop.
            self._loop.call_soon_threadsafe(self._begin_to_drain, self._drain)

    def _begin_to_drain(self, drain: Callable[[], Awaitable[None]]) -> None:
        self._draining = asyncio.ensure_future(self._drain_and_stop(drain))

    async def _drain_and_stop(self, drain: Callable[[], Awaitable[None]]) -> None:
        try:
            await drain()
        finally:
            self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM; uvicorn would raise them again afterwards and end the process half-way."""
        try:
            originals = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        except ValueError:  # Not the main thread: its owner sets should_exit.
            originals = {}
        try:
            yield
        finally:
            for number, original in originals.items():
                signal.signal(number, original)


class _CycleConnection:
    """Implements ``StreamConnection`` over the connection of one request and its answer in uvicorn."""

    __slots__ = ("_chunked", "_cycle", "_protocol")

    def __init__(self, cycle: RequestResponseCycle, protocol: BoundedConnection) -> None:
        self._cycle = cycle
        self._protocol = protocol
        self._chunked = cycle.scope["http_version"] == "1.1"

    def takes(self) -> bool:
        return not self._cycle.flow.write_paused

    def write(self, body: bytes) -> None:
        # The framing that h11 gives a body of unknown length, without its state machine, which it leaves as it is.
        if not self._cycle.disconnected:
            self._cycle.transport.write(b"%x\r\n%b\r\n" % (len(body), body) if self._chunked else body)

    async def send(self, body: bytes, *, more_body: bool = True) -> None:
        await self._cycle.send({"type": "http.response.body", "body": body, "more_body": more_body})

    def unsent(self) -> int:
        return self._cycle.transport.get_write_buffer_size()

    def drop(self) -> None:
        # Closing would wait until the buffers are read, which a reader who stalls never does: linger 0 discards them.
        _abort(self._cycle.transport)

    def when_lost(self, callback: Callable[[], object] | None) -> None:
        self._protocol.on_lost = callback


class _SocketConnection:
    """Implements ``DroppedConnection`` over a WebSocket in uvicorn."""

    __slots__ = ("_protocol",)

    def __init__(self, protocol: WebSocketsSansIOProtocol) -> None:
        self._protocol = protocol

    def unsent(self) -> int:
        return self._protocol.transport.get_write_buffer_size()

    def drop(self) -> None:
        _abort(self._protocol.transport)


def _abort(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _with_connection(app: ASGIApp) -> ASGIApp:
    """Give every request its connection, which uvicorn keeps inside ``send``, and carry its stream."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        cycle = getattr(send, "__self__", None)
        if isinstance(cycle, RequestResponseCycle):
            protocol = cycle.transport.get_protocol()
            if isinstance(protocol, BoundedConnection):
                scope.setdefault("extensions", {})[CONNECTION_EXTENSION] = _CycleConnection(cycle, protocol)
        elif isinstance(cycle, WebSocketsSansIOProtocol):
            scope.setdefault("extensions", {})[CONNECTION_EXTENSION] = _SocketConnection(cycle)
        await carry_streams(app, scope, receive, send)

    return serve
