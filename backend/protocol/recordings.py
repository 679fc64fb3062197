"""Recordings: a run on disk with its timing, as JSON lines: one header, then one event a line.

Reading knows three kinds of bad input: no recording at all and damage in the middle raise ``RecordingError``
with the line; a recording cut at its end is read as far as it goes and says so in ``cut``.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend.protocol.events import DoneEvent, Event, EventError, event_json, parse_event
from backend.protocol.options import RunOptions

MAX_LINE_BYTES = 16 * 1024 * 1024

NO_TIMING = "none"
"""The header's ``timing`` where nobody wrote down when anything came: no time of such a recording means anything."""


class RecordingError(ValueError):
    """The lines are not a readable recording."""


class RecordingHeader(BaseModel):
    """The first line of a recording: which run this was. ``created_at`` is ISO 8601 with its zone."""

    model_config = ConfigDict(frozen=True, extra="allow")

    playhead: Literal["recording"] = "recording"
    version: int = Field(default=1, ge=1)
    run_id: str = ""
    session_id: str = ""
    question: str = ""
    agent: str = ""
    options: RunOptions = Field(default_factory=RunOptions)
    created_at: str = ""
    timing: str | None = None
    """Where the events' times come from, unless they are the run's own: ``arrival`` = when the bytes arrived at the
    program that captured them, ``NO_TIMING`` = the times are unknown, and every time is 0."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded run. ``cut`` says in a sentence how the end is missing, or is None for a whole recording."""

    header: RecordingHeader
    events: tuple[Event, ...]
    cut: str | None = None


def recording_lines(header: RecordingHeader, events: Iterable[Event]) -> Iterator[str]:
    """The recording line by line, each with its LF, ASCII only."""
    yield event_json(header) + "\n"
    for event in events:
        yield event_json(event) + "\n"


def parse_recording(data: bytes) -> Recording:
    """Read a whole recording. Raises ``RecordingError`` with one sentence that names the line."""
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    numbered = [(number, line.strip()) for number, line in enumerate(lines, start=1) if line.strip()]
    if not numbered:
        raise RecordingError("The recording is empty: expected a header line and then one event a line.")
    header = _header(numbered[0][1])
    events: list[Event] = []
    for position, (number, line) in enumerate(numbered[1:], start=1):
        try:
            events.append(_event(line))
        except EventError as error:
            if position == len(numbered) - 1 and not data.endswith(b"\n"):
                return Recording(header, tuple(events), _cut_after(events, f"line {number} is incomplete"))
            raise RecordingError(f"Line {number} of the recording is not an event: {error}") from error
    complete = bool(events) and isinstance(events[-1], DoneEvent)
    return Recording(header, tuple(events), None if complete else _cut_after(events, "it has no done"))


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
        place = ".".join(str(part) for part in first["loc"])
        raise RecordingError(f"The recording's header cannot be read: {place}: {first['msg']}.") from error
    if header.version > 1:
        raise RecordingError(
            f"The recording has version {header.version}, this Playhead reads version 1: use a newer one."
        )
    return header


def _event(line: bytes) -> Event:
    if len(line) > MAX_LINE_BYTES:
        raise EventError(f"it has {len(line):,} bytes, at most {MAX_LINE_BYTES:,} are read.")
    return parse_event(line)


def _cut_after(events: list[Event], reason: str) -> str:
    last = f"after event {events[-1].seq}" if events else "before its first event"
    return f"The recording was cut {last}: {reason}."
