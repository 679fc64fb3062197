"""A clock that stands still while its run is paused."""

from collections.abc import Awaitable, Callable

from backend.agents.clock import Clock


class PausableClock:
    """Time in seconds without the pauses. ``resumed`` returns once the run is not paused."""

    def __init__(self, clock: Clock, resumed: Callable[[], Awaitable[None]]) -> None:
        self._clock = clock
        self._resumed = resumed
        self._paused_s = 0.0
        self._paused_at: float | None = None

    def pause(self) -> None:
        """Stand still from now on."""
        if self._paused_at is None:
            self._paused_at = self._clock.now()

    def resume(self) -> None:
        """Go on."""
        if self._paused_at is not None:
            self._paused_s += self._clock.now() - self._paused_at
            self._paused_at = None

    def now(self) -> float:
        """Seconds of the clock, without those of the pauses."""
        return (self._clock.now() if self._paused_at is None else self._paused_at) - self._paused_s

    async def sleep(self, seconds: float) -> None:
        """Return after ``seconds`` that were not paused; with 0 or less, once the run is not paused."""
        until = self.now() + seconds
        await self._clock.sleep(seconds)
        while self._paused_at is not None or until - self.now() > _SHORTEST_S:
            if self._paused_at is not None:
                await self._resumed()
            else:
                await self._clock.sleep(until - self.now())


_SHORTEST_S = 1e-6
"""A rest that rounding leaves is not slept."""
