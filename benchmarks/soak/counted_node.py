"""A node whose tasks can be counted from outside: ``python -m benchmarks.soak.counted_node serve|worker OPTIONS``.

It is the product's own command. A thread beside it writes how many asyncio tasks there are into the file that
``TASKS_FILE`` names, with the id of the process at the end. At SIGUSR1 it writes to standard error where it is.
"""

import asyncio
import faulthandler
import os
import signal
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


def write_counts(loops: CountedLoops, folder: Path) -> None:
    """Write the number of tasks, for ever."""
    file = folder / f"{os.getpid()}.tasks"
    while True:
        if loops.made is not None:
            written = file.with_suffix(".new")
            written.write_text(str(len(asyncio.all_tasks(loops.made))), encoding="ascii")
            written.replace(file)
        time.sleep(EVERY_S)


if __name__ == "__main__":
    policy = CountedLoops()
    asyncio.set_event_loop_policy(policy)
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    threading.Thread(target=write_counts, args=(policy, Path(os.environ[TASKS_FILE])), daemon=True).start()
    main()
