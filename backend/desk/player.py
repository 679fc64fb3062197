"""What is played on a page, one run or two under one playhead, and what the page shows where that stands."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from typing import Final

from backend.present.timeline.playhead_clock import PlayheadClock
from backend.protocol.run_view import RunView

PLAYED_EVERY_S: Final = 0.1
"""Between two drawings while it plays; the scrubber moves by itself meanwhile."""


@dataclass(frozen=True, slots=True)
class SeenRun:
    """A run as it is to be drawn."""

    view: RunView
    elapsed_ms: float
    """Milliseconds since it was accepted."""
    still: bool = True
    """Whether time stands still on the page: durations are those of this very moment, and none counts up."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What the page shows at the playhead."""

    runs: tuple[SeenRun, ...]
    text: str = ""
    """The moment in words, as safe HTML; empty while there is no playhead."""
    playing: bool = False
    scrubber: dict[str, object] | None = None
    """What the scrubber's script has to know; None where it knows it already."""


@dataclass(slots=True)
class Player(PlayheadClock):
    """What one tab plays: its playhead, and who draws it."""

    drawers: int = field(default=0, kw_only=True)
    """Counts who began to draw. Only the newest one draws: two could show an earlier moment last."""

    def moment(self) -> Moment:
        """What the page shows at the playhead."""
        raise NotImplementedError

    def press_play(self) -> bool:
        """Play, or pause where it plays already. Gives whether it plays now: nothing does that has no duration."""
        if self.playhead.playing:
            self.pause()
        elif self.playback.duration_ms:
            self.play()
        return self.playhead.playing

    async def moments(self, every_s: float = PLAYED_EVERY_S) -> AsyncGenerator[Moment, None]:
        """What to draw while it plays, and at last where it stopped. Ends without that once somebody else draws, as
        after a quick double press. ``every_s``: seconds between two moments."""
        self.drawers += 1
        mine, known = self.drawers, -1
        while self.playhead.playing and self.drawers == mine:
            if self.at_the_end():
                self.pause()
                break
            moment, known_before, known = self.moment(), known, self.moves
            yield replace(moment, scrubber=None) if known == known_before else moment
            await asyncio.sleep(every_s)
        if self.drawers == mine:
            yield self.moment()
