"""An event loop in a separate thread, for code without one: scripts, and the thread that runs a Streamlit page.

One loop with one HTTP client per process (``Background.shared``). A call waits for its answer; what an async generator
yields comes with a tick, so that the waiting thread gets its turn at least every ``tick_s`` seconds.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Coroutine, Generator
from concurrent.futures import Future
from contextlib import aclosing
from typing import Any, ClassVar, Generic, TypeVar

from backend.client.connection import close_shared_http
from backend.client.frames import TICK_S

ResultType = TypeVar("ResultType")
ItemType = TypeVar("ItemType")


class Background:
    """An event loop in a separate daemon thread."""

    _shared: ClassVar["Background | None"] = None
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="playhead-client", daemon=True)
        self._thread.start()

    @classmethod
    def shared(cls) -> "Background":
        """The process's one, made at the first call."""
        with cls._lock:
            if cls._shared is None:
                cls._shared = cls()
            return cls._shared

    def submit(self, work: Coroutine[Any, Any, ResultType]) -> "Future[ResultType]":
        """Run the coroutine on the loop; the future may be cancelled."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def call(self, work: Coroutine[Any, Any, ResultType]) -> ResultType:
        """Run the coroutine on the loop and wait for what it returns or raises."""
        return self.submit(work).result()

    def iterate(
        self, source: AsyncGenerator[ItemType, None], tick_s: float = TICK_S
    ) -> Generator[ItemType | None, None, None]:
        """What ``source`` yields on the loop, in the calling thread; None whenever ``tick_s`` seconds brought nothing.

        A slow reader gets the newest item and misses those before it; the last one is never missed. Raises what
        ``source`` raises. Closing the iterator closes ``source``.
        """
        slot: NewestItem[ItemType] = NewestItem()

        async def read() -> None:
            async with aclosing(source) as items:
                async for item in items:
                    slot.put(item)

        future = self.submit(read())
        future.add_done_callback(lambda _: slot.close())
        try:
            ended = False
            while not ended:
                items, ended = slot.take(tick_s)
                if items or not ended:
                    yield items[0] if items else None
            future.result()
        finally:
            future.cancel()

    def close(self) -> None:
        """Close the HTTP client, stop the loop and end the thread. For a separate loop, not the shared one."""
        self.call(close_shared_http())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class NewestItem(Generic[ItemType]):
    """The newest item, handed from the loop to a thread. One that was not taken yet is replaced."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._items: tuple[ItemType, ...] = ()
        self._closed = False

    def put(self, item: ItemType) -> None:
        """A newer item."""
        with self._changed:
            self._items = (item,)
            self._changed.notify()

    def close(self) -> None:
        """No item follows."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def take(self, timeout_s: float) -> tuple[tuple[ItemType, ...], bool]:
        """(the newest item not taken yet, or nothing after ``timeout_s``; whether none will follow it)."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._closed, timeout_s)
            items, self._items = self._items, ()
            return items, self._closed
