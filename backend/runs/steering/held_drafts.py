"""What an agent sends that cannot be paused elsewhere, kept until its run is resumed."""

from collections import deque
from collections.abc import Awaitable, Callable

MOST_HELD = 20_000
"""Drafts that are kept; then the agent is not read any further, and waits as well."""


class HeldDrafts:
    """Drafts with the moments at which they arrived, in order."""

    def __init__(self) -> None:
        self.pending = False
        """Whether a further draft has to queue up."""
        self._held: deque[tuple[object, float]] = deque()
        self._releasing = False

    @property
    def full(self) -> bool:
        """Whether nothing more is kept."""
        return len(self._held) >= MOST_HELD

    def add(self, draft: object, at: float) -> None:
        """Keep a draft that was yielded at that moment."""
        self._held.append((draft, at))
        self.pending = True

    async def release(self, write: Callable[[object, float], Awaitable[None]]) -> None:
        """Write everything in order, what is added meanwhile included."""
        if self._releasing:
            return
        self._releasing = self.pending = True
        try:
            while self._held:
                await write(*self._held.popleft())
        finally:
            self._releasing = False
            self.pending = bool(self._held)
