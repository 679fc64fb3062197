"""WebSocket frames (RFC 6455) as the measuring path needs them: what a client sends, and what it is sent, cut apart.

Only this much is done while stamps are taken; what the messages say is read after the run.
"""

import os
from collections.abc import Iterator
from typing import Final

TEXT: Final = 1
CLOSE: Final = 8
PING: Final = 9
PONG: Final = 10

MAX_MESSAGE_BYTES: Final = 64 * 1024 * 1024

_CONTINUATION: Final = 0
_FIRST_CONTROL: Final = 8
_SHORT, _IN_TWO_BYTES, _IN_EIGHT_BYTES = 125, 126, 127


class FrameError(ValueError):
    """The bytes are not frames that a server may send to this client."""


def client_frame(opcode: int, payload: bytes) -> bytes:
    """A whole message or control frame of a client, masked as the standard wants."""
    length = len(payload)
    if length <= _SHORT:
        size = bytes([0x80 | length])
    elif length < 1 << 16:
        size = bytes([0x80 | _IN_TWO_BYTES]) + length.to_bytes(2, "big")
    else:
        size = bytes([0x80 | _IN_EIGHT_BYTES]) + length.to_bytes(8, "big")
    mask = os.urandom(4)
    pattern = int.from_bytes((mask * (length // 4 + 1))[:length], "big")
    masked = (int.from_bytes(payload, "big") ^ pattern).to_bytes(length, "big")
    return bytes([0x80 | opcode]) + size + mask + masked


class FrameReader:
    """Cuts what a server sends into messages and control frames."""

    def __init__(self) -> None:
        self._buffer = b""
        self._kind = _CONTINUATION
        self._message = b""

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Every message and control frame that these bytes complete, with its opcode. Raises ``FrameError``."""
        buffer = self._buffer + data if self._buffer else data
        at = 0
        while (frame := _frame(buffer, at)) is not None:
            first, payload, at = frame
            opcode = first & 0x0F
            if opcode >= _FIRST_CONTROL:
                yield opcode, payload
                continue
            if opcode != _CONTINUATION:
                self._kind, self._message = opcode, b""
            self._message += payload
            if len(self._message) > MAX_MESSAGE_BYTES:
                raise FrameError(f"A message has more than {MAX_MESSAGE_BYTES:,} bytes.")
            if first & 0x80:
                message, self._message = self._message, b""
                yield self._kind, message
        self._buffer = buffer[at:]


def _frame(buffer: bytes, at: int) -> tuple[int, bytes, int] | None:
    """The frame at a position: its first byte, its payload and where the next one begins; None for a part of one."""
    if len(buffer) < at + 2:
        return None
    first, second = buffer[at], buffer[at + 1]
    if first & 0x70:
        raise FrameError("A frame uses an extension that nobody asked for.")
    if second & 0x80:
        raise FrameError("A frame of the server is masked.")
    start, length = at + 2, second
    if length > _SHORT:
        wide = 2 if length == _IN_TWO_BYTES else 8
        if len(buffer) < start + wide:
            return None
        length = int.from_bytes(buffer[start : start + wide], "big")
        start += wide
    if length > MAX_MESSAGE_BYTES:
        raise FrameError(f"A frame has more than {MAX_MESSAGE_BYTES:,} bytes.")
    return None if len(buffer) < start + length else (first, buffer[start : start + length], start + length)
