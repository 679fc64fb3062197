"""Agents whose run has ended and that are still letting go of what they used."""

import asyncio
import logging

CLOSE_S = 5.0
"""How long an agent may take to let go before that is worth a line in the log, and a stopping server waits for it."""

_log = logging.getLogger(__name__)


class ClosingAgents:
    """Keeps their tasks, which nobody else refers to, until they are done. Belongs to one event loop."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[None]] = set()

    def add(self, task: asyncio.Task[None]) -> None:
        """Keep the task until it is done, and log what it raises."""
        name = task.get_name()
        loop = asyncio.get_running_loop()
        overdue = loop.call_later(CLOSE_S, _log.warning, "The %s was cancelled but does not let go.", name)
        self.tasks.add(task)
        task.add_done_callback(lambda _: overdue.cancel())
        task.add_done_callback(self._left)

    def _left(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.info("The %s let go with an error.", task.get_name(), exc_info=error)
