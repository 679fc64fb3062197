"""A node whose inside is counted from outside: ``python -m benchmarks.soak.counted_node serve|worker OPTIONS``.

It is the product's own command. A thread beside it writes into the folder that ``TASKS_FILE`` names, in a file with the
id of the process: how many asyncio tasks there are, how many blocks of memory Python has, and how many bytes of the C
library's heap are in use. At SIGUSR1 it writes to standard error where it is.
"""

import asyncio
import ctypes
import faulthandler
import os
import signal
import sys
import threading
import time
from pathlib import Path

from backend.cli import main

TASKS_FILE = "PLAYHEAD_SOAK_TASKS"
EVERY_S = 2.0


class CountedLoops(asyncio.DefaultEventLoopPolicy):
    """Keeps the loop that the command makes."""

    made: asyncio.AbstractEventLoop | None = None

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        """See ``asyncio``."""
        self.made = super().new_event_loop()
        return self.made


class HeapUse(ctypes.Structure):
    """``struct mallinfo2`` of the GNU C library (https://man7.org/linux/man-pages/man3/mallinfo.3.html)."""

    _fields_ = [
        *((name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd")),
        *((name, ctypes.c_size_t) for name in ("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")),
    ]


def heap_in_use() -> int:
    """Bytes of the C library's heap that are in use."""
    ask = ctypes.CDLL(None).mallinfo2
    ask.restype = HeapUse
    use = ask()
    return int(use.uordblks + use.hblkhd)


def write_counts(loops: CountedLoops, folder: Path) -> None:
    """Write the counts, for ever."""
    file = folder / f"{os.getpid()}.tasks"
    while True:
        if loops.made is not None:
            written = file.with_suffix(".new")
            counts = len(asyncio.all_tasks(loops.made)), sys.getallocatedblocks(), heap_in_use()
            written.write_text(" ".join(map(str, counts)), encoding="ascii")
            written.replace(file)
        time.sleep(EVERY_S)


if __name__ == "__main__":
    policy = CountedLoops()
    asyncio.set_event_loop_policy(policy)
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    threading.Thread(target=write_counts, args=(policy, Path(os.environ[TASKS_FILE])), daemon=True).start()
    main()
