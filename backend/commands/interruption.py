"""Ctrl-C while a run is watched: the first cancels the run and keeps watching, the second leaves."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from backend.client.errors import ClientError
from backend.present.words import run as words

INTERRUPTED = 130
TERMINATED = 143


class Interruption:
    """Handles SIGINT and SIGTERM inside an event loop while its context is open.

    ``stop`` is awaited at the first Ctrl-C; without it the first one leaves. Leaving cancels the task that opened the
    context; ``exit_code`` then says how (130 or 143). POSIX only.
    """

    def __init__(self, stop: Callable[[], Awaitable[None]] | None = None) -> None:
        self._stop = stop
        self._stopping: asyncio.Task[None] | None = None
        self._task: asyncio.Task[object] | None = None
        self.note = ""
        """What to tell beside the run, such as that it is being stopped."""
        self.pressed = False
        self.exit_code: int | None = None

    def __enter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        loop.add_signal_handler(signal.SIGINT, self._press)
        loop.add_signal_handler(signal.SIGTERM, self._leave, TERMINATED)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_signal_handler(signal.SIGINT)
        loop.remove_signal_handler(signal.SIGTERM)
        if self._stopping is not None:
            self._stopping.cancel()

    @property
    def leaving(self) -> bool:
        """Whether the command is being left, so that its cancellation is meant."""
        return self.exit_code is not None

    def _press(self) -> None:
        if self.pressed or self._stop is None:
            self._leave(INTERRUPTED)
            return
        self.pressed = True
        self.note = f"{words.STOPPING} (Ctrl-C again leaves at once)"
        self._stopping = asyncio.create_task(self._ask_for_the_end(self._stop))

    async def _ask_for_the_end(self, stop: Callable[[], Awaitable[None]]) -> None:
        try:
            await stop()
        except ClientError as error:
            self.note = f"The run could not be stopped: {error.sentence}"

    def _leave(self, code: int) -> None:
        self.exit_code = code
        if self._task is not None:
            self._task.cancel()
