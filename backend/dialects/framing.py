"""The messages of a foreign stream: server-sent events, or plain JSON where a server answers so.

Errors and answers that are not streamed come as one JSON document; some servers send one object a line, or an array
that grows. Which it is shows in the first byte that is no space.
"""

import json

from pydantic import JsonValue

from backend.protocol.sse import MAX_MESSAGE_BYTES, Decoder, Message, MessageTooLargeError

_JSON_STARTS = b"{["


class Framing:
    """Bytes, cut anywhere, to messages. ``feed`` and ``close`` raise ``MessageTooLargeError`` like the SSE decoder."""

    def __init__(self, max_message_bytes: int = MAX_MESSAGE_BYTES) -> None:
        self._limit = max_message_bytes
        self._sse: Decoder | None = None
        self._document: bytearray | None = None

    def feed(self, data: bytes) -> list[Message]:
        """Messages completed by these bytes."""
        if self._sse is None and self._document is None:
            data = data.lstrip(b" \t\r\n")
            if not data:
                return []
            if data[0] in _JSON_STARTS:
                self._document = bytearray()
            else:
                self._sse = Decoder(self._limit)
        if self._document is not None:
            return self._hold(self._document, data)
        return self._sse.feed(data) if self._sse is not None else []

    def close(self) -> list[Message]:
        """The messages that only the end completes."""
        if self._sse is not None:
            # Many a server closes behind its last line without the blank one that the standard asks for.
            return [*self._sse.feed(b"\n\n"), *self._sse.close()]
        return _messages_of(bytes(self._document)) if self._document else []

    def _hold(self, document: bytearray, data: bytes) -> list[Message]:
        if len(document) + len(data) > self._limit:
            raise MessageTooLargeError(f"The stream sent a document of more than {self._limit:,} bytes.")
        document += data
        return []


def _messages_of(document: bytes) -> list[Message]:
    text = document.decode("utf-8", "replace")
    try:
        value: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return [Message("message", line) for line in text.splitlines() if line.strip()]
    values = value if isinstance(value, list) else [value]
    return [Message("message", json.dumps(item)) for item in values]
