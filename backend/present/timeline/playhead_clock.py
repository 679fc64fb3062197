"""The playhead's position by the clock, and its controls: for one run on Replay, for two on Compare."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from backend.protocol.playback import Playhead


class Timed(Protocol):
    """The range of a playhead; times are milliseconds since the run was accepted."""

    @property
    def duration_ms(self) -> float: ...  # noqa: D102 - said by the class

    def next_event_ms(self, t_ms: float) -> float | None: ...  # noqa: D102 - said by the class

    def previous_event_ms(self, t_ms: float) -> float | None: ...  # noqa: D102 - said by the class


@dataclass(slots=True)
class PlayheadClock:
    """The playhead of one tab."""

    playback: Timed
    playhead: Playhead = field(default_factory=Playhead, kw_only=True)
    moves: int = field(default=0, kw_only=True)
    """Counts the moves of the playhead, so that a strip recognizes news."""
    now: Callable[[], float] = field(default=time.monotonic, kw_only=True)
    """The clock, in seconds."""

    def position_ms(self) -> float:
        """The playhead's current position."""
        return self.playhead.position_ms(self.now(), self.playback.duration_ms)

    def at_the_end(self) -> bool:
        """True if it has reached the end by now."""
        return self.playhead.has_ended(self.now(), self.playback.duration_ms)

    def seek(self, at_ms: float) -> None:
        """Move the playhead; if it is playing, it continues from there."""
        self._set(self.playhead.seek(min(at_ms, self.playback.duration_ms), self.now()))

    def play(self) -> None:
        """Start playing; at the end, from the beginning. A second call changes nothing."""
        if not self.playhead.playing:
            self._set(self.playhead.play(self.now(), self.playback.duration_ms))

    def pause(self) -> None:
        """Stop at the current position."""
        if self.playhead.playing:
            self._set(self.playhead.pause(self.now(), self.playback.duration_ms))

    def jump(self, *, forward: bool) -> None:
        """Move to the next event, or to the one before; to the end, or the beginning, if there is none."""
        at_ms = self.position_ms()
        if forward:
            found = self.playback.next_event_ms(at_ms)
            self.seek(self.playback.duration_ms if found is None else found)
        else:
            found = self.playback.previous_event_ms(at_ms)
            self.seek(0.0 if found is None else found)

    def set_speed(self, speed: float) -> None:
        """Set the speed from now on. Raises ``ValueError`` for a speed that is not above 0."""
        self._set(self.playhead.with_speed(speed, self.now(), self.playback.duration_ms))

    def playhead_data(self) -> dict[str, object]:
        """The playhead for the strip's script."""
        return {
            "at_ms": self.position_ms(),
            "duration_ms": self.playback.duration_ms,
            "playing": self.playhead.playing,
            "speed": self.playhead.speed,
            "moves": self.moves,
        }

    def _set(self, playhead: Playhead) -> None:
        self.playhead, self.moves = playhead, self.moves + 1
