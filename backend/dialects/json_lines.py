"""JSON without server-sent events: one object a line, read as each line comes, or one document, read once it is whole.

A stream is one of lines if its first line is a whole value. A document that is written over several lines is not: its
first line is a part of it.
"""

import json
import re

from pydantic import JsonValue

from backend.protocol.sse import Message, MessageTooLargeError

_MAX_UNREADABLE_LINES = 1_000
_BETWEEN = re.compile(r"[\s,\[\]]*")


class JsonLines:
    """Bytes, cut anywhere, to messages. ``feed`` raises ``MessageTooLargeError`` for a document or line of more than
    ``limit`` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = bytearray()
        self._are_lines: bool | None = None
        """Whether the first line was a whole value; None before its end."""

    def feed(self, data: bytes) -> list[Message]:
        """The messages of the lines that these bytes complete."""
        messages: list[Message] = []
        for piece in data.splitlines(keepends=True) if self._are_lines is not False else [data]:
            if len(self._held) + len(piece) > self._limit:
                raise MessageTooLargeError(f"The stream sent a document of more than {self._limit:,} bytes.")
            self._held += piece
            if piece.endswith(b"\n") and self._are_lines is not False:
                messages += self._end_line()
        return messages

    def close(self) -> list[Message]:
        """The messages that only the end completes."""
        held, self._held = bytes(self._held), bytearray()
        return _messages_of(held) if held.strip() else []

    def _end_line(self) -> list[Message]:
        text = bytes(self._held).decode("utf-8", "replace").strip()
        if self._are_lines is None:
            self._are_lines = text[:1] == "{" and _is_json(text)
            if not self._are_lines:
                return []
        self._held = bytearray()
        return _values_of(text)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _messages_of(document: bytes) -> list[Message]:
    """One value, one after another, or the items of an array, whose end may be missing. What is none is one message,
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
