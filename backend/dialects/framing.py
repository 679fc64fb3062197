"""The messages of a foreign stream: server-sent events, or plain JSON where a server answers so.

Errors and answers that are not streamed come as one JSON document; some servers send one object a line, or an array
that grows. The first byte that is not a space, after a byte order mark if there is one, shows which it is.
"""

import json
import re

from pydantic import JsonValue

from backend.dialects.stray_errors import StrayErrors
from backend.protocol.sse import MAX_MESSAGE_BYTES, Decoder, Message, MessageTooLargeError

CONTENT_TYPES = frozenset(
    {"text/event-stream", "application/json", "application/x-ndjson", "application/jsonl", "text/plain", ""}
)
"""What servers call such an answer: some name no type at all, or plain text. Anything else, as a page, is none."""

_JSON_STARTS = b"{["
_SPACES = b" \t\r\n"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_MAX_UNREADABLE_LINES = 1_000
_BETWEEN = re.compile(r"[\s,\[\]]*")


class Framing:
    """Bytes, cut anywhere, to messages. ``feed`` and ``close`` raise ``MessageTooLargeError`` like the SSE decoder."""

    def __init__(self, max_message_bytes: int = MAX_MESSAGE_BYTES) -> None:
        self._limit = max_message_bytes
        self._head = b""
        """A byte order mark, or what may become one, before anything else has come."""
        self._sse: Decoder | None = None
        self._document: bytearray | None = None
        self._stray = StrayErrors()

    def feed(self, data: bytes) -> list[Message]:
        """Messages completed by these bytes."""
        if self._sse is None and self._document is None:
            data = self._begin((self._head + data).lstrip(_SPACES))
        if self._document is not None:
            return self._hold(self._document, data)
        return self._events(self._sse, data) if self._sse is not None else []

    def close(self) -> list[Message]:
        """The messages that only the end completes."""
        if self._sse is not None:
            # Many servers close after the last line, without the blank one that the standard asks for.
            return [*self._events(self._sse, b"\n\n"), *self._sse.close()]
        return _messages_of(bytes(self._document)) if self._document else []

    def _begin(self, data: bytes) -> bytes:
        """Say by the first bytes what the stream is, if they do; gives what is left to read."""
        bare = data.removeprefix(_BYTE_ORDER_MARK).lstrip(_SPACES)
        if not bare or _BYTE_ORDER_MARK.startswith(data):
            self._head = data[: len(_BYTE_ORDER_MARK)]
            return b""
        if bare[0] in _JSON_STARTS:
            self._document = bytearray()
            return bare
        self._sse = Decoder(self._limit, self._stray.take)
        return data

    def _events(self, sse: Decoder, data: bytes) -> list[Message]:
        return [*_lines_apart(sse.feed(data)), *self._stray.found()]

    def _hold(self, document: bytearray, data: bytes) -> list[Message]:
        if len(document) + len(data) > self._limit:
            raise MessageTooLargeError(f"The stream sent a document of more than {self._limit:,} bytes.")
        document += data
        return []


def _lines_apart(messages: list[Message]) -> list[Message]:
    """Some servers part their messages by one line end where the standard asks for two: by it they are one message,
    whose lines are JSON each and together are none."""
    return [part for message in messages for part in (_parts_of(message) if "\n" in message.data else [message])]


def _parts_of(message: Message) -> list[Message]:
    if _is_json(message.data):
        return [message]
    lines = [line for line in message.data.split("\n") if line.strip()]
    # The last one may be cut.
    if not all(line[:1] == "{" and _is_json(line) for line in lines[:-1]):
        return [message]
    return [Message("message", line) for line in lines]


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _messages_of(document: bytes) -> list[Message]:
    """One value, one behind another, or the items of an array, whose end may be missing. What is none is one message,
    which its reader will report."""
    text = document.decode("utf-8", "replace").strip()
    try:
        value: JsonValue = json.loads(text)
    except RecursionError:
        return [Message("message", text)]
    except ValueError:
        return _values_of(text)
    values = value if isinstance(value, list) else [value]
    return [Message("message", json.dumps(item)) for item in values]


def _values_of(text: str) -> list[Message]:
    decoder = json.JSONDecoder()
    messages: list[Message] = []
    unreadable = 0
    at = _end_of(_BETWEEN.match(text))
    while at < len(text):
        try:
            _, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            unreadable += 1
            line_end = text.find("\n", at)
            end = len(text) if line_end < 0 or unreadable > _MAX_UNREADABLE_LINES else line_end
        messages.append(Message("message", text[at:end]))
        at = _end_of(_BETWEEN.match(text, end))
    return messages


def _end_of(match: re.Match[str] | None) -> int:
    return match.end() if match else 0
