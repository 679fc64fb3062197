"""The messages of a foreign stream: server-sent events, or plain JSON where a server answers so.

Errors and answers that are not streamed come as one JSON document; some servers send one object a line, or an array
that grows, and the AI SDK 4 sends lines with a code before the value (``coded_lines``). The first bytes that are not
spaces, after a byte order mark if there is one, show which it is. Lines of JSON are read as they come (``json_lines``),
and whatever else is JSON once it is whole.
"""

import json

from backend.dialects.coded_lines import BEGINS, COULD_BEGIN, CodedLines
from backend.dialects.json_lines import JsonLines
from backend.dialects.stray_errors import StrayErrors
from backend.protocol.sse import MAX_MESSAGE_BYTES, Decoder, Message

CONTENT_TYPES = frozenset(
    {"text/event-stream", "application/json", "application/x-ndjson", "application/jsonl", "text/plain", ""}
)
"""What servers call such an answer: some name no type at all, or plain text. Anything else, as a page, is none."""

_JSON_STARTS = b"{["
_SPACES = b" \t\r\n"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Framing:
    """Bytes, cut anywhere, to messages. ``feed`` and ``close`` raise ``MessageTooLargeError`` like the SSE decoder."""

    def __init__(self, max_message_bytes: int = MAX_MESSAGE_BYTES) -> None:
        self._limit = max_message_bytes
        self._head = b""
        """A byte order mark, or what may become one, before anything else has come."""
        self._sse: Decoder | None = None
        self._lines: JsonLines | CodedLines | None = None
        self._stray = StrayErrors()

    def feed(self, data: bytes) -> list[Message]:
        """Messages completed by these bytes."""
        if self._sse is None and self._lines is None:
            data = self._begin((self._head + data).lstrip(_SPACES))
        if self._lines is not None:
            return self._lines.feed(data)
        return self._events(self._sse, data) if self._sse is not None else []

    def close(self) -> list[Message]:
        """The messages that only the end completes."""
        if self._sse is not None:
            # Many servers close after the last line, without the blank one that the standard asks for.
            return [*self._events(self._sse, b"\n\n"), *self._sse.close()]
        return self._lines.close() if self._lines is not None else []

    def _begin(self, data: bytes) -> bytes:
        """Say by the first bytes what the stream is, if they do; gives what is left to read."""
        bare = data.removeprefix(_BYTE_ORDER_MARK).lstrip(_SPACES)
        if not bare or _BYTE_ORDER_MARK.startswith(data):
            self._head = data[: len(_BYTE_ORDER_MARK)]
            return b""
        if bare[0] in _JSON_STARTS:
            self._lines = JsonLines(self._limit)
            return bare
        if BEGINS.match(bare):
            self._lines = CodedLines(self._limit)
            return bare
        if COULD_BEGIN.fullmatch(bare):
            self._head = bare
            return b""
        self._sse = Decoder(self._limit, self._stray.take)
        return data

    def _events(self, sse: Decoder, data: bytes) -> list[Message]:
        return [*_lines_apart(sse.feed(data)), *self._stray.found()]


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
