"""An event loop on whose clock a test lets the time pass."""

import asyncio


class TimedLoop(asyncio.SelectorEventLoop):
    """An event loop whose time passes at once while nothing is to be done."""

    def __init__(self) -> None:
        super().__init__()
        self.passed_s = 0.0

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self.passed_s


async def due_until(loop: TimedLoop, until: float) -> None:
    """Let the time pass, from one planned call to the next."""
    for _ in range(3):
        await asyncio.sleep(0)
    due = sorted(when for handle in list(vars(loop)["_scheduled"]) if (when := handle.when()) < until)
    for when in due:
        loop.passed_s = max(loop.passed_s, when)
        for _ in range(3):
            await asyncio.sleep(0)
    loop.passed_s = until
