"""Blocking work off the event loop, in threads that never keep a program from ending."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


async def in_thread(work: Callable[[], Result], stop: Callable[[], None] = lambda: None) -> Result:
    """Run ``work`` in a thread of its own and wait for it.

    If the waiting task is cancelled, ``stop`` is called, which should make the work end soon; nobody waits for it then.
    The thread is a daemon: a program that ends does not wait for it either, so the work must be safe to cut off.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        try:
            outcome: tuple[Result | None, BaseException | None] = (work(), None)
        except BaseException as error:  # noqa: BLE001 - it is raised again where the result is awaited
            outcome = (None, error)
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, *outcome)

    threading.Thread(target=run, name="documents", daemon=True).start()
    try:
        return await future
    except asyncio.CancelledError:
        stop()
        raise
