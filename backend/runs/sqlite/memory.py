"""Which runs are in memory: all that are running, and the latest ended ones."""

import weakref
from collections import OrderedDict
from dataclasses import dataclass

from backend.runs.log import RunLog
from backend.runs.records import RunRecord
from backend.runs.sqlite.backlog import Tail

MEMORY_BYTES = 256 * 1024 * 1024
"""The most bytes of frames of ended runs that stay in memory, beside the limit on their number."""


@dataclass(slots=True, weakref_slot=True, eq=False)
class KeptRun:
    """A run in memory."""

    record: RunRecord
    log: RunLog
    tail: Tail
    finishing: bool = False
    """Whether ``finish`` was called: nothing can be appended any more."""


class RunMemory:
    """Runs by id. A run that is still referenced elsewhere is found again, even when it is no longer kept for its
    own sake."""

    def __init__(self, ended_runs: int) -> None:
        self._limit = ended_runs
        self._all: weakref.WeakValueDictionary[str, KeptRun] = weakref.WeakValueDictionary()
        self.live: dict[str, KeptRun] = {}
        """The runs that are running, by id."""
        self._ended: OrderedDict[str, KeptRun] = OrderedDict()

    def find(self, run_id: str) -> KeptRun | None:
        """The run, if it is in memory."""
        live = self.live.get(run_id)
        if live is not None:
            return live
        run = self._all.get(run_id)
        if run is not None and run_id in self._ended:
            self._ended.move_to_end(run_id)
        return run

    def keep(self, run: KeptRun) -> None:
        """Keep a run: while it is running, or as the latest ended one, which may push out the oldest."""
        run_id = run.record.run_id
        self._all[run_id] = run
        if not run.record.ended:
            self.live[run_id] = run
            return
        self.live.pop(run_id, None)
        self._ended[run_id] = run
        self._ended.move_to_end(run_id)
        self._push_out()

    def drop(self, run_id: str) -> KeptRun | None:
        """Forget a run that was deleted."""
        self.live.pop(run_id, None)
        self._ended.pop(run_id, None)
        return self._all.pop(run_id, None)

    def _push_out(self) -> None:
        """An ended run that is not on disk stays: memory is the only place where it is."""
        saved = [run_id for run_id, run in self._ended.items() if run.tail.settled]
        size = sum(run.log.size for run in self._ended.values())
        for run_id in saved:
            if len(self._ended) <= self._limit and size <= MEMORY_BYTES:
                return
            size -= self._ended.pop(run_id).log.size
