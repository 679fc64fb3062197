"""The one thread that writes: what it commits reaches the disk soon, and not at every commit."""

import sqlite3
import threading
import time
from itertools import pairwise

from backend.runs.sqlite.writer import SYNC_S, GroupWriter

DEADLINE_S = 60.0


class Syncs:
    """When the writer synchronised."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self._changed = threading.Condition()

    def __call__(self) -> None:
        with self._changed:
            self.times.append(time.monotonic())
            self._changed.notify_all()

    def comes_after(self, moment: float) -> bool:
        """Return once there was one after that moment; False if that takes too long."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self.times) and self.times[-1] >= moment, DEADLINE_S)


def test_commits_are_synchronised_soon_though_nothing_follows_and_seldom_though_much_does() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.execute("CREATE TABLE kept (number INTEGER)")
    syncs = Syncs()
    writer = GroupWriter(connection, list, syncs)

    def commit(number: int) -> float:
        writer.submit(lambda each: each.execute("INSERT INTO kept VALUES (?)", (number,))).result(DEADLINE_S)
        return time.monotonic()

    commits, began = 0, time.monotonic()
    while len(syncs.times) < 3:
        commits += 1
        assert commit(commits) - began < DEADLINE_S
    assert commits > 3
    assert all(later - earlier >= SYNC_S for earlier, later in pairwise(syncs.times))
    assert syncs.comes_after(commit(0)), "though nothing follows"
    committed = commit(0)
    writer.stop()
    assert syncs.times[-1] >= committed, "before it ends"
