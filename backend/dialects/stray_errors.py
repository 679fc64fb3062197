"""Errors that a server writes bare into its event stream, as no field of the standard.

Google's servers that fail midway write their error as a JSON document after the last message, and llama.cpp's put it
on a line that begins with ``error:``. The standard has both ignored, and so the failed answer would seem whole, or cut.
"""

import json

from backend.protocol.sse import Message

_MAX_BYTES = 65_536
"""The size that one error may have."""

_FIELD = b"error:"

_SAYS = ("message", "error", "detail", "error_message", "errorText", "data")
"""Fields in which servers say what went wrong."""

_MOST_CHARS = 2_000


def told_error(data: str) -> str:
    """What the data of an event named ``error`` say, whatever form they have: a text, or an object with one."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return data.strip()[:_MOST_CHARS]
    while isinstance(value, dict):
        value = next((value[name] for name in _SAYS if value.get(name)), None)
    return value[:_MOST_CHARS] if isinstance(value, str) else ""


class StrayErrors:
    """Takes the lines that are not a field, and gives the errors among them as messages."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._size = 0
        self._is_named = False
        """Whether the document that is read began on a line ``error:``."""
        self._found: list[Message] = []

    def take(self, line: bytes) -> None:
        """The next line that is not a field, without its end."""
        text = line.removeprefix(_FIELD).lstrip(b" ") if line.startswith(_FIELD) else line
        if text.startswith(b"{"):
            self._lines, self._size, self._is_named = [], 0, line.startswith(_FIELD)
        elif not self._lines:
            return
        self._size += len(text)
        if self._size > _MAX_BYTES:
            self._lines = []
            return
        self._lines.append(text)
        # Written over several lines a document is indented, up to its last one.
        if text.rstrip() == b"}" or (len(self._lines) == 1 and text.rstrip().endswith(b"}")):
            self._read(b"\n".join(self._lines).decode("utf-8", "replace"))
            self._lines = []

    def found(self) -> list[Message]:
        """The errors since the last call."""
        found, self._found = self._found, []
        return found

    def _read(self, text: str) -> None:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return
        if value.get("error"):
            self._found.append(Message("message", text))
        elif self._is_named and isinstance(value.get("message"), str):
            self._found.append(Message("message", json.dumps({"error": value})))
