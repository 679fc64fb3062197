"""The clock of an agent."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Time in seconds on one monotonic scale."""

    def now(self) -> float:
        """Seconds since an arbitrary moment."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after ``seconds``; with 0 or less, only give other tasks a turn."""
        ...


class SystemClock:
    """The machine's monotonic clock."""

    now = staticmethod(time.monotonic)
    """See ``Clock.now``; not a method, whose call would cost every event a frame."""

    async def sleep(self, seconds: float) -> None:
        """Sleep on the event loop."""
        await asyncio.sleep(max(0.0, seconds))
