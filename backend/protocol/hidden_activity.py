"""Signs that an agent works while nothing visible comes: pieces of reasoning, empty pieces, a provider's pings.

Their times are kept, never their content. A ``progress`` status carries them (``StatusEvent.activity_ms``): at most one
a second, and one at the end of its step.
"""

from typing import Final

SPACING_MS: Final = 1000.0
"""The time between two statuses that carry activity."""

GRAIN_MS: Final = 5.0
"""Activity that follows the one before sooner than this is the same activity, so that a second has at most 200."""


class HiddenActivity:
    """Collects the times of one run, in milliseconds since its start."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._since: float | None = None

    def note(self, at_ms: float) -> bool:
        """Something hidden came. True if a status that carries it is due."""
        if self._since is None:
            self._since = at_ms
        if not self._times or at_ms - self._times[-1] >= GRAIN_MS:
            self._times.append(round(at_ms, 3))
        return at_ms - self._since >= SPACING_MS

    def take(self) -> tuple[float, ...]:
        """The times since the last call, in order; empty if there were none."""
        if self._times:
            self._since = self._times[-1]
        times, self._times = tuple(self._times), []
        return times

    def drop(self) -> None:
        """Something visible has come, and no step was there to carry the little before it."""
        self._times, self._since = [], None
