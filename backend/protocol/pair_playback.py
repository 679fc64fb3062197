"""Two runs played on one clock, which starts for each when its question was accepted."""

from collections.abc import Callable
from dataclasses import dataclass

from backend.protocol.playback import Playback
from backend.protocol.run_view import RunView


@dataclass(frozen=True, slots=True)
class PairPlayback:
    """Both playbacks under one playhead. A run that is over stays as it ended while the other continues."""

    first: Playback
    second: Playback

    @property
    def duration_ms(self) -> float:
        """The time of the last event of the longer one, in milliseconds since it was accepted."""
        return max(self.first.duration_ms, self.second.duration_ms)

    def views_at(self, t_ms: float) -> tuple[RunView, RunView]:
        """Both as they were that long after each was accepted."""
        return self.first.view_at(t_ms), self.second.view_at(t_ms)

    def next_event_ms(self, t_ms: float) -> float | None:
        """The time of the next event of either after ``t_ms``, or None after the last one; see ``Playback``."""
        return self._nearest(min, [run.next_event_ms(t_ms) for run in (self.first, self.second)])

    def previous_event_ms(self, t_ms: float) -> float | None:
        """As ``next_event_ms``, in the other direction."""
        return self._nearest(max, [run.previous_event_ms(t_ms) for run in (self.first, self.second)])

    @staticmethod
    def _nearest(which: Callable[[list[float]], float], found: list[float | None]) -> float | None:
        times = [time_ms for time_ms in found if time_ms is not None]
        return which(times) if times else None
