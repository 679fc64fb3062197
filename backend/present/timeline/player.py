"""A run that is replayed: its playback, and where the playhead stands by the clock."""

from dataclasses import dataclass

from backend.present.timeline.playhead_clock import PlayheadClock
from backend.protocol.events import DoneEvent
from backend.protocol.playback import Playback
from backend.protocol.share_ids import is_share


@dataclass(slots=True)
class Player(PlayheadClock):
    """What one tab replays. ``opened_id`` is the id of the run or of the share it was opened by, empty for a recording
    from a file."""

    playback: Playback
    opened_id: str = ""

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

    def scrubber(self) -> dict[str, object]:
        """What the scrubber's script has to know: the run as well, which it puts into the page's address."""
        return {**PlayheadClock.scrubber(self), "opened": self.opened_id}
