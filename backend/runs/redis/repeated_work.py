"""Work that a node does again and again, whatever goes wrong once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from backend.runs.store import StoreError

_log = logging.getLogger(__name__)

RETRY_S = 0.2
"""The pause after work that failed."""

CANCELLED_AGAIN_S: Final = 0.5
"""How long a cancelled task may take before it is cancelled again."""


async def repeat(work: Callable[[], Awaitable[None]], pause: Callable[[], Awaitable[object]] | None = None) -> None:
    """Do the work until cancelled, with a pause after each time."""
    while True:
        try:
            await work()
        except StoreError as error:
            _log.debug("%s", error)
            await asyncio.sleep(RETRY_S)
        # A node that stopped working for one defect would lose all its runs.
        except Exception:  # noqa: BLE001 - logged
            _log.exception("Something failed on this node; it is tried again.")
            await asyncio.sleep(RETRY_S)
        if pause is not None:
            await pause()


async def repeat_every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do the work every so many seconds until cancelled, for the first time after a pause."""
    await asyncio.sleep(seconds)
    await repeat(work, lambda: asyncio.sleep(seconds))


async def cancel_all(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks and return when they have ended. A cancellation may get lost: ``asyncio.wait_for``, which redis-py
    uses, returns what came in that moment (Python 3.11), so a task that does not end is cancelled again."""
    waiting = {task for task in tasks if not task.done()}
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=CANCELLED_AGAIN_S)
