"""Lines of a code and a JSON value, such as ``0:"Hello"``: how the AI SDK 4 streams, without server-sent events."""

import re

from backend.protocol.sse import Message, MessageTooLargeError

BEGINS = re.compile(rb"[0-9a-k]:[\[{\"0-9tfn-]")
"""How such a stream begins. No field of server-sent events has a name of one letter."""

COULD_BEGIN = re.compile(rb"[0-9a-k]:?")
"""What may become such a beginning."""


class CodedLines:
    """Bytes, cut anywhere, to messages whose event is the code. ``feed`` raises ``MessageTooLargeError`` for a line of
    more than ``limit`` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """The messages of the lines that these bytes complete."""
        messages = []
        for piece in data.splitlines(keepends=True):
            if len(self._held) + len(piece) > self._limit:
                raise MessageTooLargeError(f"The stream sent a line of more than {self._limit:,} bytes.")
            self._held += piece
            if piece.endswith((b"\n", b"\r")):
                messages += self.close()
        return messages

    def close(self) -> list[Message]:
        """The message of the line that only the end completes."""
        line, self._held = bytes(self._held).decode("utf-8", "replace").strip(), bytearray()
        code, colon, value = line.partition(":")
        return [Message(code if colon else "message", value if colon else line)] if line else []
