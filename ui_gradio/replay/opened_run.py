"""What one tab has on the table: a run, where the playhead stands, and what draws it."""

from dataclasses import dataclass, field

from backend.present.timeline.player import Player
from backend.protocol.playback import Playback, Playhead
from backend.protocol.recordings import Recording
from ui_gradio.drawing import Drawing


@dataclass(slots=True)
class Table(Player):
    """One object for as long as the page is open."""

    playback: Playback = field(default_factory=lambda: Playback(()))
    share_id: str = ""
    drawing: Drawing | None = None

    @property
    def moment_ms(self) -> float | None:
        """Where the playhead stands, in milliseconds."""
        return self.position_ms()

    def open(self, recording: Recording, opened_id: str, drawing: Drawing, at_ms: float) -> None:
        """Put a run on the table, with the playhead at that moment."""
        self.playback = Playback(recording.events, recording.header.question)
        self.opened_id, self.share_id, self.drawing = opened_id, "", drawing
        self.playhead = Playhead(speed=self.playhead.speed)
        self.seek(at_ms)
