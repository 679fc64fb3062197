"""The playback on a page: one run or two under one playhead, and the page at that moment."""

import asyncio
import math
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from backend.present.strip.page_data import ShownStrip, strip_data
from backend.present.timeline.playhead_clock import PlayheadClock
from backend.present.words import replay as words_replay
from backend.protocol.run_view import RunView

PLAYED_EVERY_S: Final = 0.1
"""The time between two draws during playback; the strip's line moves by itself meanwhile."""

MOST_SPEED: Final = 100.0
"""The fastest playback that is followed."""


@dataclass(frozen=True, slots=True)
class SeenRun:
    """A run to be drawn."""

    view: RunView
    elapsed_ms: float
    """Milliseconds since it was accepted."""
    still: bool = True
    """True if time stands still on the page: durations are those of this very moment, and none counts up."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The page at the playhead."""

    runs: tuple[SeenRun, ...]
    text: str = ""
    """The moment in words, as safe HTML; empty while there is no playhead."""
    playing: bool = False
    strip: dict[str, Any] | None = None
    """The data for the strip's script; None if it has them already."""


@dataclass(frozen=True, slots=True)
class StripMove:
    """A move on the strip: to a moment in milliseconds, and, where a presenter is followed, whether it plays and how
    fast."""

    at_ms: float
    playing: bool | None = None
    speed: float | None = None

    @classmethod
    def read(cls, fields: Mapping[str, Any]) -> "StripMove | None":
        """The move in what the strip's script sent; None for anything else."""
        at_ms, playing, speed = fields.get("ms"), fields.get("playing"), fields.get("speed")
        if not isinstance(at_ms, int | float) or not math.isfinite(at_ms):
            return None
        known_speed = float(speed) if isinstance(speed, int | float) and 0 < speed <= MOST_SPEED else None
        return cls(float(at_ms), playing if isinstance(playing, bool) else None, known_speed)


@dataclass(slots=True)
class Player(PlayheadClock, ABC):
    """One tab's playback: its playhead, and the task that draws it."""

    drawers: int = field(default=0, kw_only=True)
    """Counts the tasks that began to draw. Only the newest one draws: two could show an earlier moment last."""

    @abstractmethod
    def moment(self) -> Moment:
        """The page at the playhead."""

    @abstractmethod
    def strips(self) -> tuple[ShownStrip, ...]:
        """The runs on the strip."""

    @abstractmethod
    def named(self) -> dict[str, str]:
        """The parameters of the page's address that name the runs; empty values are left out of it."""

    def strip_data(self) -> dict[str, Any]:
        """The data for the strip's script: the runs, the playhead, and the names, which it puts into the address."""
        data = strip_data(self.strips(), playhead=self.playhead_data(), label=words_replay.SCRUBBER_LABEL)
        return {**data, "named": self.named()}

    def press_play(self) -> bool:
        """Play, or pause if it is playing. Returns whether it plays now: a run without a duration never does."""
        if self.playhead.playing:
            self.pause()
        elif self.playback.duration_ms:
            self.play()
        return self.playhead.playing

    def move(self, move: StripMove) -> bool:
        """Move as on the strip. Returns whether it plays now and did not before: then somebody has to draw it."""
        before = self.playhead.playing
        if move.speed is not None and move.speed != self.playhead.speed:
            self.set_speed(move.speed)
        self.seek(max(0.0, move.at_ms))
        if move.playing and not self.at_the_end():
            self.play()
        elif move.playing is False:
            self.pause()
        return self.playhead.playing and not before

    async def moments(self, every_s: float = PLAYED_EVERY_S) -> AsyncGenerator[Moment, None]:
        """The moments to draw during playback, and at last the one where it stopped. Ends without that one if another
        task draws by then, as after a quick double press. ``every_s``: seconds between two moments."""
        self.drawers += 1
        mine, known = self.drawers, -1
        while self.playhead.playing and self.drawers == mine:
            if self.at_the_end():
                self.pause()
                break
            moment, known_before, known = self.moment(), known, self.moves
            yield replace(moment, strip=None) if known == known_before else moment
            await asyncio.sleep(every_s)
        if self.drawers == mine:
            yield self.moment()
