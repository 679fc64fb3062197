"""A control channel on the measuring path: the same sockets and stamps as for an event stream, over a WebSocket.

Every chunk is stamped and kept as it comes. Of what it contains only the replies to commands are read at once, since
a run's events are asked for with a command; the events themselves are read after the run (``control_arrivals``).
"""

import asyncio
import base64
import json
import os
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter_ns
from typing import Any, Final

from backend.client.control_messages import CommandReply, read_message
from backend.client.control_socket import SUBPROTOCOL
from backend.network.credentials import CREDENTIALS
from evals.wire.control_arrivals import HEAD_END, OF_RUN, handshake_status
from evals.wire.exchange import CONNECT_TIMEOUT_S, Address, open_link
from evals.wire.frames import CLOSE, PING, PONG, TEXT, FrameError, FrameReader, client_frame
from evals.wire.stamps import Capture, StampingProtocol, StampingSocket

_OVER: Final = b'"over":true}'
_SWITCHED: Final = 101
_MOST_HEAD_BYTES: Final = 64 * 1024

HeardMessage = Callable[[int, bytes], bool]
"""Gets the stamp and the text of every message about a run. True hangs up at once."""


class ChannelFailed(Exception):
    """There is no control channel, or it was lost; the message says why. ``status`` is the answer to a handshake that
    was refused, else None."""

    def __init__(self, sentence: str, status: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """What became of a command. ``sent_ns`` is the moment just before its first byte was written, ``replied_ns`` that
    of its reply; ``status`` is 200, or that of the problem that ``failure`` says; ``result`` has the reply's fields.
    """

    sent_ns: int | None
    replied_ns: int | None = None
    status: int | None = None
    failure: str | None = None
    result: dict[str, Any] = field(default_factory=dict)


class WireChannel:
    """One open channel. Its capture has everything that came over it."""

    def __init__(self, capture: Capture, heard: HeardMessage | None) -> None:
        self.capture = capture
        self.over = asyncio.Event()
        """Set once nothing more comes of a run, and at the end of the connection."""
        self._heard = heard
        self._link: StampingSocket | StampingProtocol
        self._head = b""
        self._switched: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._frames = FrameReader()
        self._waiting: dict[str, asyncio.Future[tuple[int, CommandReply]]] = {}
        self._pongs: set[asyncio.Task[None]] = set()

    async def open(self, address: Address, path: str, hello: Mapping[str, Any]) -> None:
        """Connect, switch protocols and say hello, with these fields. Raises ``ChannelFailed`` and ``OSError``."""
        self._link = await open_link(address, self.capture, self._take)
        self._link.ended.add_done_callback(self._ended)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (
            f"GET {address.path}{path} HTTP/1.1", f"Host: {address.authority}", "User-Agent: playhead-eval",
            "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Protocol: {SUBPROTOCOL}",
            *(f"{name}: {value}" for name, value in CREDENTIALS.headers().items()), "", "",
        )  # fmt: skip
        try:
            await self._link.write("\r\n".join(lines).encode())
            await self._switched
            said = await self.command("hello", **hello)
            if said.status != 200:
                raise ChannelFailed(f"The control channel took no hello: {said.failure}")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection at once."""
        if hasattr(self, "_link"):
            self._link.close()

    async def command(self, op: str, command_id: str | None = None, **fields: Any) -> CallOutcome:
        """Send a command and wait for its reply, or for the end of the connection."""
        command_id = command_id or new_command_id()
        waiter: asyncio.Future[tuple[int, CommandReply]] = asyncio.get_running_loop().create_future()
        awaited: set[asyncio.Future[Any]] = {waiter, self._link.ended}
        self._waiting[command_id] = waiter
        message = client_frame(TEXT, json.dumps({"id": command_id, "op": op, **fields}).encode())
        sent_ns = perf_counter_ns()
        try:
            await self._link.write(message)
            await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
        except OSError as error:
            return CallOutcome(sent_ns, failure=f"The connection broke: {error}.")
        finally:
            self._waiting.pop(command_id, None)
        if not waiter.done():
            return CallOutcome(sent_ns, failure="The control channel was closed before the reply.")
        replied_ns, reply = waiter.result()
        if reply.problem is not None:
            return CallOutcome(sent_ns, replied_ns, reply.problem.status, str(reply.problem))
        return CallOutcome(sent_ns, replied_ns, 200, None, reply.result)

    def _take(self, stamp: int, data: bytes) -> bool:
        if not self._switched.done():
            data = self._read_head(data)
        try:
            return any(self._message(stamp, opcode, payload) for opcode, payload in self._frames.feed(data))
        except FrameError as error:
            self.capture.failure = str(error)
            return True

    def _read_head(self, data: bytes) -> bytes:
        """Read the answer to the handshake; gives the bytes after it."""
        self._head += data
        head, end, rest = self._head.partition(HEAD_END)
        if not end:
            if len(head) > _MOST_HEAD_BYTES:
                self._switched.set_exception(ChannelFailed("The server does not speak HTTP/1.1."))
            return b""
        status = handshake_status(head)
        if status == _SWITCHED:
            self._switched.set_result(None)
            return rest
        sentence = f"The server opens no control channel here: it answered {status}."
        self._switched.set_exception(ChannelFailed(sentence, status))
        return b""

    def _message(self, stamp: int, opcode: int, payload: bytes) -> bool:
        if opcode == PING:
            pong = asyncio.ensure_future(self._link.write(client_frame(PONG, payload)))
            self._pongs.add(pong)
            pong.add_done_callback(self._pongs.discard)
        if opcode != TEXT:
            return opcode == CLOSE
        if payload.startswith(OF_RUN):
            if payload.endswith(_OVER):
                self.over.set()
            return self._heard is not None and self._heard(stamp, payload)
        try:
            message = read_message(payload.decode("utf-8", "replace"))
        except ValueError as error:
            raise FrameError("A message of the control channel cannot be read.") from error
        if isinstance(message, CommandReply) and message.command_id in self._waiting:
            waiter = self._waiting[message.command_id]
            if not waiter.done():
                waiter.set_result((stamp, message))
        return False

    def _ended(self, _: object) -> None:
        self.over.set()
        if not self._switched.done():
            self._switched.set_exception(ChannelFailed("The server closed the connection without an answer."))
        # Nobody may be waiting for it any more.
        self._switched.exception()


def new_command_id() -> str:
    """An id for a command: the same one again is the same command."""
    return f"measured-{secrets.token_hex(8)}"


@asynccontextmanager
async def wire_channel(
    address: Address,
    path: str,
    capture: Capture,
    heard: HeardMessage | None = None,
    hello: Mapping[str, Any] | None = None,
) -> AsyncIterator[WireChannel]:
    """A channel at ``path`` that has taken a hello, while inside; ``capture.connect_ns`` is how long that took.

    Raises ``ChannelFailed``.
    """
    began_ns = perf_counter_ns()
    channel = WireChannel(capture, heard)
    capture.over_web_socket = True
    try:
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await channel.open(address, path, hello or {})
        except TimeoutError as error:
            sentence = f"{address.url} opened no control channel within {CONNECT_TIMEOUT_S:g} s."
            raise ChannelFailed(sentence) from error
        except OSError as error:
            raise ChannelFailed(f"{address.url} cannot be connected to: {error.strerror or error}.") from error
        capture.connect_ns = perf_counter_ns() - began_ns
        yield channel
    finally:
        channel.close()
