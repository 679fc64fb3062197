"""The clock an agent lives by: real for people, virtual for known truth and fast tests."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Time in seconds on one monotonic line."""

    def now(self) -> float:
        """Seconds since an arbitrary moment."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after ``seconds``; with 0 or less, only give other tasks a turn."""
        ...


class SystemClock:
    """The machine's monotonic clock."""

    def now(self) -> float:
        """Seconds of ``time.monotonic``."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Sleep on the event loop."""
        await asyncio.sleep(max(0.0, seconds))


class VirtualClock:
    """A clock that stands still except when slept on: sleeping takes no real time and is exact."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start

    def now(self) -> float:
        """Seconds slept so far, beside the start."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Move the clock on, after giving other tasks a turn."""
        await asyncio.sleep(0)
        self._now += max(0.0, seconds)
