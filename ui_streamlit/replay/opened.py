"""The run that a tab replays: where it came from, its events, and where the playhead stands."""

import time
from dataclasses import dataclass, field

import streamlit as st

from backend.client.errors import ClientError
from backend.client.sync import SyncRunClient
from backend.present import words_ask
from backend.protocol.events import DoneEvent
from backend.protocol.playback import Playback, Playhead
from backend.protocol.recordings import Recording, RecordingError, parse_recording
from ui_streamlit.problems import Problem, problem_of
from ui_streamlit.visit import MOMENT, RUN, SHARE, named, put_into_address

_KEY = "replay"


@dataclass(slots=True)
class Opened:
    """A run on the table. ``run_id`` is the run's or a share's id, empty for one from a file."""

    recording: Recording
    run_id: str = ""
    playback: Playback = field(init=False)
    playhead: Playhead = field(default_factory=Playhead)
    moves: int = 0
    """Counts what was done to the playhead, so that the scrubber knows when it is told something new."""

    def __post_init__(self) -> None:
        self.playback = Playback(self.recording.events, self.recording.header.question)

    @property
    def shared(self) -> bool:
        """Whether it was opened by a link for reading only."""
        return self.run_id.startswith("share_")

    @property
    def ended(self) -> bool:
        """Whether the run was over when it was opened."""
        events = self.recording.events
        return bool(events) and isinstance(events[-1], DoneEvent)

    def position_ms(self) -> float:
        """Where the playhead stands now."""
        return self.playhead.position_ms(time.monotonic(), self.playback.duration_ms)

    def seek(self, at_ms: float) -> None:
        """Move the playhead."""
        self._set(self.playhead.seek(min(at_ms, self.playback.duration_ms), time.monotonic()))

    def play(self) -> None:
        """Start; from the beginning where it stands at the end. Asked twice, it plays all the same."""
        if not self.playhead.playing:
            self._set(self.playhead.play(time.monotonic(), self.playback.duration_ms))

    def pause(self) -> None:
        """Stop where it is."""
        if self.playhead.playing:
            self._set(self.playhead.pause(time.monotonic(), self.playback.duration_ms))

    def jump(self, *, forward: bool) -> None:
        """To the next event, or to the one before; to the end, or the beginning, where there is none."""
        at_ms = self.position_ms()
        if forward:
            found = self.playback.next_event_ms(at_ms)
            self.seek(self.playback.duration_ms if found is None else found)
        else:
            found = self.playback.previous_event_ms(at_ms)
            self.seek(0.0 if found is None else found)

    def set_speed(self, speed: float) -> None:
        """How fast it plays from here on."""
        self._set(self.playhead.with_speed(speed, time.monotonic(), self.playback.duration_ms))

    def _set(self, playhead: Playhead) -> None:
        self.playhead, self.moves = playhead, self.moves + 1


def opened_before() -> Opened | None:
    """What this tab has open."""
    opened: Opened | None = st.session_state.get(_KEY)
    return opened


def open_from_address(client: SyncRunClient) -> Opened | Problem | None:
    """The run that the address names, at the moment it names; else what is open already."""
    before = opened_before()
    run_id = named(RUN) or named(SHARE)
    if not run_id or (before is not None and before.run_id == run_id):
        if before is not None and before.run_id and not run_id:
            _name(before)
        return before
    return open_run(client, run_id, named(MOMENT))


def open_run(client: SyncRunClient, run_id: str, moment: str = "") -> Opened | Problem:
    """Fetch a run and put it on the table, at ``moment`` (milliseconds, as text of an address)."""
    try:
        opened = Opened(parse_recording(client.recording(run_id)), run_id)
    except ClientError as error:
        problem = problem_of(error)
        if problem.notice == "run_not_found" and run_id.startswith("share_"):
            return Problem("run_not_found", words_ask.SHARE_NOT_FOUND)
        return problem
    except RecordingError as error:
        return Problem("refused", str(error))
    if moment.replace(".", "", 1).isdecimal():
        opened.seek(float(moment))
    st.session_state[_KEY] = opened
    _name(opened)
    return opened


def open_file(data: bytes) -> Opened | Problem:
    """Put a recording from a file on the table; it stays in this tab."""
    try:
        opened = Opened(parse_recording(data))
    except RecordingError as error:
        return Problem("invalid_recording", str(error))
    st.session_state[_KEY] = opened
    put_into_address()
    return opened


def close() -> None:
    """Clear the table."""
    st.session_state.pop(_KEY, None)
    put_into_address()


def _name(opened: Opened) -> None:
    moment = str(round(opened.position_ms())) if opened.playhead.at_ms else ""
    put_into_address(**{SHARE if opened.shared else RUN: opened.run_id, MOMENT: moment})
