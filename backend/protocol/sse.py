"""Server-sent events without I/O: bytes in, messages out, and frames the other way.

Decoding follows the WHATWG HTML standard, section 9.2.5 and 9.2.6 (parsing and interpreting an event stream).
Encoding uses the narrowest form every client is known to read: LF only, one block per event.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from backend.protocol.cursor import Cursor
from backend.protocol.events import KnownEvent, event_json
from backend.protocol.run_view import SnapshotEvent

HEARTBEAT = b": hb\n"
"""A comment and ONE newline: a blank line after it makes some decoders dispatch an empty event."""

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
"""The size that one message, or one unfinished line, may have before the decoder refuses it."""

_BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(r"\r\n|\r|\n")
_MAX_RETRY_DIGITS = 12


class MessageTooLargeError(ValueError):
    """A message grew over the decoder's size limit; the stream cannot be read on."""


@dataclass(frozen=True, slots=True)
class Message:
    """One dispatched message. ``id`` and ``retry`` (milliseconds) are the last ones in force."""

    event: str
    data: str
    id: str = ""
    retry: int | None = None


class Decoder:
    """Turns the bytes of an event stream, cut anywhere, into messages.

    ``feed`` and ``close`` raise ``MessageTooLargeError`` when one message exceeds ``max_message_bytes``;
    messages completed before that are handed out first. Nothing else raises: malformed UTF-8 is replaced
    and unknown fields are ignored, as the standard asks; ``unknown`` gets the line of each, without its end.
    """

    def __init__(
        self, max_message_bytes: int = MAX_MESSAGE_BYTES, unknown: Callable[[bytes], None] | None = None
    ) -> None:
        self.last_event_id = ""
        self.retry: int | None = None
        self._limit = max_message_bytes
        self._unknown = unknown
        self._head: bytes | None = b""
        self._line: list[bytes] = []
        self._size = 0
        self._line_is_comment = False
        self._after_cr = False
        self._event = ""
        self._data: list[str] = []
        self._failed = False

    def feed(self, data: bytes) -> list[Message]:
        """Messages completed by these bytes, in order."""
        self._raise_if_failed()
        if self._head is not None:
            data = self._skip_byte_order_mark(data)
        if self._after_cr and data:
            self._after_cr = False
            if data[:1] == b"\n":
                data = data[1:]
        messages: list[Message] = []
        for piece in data.splitlines(keepends=True):
            self._take(piece, messages)
            if self._failed:
                break
        if data[-1:] == b"\r":
            self._after_cr = True
        if not messages:
            self._raise_if_failed()
        return messages

    def close(self) -> list[Message]:
        """The end of the stream: what is unfinished is dropped, as the standard asks."""
        self._raise_if_failed()
        messages: list[Message] = []
        if self._head:
            head, self._head = self._head, None
            messages = self.feed(head)
        self._line, self._data, self._event, self._size = [], [], "", 0
        return messages

    def _skip_byte_order_mark(self, data: bytes) -> bytes:
        head = (self._head or b"") + data
        if len(head) < len(_BOM) and _BOM.startswith(head):
            self._head = head
            return b""
        self._head = None
        return head.removeprefix(_BOM)

    def _take(self, piece: bytes, messages: list[Message]) -> None:
        ended = piece[-1] in b"\r\n"
        if not self._line:
            self._line_is_comment = piece[:1] == b":"
        if self._line_is_comment:
            # A comment is dropped as it comes, so that endless heartbeats or padding cost no memory.
            self._line = [] if ended else [b":"]
            return
        self._size += len(piece)
        if self._size > self._limit:
            self._failed = True
            return
        if not ended:
            self._line.append(piece)
            return
        line = b"".join([*self._line, piece.rstrip(b"\r\n")]) if self._line else piece.rstrip(b"\r\n")
        self._line = []
        if line:
            self._field(line)
        else:
            self._dispatch(messages)

    def _field(self, line: bytes) -> None:
        name, _, raw = line.partition(b":")
        raw = raw.removeprefix(b" ")
        if name == b"data":
            self._data.append(raw.decode("utf-8", "replace"))
        elif name == b"event":
            self._event = raw.decode("utf-8", "replace")
        elif name == b"id":
            if b"\0" not in raw:
                self.last_event_id = raw.decode("utf-8", "replace")
        elif name == b"retry":
            if raw.isdigit() and len(raw) <= _MAX_RETRY_DIGITS:
                self.retry = int(raw)
        elif self._unknown is not None:
            self._unknown(line)

    def _dispatch(self, messages: list[Message]) -> None:
        if self._data:
            messages.append(Message(self._event or "message", "\n".join(self._data), self.last_event_id, self.retry))
        self._data, self._event, self._size = [], "", 0

    def _raise_if_failed(self) -> None:
        if self._failed:
            raise MessageTooLargeError(
                f"The stream sent a message of more than {self._limit:,} bytes: raise the limit or mend the sender."
            )


def encode(data: str, *, event: str | None = None, id: str | None = None, retry: int | None = None) -> bytes:
    """One block of an event stream. Line ends inside ``data`` become several data lines.

    Raises ``ValueError`` if ``event`` or ``id`` contains a line end, or ``id`` a NUL: an SSE field cannot contain them.
    """
    lines = []
    if retry is not None:
        lines.append(f"retry: {retry:d}")
    if id is not None:
        if _LINE_END.search(id) or "\0" in id:
            raise ValueError("An SSE id cannot contain a line end or a NUL character.")
        lines.append(f"id: {id}")
    if event is not None:
        if _LINE_END.search(event):
            raise ValueError("An SSE event name cannot contain a line end.")
        lines.append(f"event: {event}")
    lines.extend(f"data: {part}" for part in _LINE_END.split(data))
    return ("\n".join(lines) + "\n\n").encode("utf-8")


def encode_event(event: KnownEvent | SnapshotEvent, attempt: int) -> bytes:
    """The frame of a stamped event: id, event and one data line, encoded once and sent to every reader."""
    return f"id: {Cursor(attempt, event.seq)}\nevent: {event.type}\ndata: {event_json(event)}\n\n".encode("ascii")


def encode_stamped(kind: str, body: str, seq: int, at_ms: float, attempt: int) -> bytes:
    """The frame that ``encode_event`` gives, of an event whose ``event_body`` is known already; ``at_ms`` is what
    ``stamp_time`` gave."""
    return f'id: {attempt}-{seq}\nevent: {kind}\ndata: {{"seq":{seq},"at_ms":{at_ms!r},{body}\n\n'.encode("ascii")


def retry_prefix(milliseconds: int) -> bytes:
    """The ``retry:`` line to put in front of the first frame of a connection, inside the same block."""
    return b"retry: %d\n" % milliseconds
