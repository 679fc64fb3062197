"""Blocking work off the event loop, in threads that never keep a program from ending."""

import asyncio
import atexit
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

EXIT_SECONDS = 2.0
"""How long the end of the program waits for work that it has asked to stop."""

Stop = Callable[[int], None]
"""Asks the work in the thread with this identifier to end soon."""

_at_work: dict[threading.Thread, Stop] = {}


async def in_thread(work: Callable[[], Result], stop: Stop = lambda _: None) -> Result:
    """Run ``work`` in a thread of its own and wait for it.

    If the waiting task is cancelled, ``stop`` is called, which should make the work end soon; nobody waits for it then.
    The thread is a daemon: a program that ends asks it to stop and soon goes without it, so the work must be safe to
    cut off.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def deliver(settle: Callable[[], None]) -> None:
        if not future.done():
            settle()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - it is raised again where the result is awaited
            failure = error
            settle = lambda: future.set_exception(failure)  # noqa: E731
        else:
            settle = lambda: future.set_result(result)  # noqa: E731
        if not loop.is_closed():
            loop.call_soon_threadsafe(deliver, settle)

    thread = start_thread(run, stop)
    try:
        return await future
    except asyncio.CancelledError:
        stop(thread.ident or 0)
        raise
    finally:
        if future.done() and not future.cancelled():
            # It has nothing left to do; a thread that still runs when the interpreter ends would be cut off in it.
            thread.join(EXIT_SECONDS)


def start_thread(work: Callable[[], None], stop: Stop) -> threading.Thread:
    """Run ``work`` in a daemon of its own. A program that ends asks it to stop and soon goes without it."""

    def run() -> None:
        try:
            work()
        finally:
            _at_work.pop(threading.current_thread(), None)

    thread = threading.Thread(target=run, name="documents", daemon=True)
    _at_work[thread] = stop
    thread.start()
    return thread


@atexit.register
def _stop_all() -> None:
    for thread, stop in list(_at_work.items()):
        stop(thread.ident or 0)
        thread.join(EXIT_SECONDS)
