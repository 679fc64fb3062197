"""Reads a recording piece by piece, without any I/O: bytes in, events out, and no event is kept.

A file of 60 MB can have two million events. Counting or playing them needs no list of them.
"""

import json
from collections.abc import Iterator
from typing import Final

from pydantic import ValidationError

from backend.protocol.events import DoneEvent, Event, EventError, parse_event
from backend.protocol.recordings import Recording, RecordingError, RecordingHeader

MAX_LINE_BYTES: Final = 16 * 1024 * 1024
MAX_RECORDING_EVENTS: Final = 2_000_000

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class RecordingReader:
    """One pass over the bytes of a recording. Call ``feed`` for each piece in order, then ``close``.

    Both give the events that have become whole, and raise ``RecordingError`` with one sentence that names the line.
    ``header`` is there after the first line; ``cut`` is final after ``close``: how the end is missing, or None.
    """

    def __init__(self) -> None:
        self.header = RecordingHeader()
        self.cut: str | None = None
        self.events = 0
        """How many events were read."""
        self._has_header = False
        self._line = 0
        self._rest = b""
        self._last_seq = 0
        self._ended = False

    def feed(self, data: bytes) -> Iterator[Event]:
        """The events that end within these bytes. The iterator must be read to its end."""
        if self._line == 0 and not self._rest:
            data = data.removeprefix(_BYTE_ORDER_MARK)
        begun = 0
        while (end := data.find(b"\n", begun)) >= 0:
            line = self._rest + data[begun:end]
            self._rest, begun = b"", end + 1
            self._line += 1
            yield from self._read(line)
        self._rest += data[begun:]
        if len(self._rest) > MAX_LINE_BYTES:
            raise RecordingError(f"Line {self._line + 1} of the recording has more than {MAX_LINE_BYTES:,} bytes.")

    def close(self) -> Iterator[Event]:
        """The event of a last line without its end, if it is whole. Raises also if there was no line at all."""
        rest, self._rest = self._rest, b""
        if rest.strip():
            self._line += 1
            try:
                yield from self._read(rest)
            except RecordingError:
                if not self._has_header:
                    raise
                self.cut = self._cut_because(f"line {self._line} is incomplete")
        if not self._has_header:
            raise RecordingError("The recording is empty: expected a header line and then one event a line.")
        if self.cut is None and not self._ended:
            self.cut = self._cut_because("it has no done")

    def _read(self, line: bytes) -> Iterator[Event]:
        line = line.strip()
        if not line:
            return
        if not self._has_header:
            self.header, self._has_header = _header(line), True
            return
        if self.events == MAX_RECORDING_EVENTS:
            raise RecordingError(f"The recording has more than {MAX_RECORDING_EVENTS:,} events: cut it into parts.")
        try:
            if len(line) > MAX_LINE_BYTES:
                raise EventError(f"it has {len(line):,} bytes, at most {MAX_LINE_BYTES:,} are read.")
            event = parse_event(line)
        except EventError as error:
            raise RecordingError(f"Line {self._line} of the recording is not an event: {error}") from error
        self.events += 1
        self._last_seq, self._ended = event.seq, isinstance(event, DoneEvent)
        yield event

    def _cut_because(self, reason: str) -> str:
        last = f"after event {self._last_seq}" if self.events else "before its first event"
        return f"The recording was cut {last}: {reason}."


def parse_recording(data: bytes) -> Recording:
    """Read a whole recording. Raises ``RecordingError`` with one sentence that names the line."""
    reader = RecordingReader()
    events = (*reader.feed(data), *reader.close())
    return Recording(reader.header, events, reader.cut)


def _header(line: bytes) -> RecordingHeader:
    try:
        fields = json.loads(line)
    except ValueError:
        fields = None
    if not isinstance(fields, dict) or fields.get("playhead") != "recording":
        raise RecordingError(
            'This is not a recording: its first line must be a header such as {"playhead": "recording", "version": 1}.'
        )
    try:
        header = RecordingHeader.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise RecordingError(f"The recording's header cannot be read: {field}: {first['msg']}.") from error
    if header.version > 1:
        raise RecordingError(
            f"The recording has version {header.version}, this Playhead reads version 1: use a newer one."
        )
    return header
