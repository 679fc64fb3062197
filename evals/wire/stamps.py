"""Where stamps are taken: right after the call that returns the bytes, before anything is done with them.

A plain socket is read directly, so that the kernel's stamp is available; over TLS, and if the loop cannot watch a
socket, an asyncio protocol is called with the bytes. Both keep every chunk and parse nothing.
"""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter_ns
from typing import cast

from evals.wire.kernel_stamps import ANCILLARY_BYTES, ClockBridge, ClockReading, realtime_ns, stamped

MAX_READ_BYTES = 256 * 1024
"""The most bytes of one read, as in asyncio: the rest waits until the other streams had their turn."""

Heard = Callable[[int, bytes], bool]
"""Gets every stamp with its bytes once they are kept. True hangs up at once. It runs where stamps are taken, so it is
only for runs that are disturbed on purpose."""


@dataclass(slots=True)
class Capture:
    """The record of one exchange: stamps in nanoseconds of ``perf_counter_ns``, and the bytes as they came.

    ``failure`` says in a sentence why the connection failed; the content of the bytes is not judged here.
    """

    connect_ns: int | None = None
    """How long connecting took."""
    sent_ns: int | None = None
    """The moment just before the first byte of the request was written: the zero of every time of the run."""
    chunks: list[tuple[int, bytes]] = field(default_factory=list)
    kernel_ns: list[int | None] = field(default_factory=list)
    """The kernel's receive stamp of each chunk, on the same clock; empty where the kernel stamps nothing."""
    kernel_bracket_ns: int | None = None
    """The largest error of those, since they came from another clock."""
    closed_ns: int | None = None
    """When the server closed the connection; None if it was still open at the deadline."""
    hung_up_ns: int | None = None
    """When the harness itself closed the connection, on purpose; None for a connection left to its server."""
    left_open: bool = False
    """True if the answer was complete and its server kept the connection open; ``closed_ns`` is then its end."""
    over_web_socket: bool = False
    """True if the bytes are those of a control channel, its handshake included."""
    failure: str | None = None

    @property
    def kernel_lag_ms(self) -> list[float]:
        """For every chunk that the kernel stamped: how much later the harness's stamp is, in milliseconds."""
        pairs = zip(self.chunks, self.kernel_ns, strict=False)
        return [(stamp - kernel) / 1e6 for (stamp, _), kernel in pairs if kernel is not None]


class StampedConnection:
    """The common part of both readers: keep, hear, end."""

    def __init__(self, capture: Capture, heard: Heard | None = None) -> None:
        self._capture = capture
        self._keep = capture.chunks.append
        self._heard = heard
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def _kept(self, stamp: int, data: bytes) -> None:
        self._keep((stamp, data))
        if self._heard is not None and self._heard(stamp, data):
            self._capture.hung_up_ns = perf_counter_ns()
            self._finish()

    def _end(self, stamp: int, error: Exception | None = None) -> None:
        if self._capture.closed_ns is None and self._capture.hung_up_ns is None:
            self._capture.closed_ns = stamp
        if error is not None and self._capture.failure is None:
            self._capture.failure = f"The connection broke: {error or type(error).__name__}."
        self._finish()

    def _finish(self) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


class StampingProtocol(StampedConnection, asyncio.Protocol):
    """An asyncio protocol, called with the bytes, over TLS once they are decrypted."""

    _transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is open."""
        self._transport = cast(asyncio.WriteTransport, transport)

    async def write(self, data: bytes) -> None:
        """Send; bytes that do not fit into the socket are sent later by themselves."""
        self._transport.write(data)

    def close(self) -> None:
        """Close the connection at once."""
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Stamp first, then keep. Bytes after a hang-up are not kept."""
        stamp = perf_counter_ns()
        if self._capture.hung_up_ns is None:
            self._kept(stamp, data)

    def eof_received(self) -> bool:
        """The server has sent everything: this is the close; the connection goes with it."""
        self._end(perf_counter_ns())
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone, with an error if it was torn down."""
        self._end(perf_counter_ns(), exc)


class StampingSocket(StampedConnection):
    """Reads a connected, non-blocking socket whenever the loop finds bytes.

    ``close`` converts the kernel's stamps to the harness's clock and must be called in any case.
    """

    def __init__(self, connection: socket.socket, capture: Capture, heard: Heard | None = None) -> None:
        super().__init__(capture, heard)
        self._connection = connection
        self._realtime_ns: list[int | None] = []
        self._by_kernel = stamped(connection)
        self._clock = ClockReading.now()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(connection, self._readable)

    def _readable(self) -> None:
        try:
            data, ancillary, _, _ = self._connection.recvmsg(MAX_READ_BYTES, ANCILLARY_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._end(perf_counter_ns(), error)
            return
        stamp = perf_counter_ns()
        if data:
            self._realtime_ns.append(realtime_ns(ancillary))
            self._kept(stamp, data)
        else:
            self._end(stamp)

    def _finish(self) -> None:
        self._loop.remove_reader(self._connection)
        super()._finish()

    async def write(self, data: bytes) -> None:
        """Send all of it. Raises ``OSError`` if the connection broke."""
        await self._loop.sock_sendall(self._connection, data)

    def close(self) -> None:
        """Stop reading, close the connection, and convert the kernel's stamps. Calling it again does nothing."""
        if self._connection.fileno() < 0:
            return
        self._loop.remove_reader(self._connection)
        self._connection.close()
        if self._by_kernel:
            bridge = ClockBridge(self._clock, ClockReading.now())
            self._capture.kernel_bracket_ns = bridge.bracket_ns
            self._capture.kernel_ns += [
                None if realtime is None else bridge.perf_counter_ns(realtime) for realtime in self._realtime_ns
            ]
