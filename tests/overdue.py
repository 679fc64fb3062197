"""A test that its own time limit cannot end takes its process with it, so that the others still run.

pytest-timeout raises an error in the main thread, once. A test that waits again while it clears up, or for a thread
that does not end, then keeps its process for ever, and with it the whole run. Here a thread watches from outside: it
prints where every thread of the process is, ends the processes that the tests have started, and leaves. pytest-xdist
takes that for a crash, names the test, and runs the others in a new process.
"""

import faulthandler
import os
import signal
import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key

from tests.spreading import is_one_of_several

LIMIT_S = 300.0
"""Longer than two tries of a test with the time limit of ``pyproject.toml``, and what follows them."""

_EXIT_CODE = 70
"""An error inside the software, by the BSD's ``sysexits.h``."""


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Watch over all tries of a test, from the setup to the end of what clears up after it."""
    if not is_one_of_several(item.config):
        return (yield)
    limit_s = float(os.environ.get("PLAYHEAD_OVERDUE_S", LIMIT_S))
    limit = threading.Timer(limit_s, leave, [item.nodeid, item.config.stash[fault_handler_stderr_fd_key]])
    limit.daemon = True
    limit.start()
    try:
        return (yield)
    finally:
        limit.cancel()


def leave(test: str, stderr: int) -> None:
    """End this process and those it has started, after its threads are listed at the file descriptor ``stderr``."""
    os.write(stderr, f"\nThis test is overdue and its process is ended: {test}\n".encode())
    faulthandler.dump_traceback(stderr, all_threads=True)
    for process in list(_descendants(os.getpid())):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    os._exit(_EXIT_CODE)


def _descendants(process: int) -> Iterator[int]:
    with suppress(FileNotFoundError, ProcessLookupError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield int(child)
                yield from _descendants(int(child))
