"""Runs that are not in memory, loaded from the database: once for all who ask at the same time."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from backend.runs.log import RunLog
from backend.runs.sqlite import statements
from backend.runs.sqlite.backlog import Tail
from backend.runs.sqlite.database import Database
from backend.runs.sqlite.memory import KeptRun, RunMemory
from backend.runs.sqlite.statements import StoredRun
from backend.runs.store import UnknownRunError


class RunLoading:
    """Finds runs in memory, or loads them. Belongs to one event loop."""

    def __init__(self, database: Database, memory: RunMemory) -> None:
        self._database = database
        self._memory = memory
        self._loading: dict[str, asyncio.Task[KeptRun]] = {}
        self._submitting: dict[str, asyncio.Future[None]] = {}

    @contextmanager
    def submitting(self, run_id: str) -> Iterator[None]:
        """Inside, a run is put into the database and then into memory: who looks for it waits until it is there."""
        submitted = self._submitting[run_id] = asyncio.get_running_loop().create_future()
        try:
            yield
        finally:
            del self._submitting[run_id]
            submitted.set_result(None)

    async def find(self, run_id: str) -> KeptRun:
        """The run. Raises ``UnknownRunError`` and ``StoreError``."""
        run = self._memory.find(run_id)
        if run is not None:
            return run
        loading = self._loading.get(run_id)
        if loading is None:
            loading = asyncio.ensure_future(self._load(run_id))
            self._loading[run_id] = loading
        try:
            return await asyncio.shield(loading)
        finally:
            if loading.done() and self._loading.get(run_id) is loading:
                del self._loading[run_id]

    def drop(self, run_id: str) -> None:
        """The run was deleted: nobody gets what is being loaded of it."""
        self._loading.pop(run_id, None)

    async def _load(self, run_id: str) -> KeptRun:
        def read(connection: sqlite3.Connection) -> tuple[StoredRun, RunLog] | None:
            stored = statements.find_run(connection, run_id)
            return None if stored is None else (stored, statements.load_log(connection, stored))

        found = await self._database.read(read)
        # Whose record is in the database may not be in memory yet: a log of its own would never grow.
        if (submitting := self._submitting.get(run_id)) is not None:
            await asyncio.wait([submitting])
        if (live := self._memory.find(run_id)) is not None:
            return live
        # A session that was purged meanwhile took the load out of the list.
        if found is None or run_id not in self._loading:
            raise UnknownRunError(run_id)
        stored, log = found
        tail = Tail(stored.number, log, stored.record.attempt)
        tail.settled = True
        run = KeptRun(stored.record, log, tail, finishing=True)
        self._memory.keep(run)
        return run
