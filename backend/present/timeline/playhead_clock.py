"""Where the playhead stands by the clock, and what moves it: one run's on Replay, that of two runs on Compare."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from backend.present.words import replay as words_replay
from backend.protocol.playback import Playhead


class Timed(Protocol):
    """What a playhead moves over; times are milliseconds since the run was accepted."""

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
    """Counts what was done to the playhead, so that a scrubber knows when it is told something new."""
    now: Callable[[], float] = field(default=time.monotonic, kw_only=True)
    """The clock, in seconds."""

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
        }

    def _set(self, playhead: Playhead) -> None:
        self.playhead, self.moves = playhead, self.moves + 1
