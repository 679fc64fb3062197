"""A run that is replayed: its playback, and where the playhead stands by the clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from backend.present import words_replay
from backend.protocol.events import DoneEvent
from backend.protocol.playback import Playback, Playhead
from backend.protocol.share_ids import is_share


@dataclass(slots=True)
class Player:
    """What one tab replays. ``opened_id`` is the id of the run or of the share it was opened by, empty for a recording
    from a file."""

    playback: Playback
    opened_id: str = ""
    playhead: Playhead = field(default_factory=Playhead)
    moves: int = 0
    """Counts what was done to the playhead, so that a scrubber knows when it is told something new."""
    now: Callable[[], float] = time.monotonic
    """The clock, in seconds."""

    @property
    def shared(self) -> bool:
        """Whether it was opened by a link for reading only."""
        return is_share(self.opened_id)

    @property
    def run_id(self) -> str:
        """The run that feedback and shares are about; empty where there can be none."""
        return "" if self.shared else self.opened_id

    @property
    def ended(self) -> bool:
        """Whether the run was over when it was opened."""
        events = self.playback.events
        return bool(events) and isinstance(events[-1], DoneEvent)

    @property
    def unfinished(self) -> bool:
        """Whether more of it can be fetched."""
        return bool(self.opened_id) and not self.ended

    def position_ms(self) -> float:
        """Where the playhead stands now."""
        return self.playhead.position_ms(self.now(), self.playback.duration_ms)

    def at_the_end(self) -> bool:
        """Whether it has come to the end by now."""
        return self.playhead.has_ended(self.now(), self.playback.duration_ms)

    def seek(self, at_ms: float) -> None:
        """Move the playhead; it goes on playing from there if it does."""
        self._set(self.playhead.seek(min(at_ms, self.playback.duration_ms), self.now()))

    def play(self) -> None:
        """Start; from the beginning where it stands at the end. Asked twice, it plays all the same."""
        if not self.playhead.playing:
            self._set(self.playhead.play(self.now(), self.playback.duration_ms))

    def pause(self) -> None:
        """Stop where it is."""
        if self.playhead.playing:
            self._set(self.playhead.pause(self.now(), self.playback.duration_ms))

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
        """How fast it plays from here on. Raises ``ValueError`` for a speed that is not above 0."""
        self._set(self.playhead.with_speed(speed, self.now(), self.playback.duration_ms))

    def scrubber(self) -> dict[str, object]:
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
