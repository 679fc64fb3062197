"""Messages between the backend and a reader's process: the length in 8 bytes, then JSON."""

import json
import struct
from typing import IO, Any

_LENGTH = struct.Struct("!Q")
_LONGEST = 1 << 31


def send(stream: IO[bytes], message: dict[str, Any]) -> None:
    """Write one message. Half a pair of surrogates, which a file may name, becomes a question mark: no text has it.

    Raises ``OSError`` if nobody reads.
    """
    data = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> dict[str, Any] | None:
    """The next message, or None where the stream ends, also within a message."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > _LONGEST:
        return None
    data = stream.read(length)
    if len(data) < length:
        return None
    message: dict[str, Any] = json.loads(data)
    return message
