"""Recordings: a run on disk with its timing, as JSON lines: one header, then one event a line.

``recording_reader`` reads one. It knows three kinds of bad input: no recording at all and damage in the middle raise
``RecordingError`` with the line; a recording cut at its end is read as far as it goes and says so in ``cut``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from backend.protocol.attachments import AttachmentNote
from backend.protocol.events import Event, event_json
from backend.protocol.options import RunOptions

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
    attachments: tuple[AttachmentNote, ...] | None = None
    """The files that were asked with, without their contents; None without any."""
    timing: str | None = None
    """Where the events' times come from, unless they are the run's own: ``arrival`` = when the bytes arrived at the
    program that captured them, ``NO_TIMING`` = the times are unknown, and every time is 0."""


class Replayable(Protocol):
    """A recorded run that can be played: its events may be read from a file each time they are asked for."""

    @property
    def events(self) -> Iterable[Event]:
        """The events in order."""
        ...

    @property
    def cut(self) -> str | None:
        """How the end is missing, in a sentence, or None for a whole recording."""
        ...


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
