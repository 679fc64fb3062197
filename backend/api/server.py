"""The HTTP server under the app: uvicorn, with the order of stopping that streams need, on a socket bound before."""

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.api.event_stream import ABORT_EXTENSION

KEEP_ALIVE_S = 60
GRACE_S = 5
"""How long a server that stops waits for connections before it drops them."""


class PortBusyError(OSError):
    """The port cannot be listened on; the message is one sentence for people."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises ``PortBusyError``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortBusyError(f"Port {port} is in use: choose another with --port.") from error
        raise PortBusyError(
            f"Port {port} of {host} cannot be listened on ({error.strerror}): choose another with --port."
        ) from error
    listener.setblocking(False)
    return listener


def address_of(listener: socket.socket) -> str:
    """The address a listening socket is reached at, such as ``http://127.0.0.1:8750``."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(uvicorn.Server):
    """A uvicorn that first lets the runs end, so that streams close with their ``done``, and then the connections."""

    def __init__(
        self, app: ASGIApp, *, stop: Callable[[], Awaitable[None]], started: Callable[[], None] = lambda: None
    ) -> None:
        """``started`` is called when connections are taken, ``stop`` when they no longer are."""
        super().__init__(
            uvicorn.Config(
                _with_abort(app),
                lifespan="off",
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=GRACE_S,
            )
        )
        self._stop = stop
        self._report_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Take connections, and say so."""
        await super().startup(sockets)
        if self.started:
            self._report_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, stop what runs, then end the connections."""
        for server in self.servers:
            server.close()
        await self._stop()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM; uvicorn would raise them again afterwards and end the process half-way."""
        try:
            originals = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        except ValueError:  # Not the main thread: whoever owns it sets should_exit.
            originals = {}
        try:
            yield
        finally:
            for number, original in originals.items():
                signal.signal(number, original)


def _with_abort(app: ASGIApp) -> ASGIApp:
    """Give every request the means to drop its connection, which ASGI has no message for.

    A connection that is closed waits until its buffer is read, and a reader who stalls never reads it.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            transport = getattr(getattr(send, "__self__", None), "transport", None)
            if isinstance(transport, asyncio.WriteTransport):
                scope.setdefault("extensions", {})[ABORT_EXTENSION] = transport.abort
        await app(scope, receive, send)

    return serve
