"""Connections of a listener: how many there may be, and how slowly a request may arrive.

Each connection takes a file descriptor. Without any left a server can accept nothing and open no file, so it keeps some
for itself: a connection beyond the cap is answered 503 with Retry-After, and closed.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from backend.doors.limits import MOST_FILES, RETRY_AFTER_S, SLOW_REQUEST_S, SLOWEST_BYTES_PER_S

try:
    import resource
except ImportError:  # Windows has no such limit.
    resource = None  # type: ignore[assignment]

_log = logging.getLogger(__name__)

_FEWEST_CONNECTIONS: Final = 8
_REFUSED_WAIT_S: Final = 1.0
"""How long a refused connection may take to send its request, which the refusal then answers."""
_COMPLETE: Final = (h11.DONE, h11.MUST_CLOSE, h11.CLOSED, h11.SWITCHED_PROTOCOL, h11.ERROR)


def raise_file_limit() -> int | None:
    """Let this process open as many files as the system lets it, up to ``MOST_FILES``; give the number.

    None where the system has no such limit.
    """
    if resource is None:
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return None if soft == resource.RLIM_INFINITY else soft


def most_connections(files: int | None) -> int:
    """How many connections a process may have that may open so many files: a quarter stays for its own files."""
    return MOST_FILES if files is None else max(_FEWEST_CONNECTIONS, files * 3 // 4 - 16)


def report_a_full_table_once(loop: asyncio.AbstractEventLoop) -> None:
    """Log once, in one sentence, that there are no file descriptors left; asyncio reports it a thousand times."""
    reported = False

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal reported
        if "out of system resource" not in str(context.get("message")):
            loop.default_exception_handler(context)
        elif not reported:
            reported = True
            _log.error(
                "There are no file descriptors left, so that no connection can be accepted for now: "
                "raise the limit with ulimit -n."
            )

    loop.set_exception_handler(handle)


def capped_connections(most: int) -> type[H11Protocol]:
    """The protocol class, for uvicorn's ``http``, of a listener with at most so many connections."""
    return type("CappedConnection", (BoundedConnection,), {"most": most})


class BoundedConnection(H11Protocol):
    """An HTTP connection of uvicorn that is refused beyond ``most``, and cut while its request arrives too slowly."""

    most = MOST_FILES
    on_lost: Callable[[], object] | None = None
    """Called once when the connection is lost, by whichever side."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or refuse it: at once where so many are being refused that files run out."""
        super().connection_made(transport)
        self._refused = len(self.connections) > self.most
        self._received = 0
        self._clock: asyncio.TimerHandle | None = None
        if len(self.connections) > self.most + self.most // 4:
            self._refuse()
        else:
            self._watch(_REFUSED_WAIT_S if self._refused else SLOW_REQUEST_S)

    def data_received(self, data: bytes) -> None:
        """Pass the bytes on, and measure how fast a request arrives until it is complete."""
        if self._refused:
            self._refuse()
            return
        self._received += len(data)
        if self._clock is None:
            self._received = len(data)
            self._watch(SLOW_REQUEST_S)
        super().data_received(data)
        if self.conn.their_state in _COMPLETE or self.transport.get_protocol() is not self:
            self._unwatch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._unwatch()
        super().connection_lost(exc)
        if self.on_lost is not None:
            self.on_lost()
            self.on_lost = None

    def _watch(self, seconds: float) -> None:
        self._clock = self.loop.call_later(seconds, self._overdue)

    def _unwatch(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _overdue(self) -> None:
        """Wait on for a large body that arrives fast enough, or that the app reads slowly; cut everything else."""
        self._clock = None
        if self.transport.is_closing():
            return
        if self._refused:
            self._refuse()
        elif self.flow.read_paused or self._received >= SLOW_REQUEST_S * SLOWEST_BYTES_PER_S:
            self._received = 0
            self._watch(SLOW_REQUEST_S)
        else:
            self.transport.abort()

    def _refuse(self) -> None:
        sentence = b"The server has no room for another connection: try again in a moment.\n"
        self.transport.write(
            b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
            b"Retry-After: %d\r\nContent-Length: %d\r\n\r\n%s" % (RETRY_AFTER_S, len(sentence), sentence)
        )
        self.transport.close()
