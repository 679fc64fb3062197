"""What one tab has on the table: a run, where it came from, and where the playhead stands."""

import time
from dataclasses import dataclass, field
from typing import Any

from backend.present import words_replay
from backend.protocol.events import DoneEvent
from backend.protocol.playback import Playback, Playhead
from backend.protocol.recordings import Recording
from ui_gradio.drawing import Drawing


@dataclass(slots=True)
class Table:
    """One object for as long as the page is open. ``loops`` counts the times that playing began: of two that play at
    once, as after a quick double press, the older one stops."""

    playback: Playback = field(default_factory=lambda: Playback(()))
    opened_id: str = ""
    """The id of the run or of the share it was opened by; empty for a recording from a file, and for nothing."""
    is_open: bool = False
    playhead: Playhead = field(default_factory=Playhead)
    moves: int = 0
    """Counts what was done to the playhead, so that the scrubber knows when it is told something new."""
    loops: int = 0
    share_id: str = ""
    drawing: Drawing | None = None

    @property
    def shared(self) -> bool:
        """Whether it was opened by a link for reading only."""
        return self.opened_id.startswith("share_")

    @property
    def run_id(self) -> str:
        """The run that feedback and shares are about; empty where there can be none."""
        return "" if self.shared else self.opened_id

    @property
    def moment_ms(self) -> float | None:
        """Where the playhead stands, in milliseconds."""
        return self.position_ms()

    @property
    def ended(self) -> bool:
        """Whether the run was over when it was opened."""
        events = self.playback.events
        return bool(events) and isinstance(events[-1], DoneEvent)

    def open(self, recording: Recording, opened_id: str, drawing: Drawing, at_ms: float) -> None:
        """Put a run on the table, with the playhead at that moment."""
        self.playback = Playback(recording.events, recording.header.question)
        self.opened_id, self.is_open, self.share_id, self.drawing = opened_id, True, "", drawing
        self._set(Playhead(min(max(at_ms, 0.0), self.playback.duration_ms), self.playhead.speed))

    def position_ms(self) -> float:
        """Where the playhead stands now."""
        return self.playhead.position_ms(time.monotonic(), self.playback.duration_ms)

    def at_the_end(self) -> bool:
        """Whether it has come to the end by now."""
        return self.playhead.has_ended(time.monotonic(), self.playback.duration_ms)

    def seek(self, at_ms: float) -> None:
        """Move the playhead; it goes on playing from there if it does."""
        self._set(self.playhead.seek(min(at_ms, self.playback.duration_ms), time.monotonic()))

    def play(self) -> None:
        """Start; from the beginning where it stands at the end."""
        self.loops += 1
        self._set(self.playhead.play(time.monotonic(), self.playback.duration_ms))

    def pause(self) -> None:
        """Stop where it is."""
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

    def scrubber(self) -> dict[str, Any]:
        """What the scrubber's script has to know."""
        return {
            "label": words_replay.SCRUBBER_LABEL,
            "at_ms": self.position_ms(),
            "duration_ms": self.playback.duration_ms,
            "playing": self.playhead.playing,
            "speed": self.playhead.speed,
            "moves": self.moves,
            "opened": self.opened_id,
        }

    def _set(self, playhead: Playhead) -> None:
        self.playhead, self.moves = playhead, self.moves + 1
