"""The measuring path: a plain asyncio protocol on a connected socket that stamps every arrival and parses
nothing.

Every ``data_received`` takes its stamp (``perf_counter_ns``) before anything else and keeps the bytes as
they came; they are parsed after the run, by ``evals.arrivals``. The stamp is the moment at which the event
loop handed the bytes over, so it carries the loop's own lag, which the harness measures beside it. Over TLS
it is taken after decryption.
"""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter_ns
from urllib.parse import urlsplit

CONNECT_TIMEOUT_S = 10.0

Heard = Callable[[int, bytes], bool]
"""Gets every stamp with its bytes once they are kept. True hangs up at once. It runs where stamps are taken, so it is
for runs that are disturbed on purpose and for nothing else."""


class AddressError(ValueError):
    """The text is no address of an HTTP server."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a target listens. ``path`` is put before every path of the API, without a slash at its end."""

    scheme: str
    host: str
    port: int
    path: str = ""

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Read ``http(s)://host[:port][/path]``. Raises ``AddressError`` with what to give instead."""
        problem = f"{url!r} is no address of a backend: give one such as http://127.0.0.1:8750."
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise AddressError(problem) from error
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise AddressError(problem)
        return cls(
            parts.scheme,
            parts.hostname,
            port or (443 if parts.scheme == "https" else 80),
            parts.path.rstrip("/"),
        )

    @property
    def authority(self) -> str:
        """Host and port as the Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address as text."""
        return f"{self.scheme}://{self.authority}{self.path}"


@dataclass(slots=True)
class Capture:
    """What one exchange left: stamps in nanoseconds of ``perf_counter_ns``, and the bytes as they came.

    ``failure`` says in a sentence why the exchange went wrong as a connection; what the bytes say is not
    judged here.
    """

    connect_ns: int | None = None
    """How long connecting took."""
    sent_ns: int | None = None
    """The moment just before the first byte of the request was written: the zero of every time of the run."""
    chunks: list[tuple[int, bytes]] = field(default_factory=list)
    closed_ns: int | None = None
    """When the server closed the connection; None if it was still open at the deadline."""
    hung_up_ns: int | None = None
    """When the harness itself closed the connection, on purpose; None for a connection left to its server."""
    failure: str | None = None


class StampingProtocol(asyncio.Protocol):
    """Keeps (stamp, bytes) of everything that arrives, and the stamp of the end."""

    def __init__(self, capture: Capture, heard: Heard | None = None) -> None:
        self._capture = capture
        self._keep = capture.chunks.append
        self._heard = heard
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        """Stamp first, then keep. What comes behind a hang-up is not kept."""
        stamp = perf_counter_ns()
        if self._capture.hung_up_ns is not None:
            return
        self._keep((stamp, data))
        if self._heard is not None and self._heard(stamp, data):
            self._capture.hung_up_ns = perf_counter_ns()
            if not self.ended.done():
                self.ended.set_result(None)

    def eof_received(self) -> bool:
        """The server has sent everything: this is the close; the connection goes with it."""
        self._end(perf_counter_ns())
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone, with an error if it was torn down."""
        self._end(perf_counter_ns())
        if exc is not None and self._capture.failure is None:
            self._capture.failure = f"The connection broke: {exc or type(exc).__name__}."

    def _end(self, stamp: int) -> None:
        if self._capture.closed_ns is None and self._capture.hung_up_ns is None:
            self._capture.closed_ns = stamp
        if not self.ended.done():
            self.ended.set_result(None)


async def exchange(address: Address, request: bytes, deadline_s: float, heard: Heard | None = None) -> Capture:
    """Connect, send one request that asks the server to close afterwards, and stamp what comes until it
    does, or until ``heard`` hangs up.

    Never raises for what the server does: a refused, broken or endless connection is told in
    ``Capture.failure``, with whatever had arrived by then. ``deadline_s`` counts from the request.
    """
    capture = Capture()
    loop = asyncio.get_running_loop()
    tls = ssl.create_default_context() if address.scheme == "https" else None
    began_ns = perf_counter_ns()
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            transport, protocol = await loop.create_connection(
                lambda: StampingProtocol(capture, heard), address.host, address.port, ssl=tls
            )
    except TimeoutError:
        capture.failure = f"{address.url} did not accept a connection within {CONNECT_TIMEOUT_S:g} s."
        return capture
    except OSError as error:
        capture.failure = f"{address.url} cannot be connected to: {error.strerror or error}."
        return capture
    capture.connect_ns = perf_counter_ns() - began_ns
    try:
        capture.sent_ns = perf_counter_ns()
        transport.write(request)
        async with asyncio.timeout(deadline_s):
            await protocol.ended
    except TimeoutError:
        capture.failure = f"The stream was still open {deadline_s:g} s after the request."
    finally:
        transport.abort()
    return capture
