"""The measuring path: one connection, one request, and every arrival stamped by ``evals.wire.stamps``.

The stamp is the moment at which the bytes came off the socket, so it includes the lag of the event loop, which the
harness measures beside it; if the kernel stamps too, that lag is known for each chunk. The bytes are parsed after the
run, by ``evals.wire.arrivals``.
"""

import asyncio
import socket
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter_ns
from urllib.parse import urlsplit

from backend.client.connection import not_an_address
from evals.wire.stamps import Capture, Heard, StampingProtocol, StampingSocket

__all__ = ["Address", "Capture", "Heard", "TargetAddressError", "exchange", "open_link"]

CONNECT_TIMEOUT_S = 10.0

QUIET_S = 1.0
"""How long nothing may come before an open connection is checked for an answer that is complete."""

Over = Callable[[Capture], int | None]
"""The stamp with which the answer so far was complete; None if it is not."""

_READS_SOCKETS = sys.platform != "win32"
"""True if the event loop can watch a socket that the harness reads itself."""


class TargetAddressError(ValueError):
    """The text is not an address of an HTTP server."""


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a target. ``path`` is put before every path of the API, without a slash at its end."""

    scheme: str
    host: str
    port: int
    path: str = ""

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Read ``http(s)://host[:port][/path]``. Raises ``TargetAddressError`` with a valid form."""
        problem = not_an_address(url)
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise TargetAddressError(problem) from error
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise TargetAddressError(problem)
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


async def exchange(
    address: Address,
    request: bytes,
    deadline_s: float,
    heard: Heard | None = None,
    capture: Capture | None = None,
    over: Over | None = None,
) -> Capture:
    """Connect, send one request that asks the server to close afterwards, and stamp the answer until it does, or until
    ``heard`` hangs up, or until ``over`` finds that the answer was complete and nothing followed for a second.

    Never raises for faults of the server: a refused, broken or endless connection is reported in ``Capture.failure``,
    with the bytes so far. ``deadline_s`` counts from the request. ``capture`` is one to fill, for a reader that looks
    at it meanwhile.
    """
    capture = capture or Capture()
    began_ns = perf_counter_ns()
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            link = await open_link(address, capture, heard)
    except TimeoutError:
        capture.failure = f"{address.url} did not accept a connection within {CONNECT_TIMEOUT_S:g} s."
        return capture
    except OSError as error:
        capture.failure = f"{address.url} cannot be connected to: {error.strerror or error}."
        return capture
    capture.connect_ns = perf_counter_ns() - began_ns
    try:
        async with asyncio.timeout(deadline_s):
            capture.sent_ns = perf_counter_ns()
            await link.write(request)
            await _ended(link, capture, over)
    except TimeoutError:
        capture.failure = f"The stream was still open {deadline_s:g} s after the request."
    except OSError as error:
        capture.failure = f"The connection broke: {error}."
    finally:
        link.close()
    return capture


async def _ended(link: StampingSocket | StampingProtocol, capture: Capture, over: Over | None) -> None:
    """Wait for the end of the connection or of the answer. Nothing is parsed while bytes come."""
    checked = 0
    while not link.ended.done():
        await asyncio.wait([link.ended], timeout=None if over is None else QUIET_S)
        chunks = len(capture.chunks)
        if link.ended.done() or over is None or chunks == checked:
            continue
        if perf_counter_ns() - capture.chunks[-1][0] < QUIET_S * 1e9:
            continue
        checked = chunks
        # In a thread, so that other streams are stamped meanwhile.
        end_ns = await asyncio.to_thread(over, replace(capture, chunks=capture.chunks.copy(), kernel_ns=[]))
        if end_ns is not None and len(capture.chunks) == chunks and not link.ended.done():
            capture.closed_ns, capture.left_open = end_ns, True
            return


async def open_link(address: Address, capture: Capture, heard: Heard | None) -> StampingSocket | StampingProtocol:
    """A connection to the address on which every arrival is stamped. Raises ``OSError``."""
    connection = await _connected(address)
    try:
        if address.scheme == "http" and _READS_SOCKETS:
            return StampingSocket(connection, capture, heard)
        tls = ssl.create_default_context() if address.scheme == "https" else None
        _, protocol = await asyncio.get_running_loop().create_connection(
            lambda: StampingProtocol(capture, heard),
            sock=connection,
            ssl=tls,
            server_hostname=address.host if tls else None,
        )
    except BaseException:
        connection.close()
        raise
    return protocol


async def _connected(address: Address) -> socket.socket:
    """A non-blocking socket, connected to the first of the host's addresses that accepts it. Raises ``OSError``."""
    loop = asyncio.get_running_loop()
    problem: OSError | None = None
    for family, kind, protocol, _, where in await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await loop.sock_connect(connection, where)
        except OSError as error:
            connection.close()
            problem = error
        except BaseException:
            connection.close()
            raise
        else:
            return connection
    raise problem or OSError("the host has no address")
