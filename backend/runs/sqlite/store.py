"""The store port on SQLite: in memory first, in the journal before it is shown, in the tables a moment later."""

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from backend.protocol.cursor import Cursor
from backend.protocol.events import DoneEvent, Event, KnownEvent
from backend.protocol.run_view import RunView
from backend.runs.frames import encode_frames
from backend.runs.log import RunEndedError, RunLog
from backend.runs.log_follower import LogFollower
from backend.runs.lost_end import storage_failure
from backend.runs.records import RunRecord, SessionRecord, utc_now
from backend.runs.search import RunPage, RunQuery
from backend.runs.sqlite import statements
from backend.runs.sqlite.backlog import Backlog, Tail
from backend.runs.sqlite.database import Database
from backend.runs.sqlite.files import SqliteFiles
from backend.runs.sqlite.memory import KeptRun, RunMemory
from backend.runs.sqlite.oldest_runs import delete_oldest, kept_bytes
from backend.runs.sqlite.review import SqliteReviews
from backend.runs.sqlite.run_loading import RunLoading
from backend.runs.sqlite.run_search import find_runs
from backend.runs.sqlite.statements import StoredRun
from backend.runs.sqlite.submission import submit_run
from backend.runs.store import StoreError, UnknownRunError, UnknownSessionError
from backend.runs.store_load import StoreLoad
from backend.runs.tick import Tick

logger = logging.getLogger(__name__)


def _now() -> str:
    """When a conversation last changed, so finely that two in a row keep their order."""
    return utc_now("microseconds")


class SqliteStore(SqliteReviews, SqliteFiles):
    """Implements ``RunStore`` in one file of the data folder. One server per folder.

    Durable means here: it survives the death of the process at any moment. Events are written to the journal before
    they are shown, all of a tick in one piece, and to the tables in groups; ``done`` and everything else is committed
    before it is shown. A power cut may cost the last second: commits are synchronised with the disk twice a second
    (``writer.SYNC_S``). It never costs the consistency of what remains."""

    def __init__(self, data_dir: Path, memory_runs: int = 64) -> None:
        self._backlog = Backlog(_now)
        super().__init__(Database(data_dir, self._backlog))
        self._memory = RunMemory(memory_runs)
        self._tick = Tick(self._database.unkept.write)
        self._loading = RunLoading(self._database, self._memory)

    async def open(self) -> Sequence[RunRecord]:
        """See ``RunStore.open``."""
        return await asyncio.to_thread(self._database.open)

    async def close(self) -> None:
        """See ``RunStore.close``."""
        self._database.unkept.write()
        await asyncio.to_thread(self._database.close)
        unsaved = self._backlog.unsaved()
        if unsaved:
            runs = "1 run" if unsaved == 1 else f"{unsaved} runs"
            raise StoreError(f"The end of {runs} could not be written to {self._database.folder}.")

    def load(self) -> StoreLoad:
        """What the store has to do, for the server's operator."""
        return self._database.load(self._tick.lag)

    async def submit(self, record: RunRecord) -> tuple[RunRecord, bool]:
        """See ``RunStore.submit``."""
        with self._loading.submitting(record.run_id):
            number, kept = await self._database.write(lambda connection: submit_run(connection, record, _now()))
            if number is None:
                known = self._memory.find(kept.run_id)
                return (_as_it_is(known) if known else kept), False
            log = RunLog(record.question, self._tick)
            self._memory.keep(KeptRun(record, log, Tail(number, log, record.attempt)))
        return record, True

    async def append(self, run_id: str, first_seq: int, frames: Sequence[bytes]) -> None:
        """See ``RunStore.append``."""
        run = self._memory.live.get(run_id) or self._memory.find(run_id)
        if run is None:
            await self._refuse(run_id)
            return
        if run.finishing:
            raise ValueError("The run ends: nothing can be appended any more.")
        if run.tail.failure is not None:
            raise self._database.problem(run.tail.failure)
        self._database.unkept.add(run.tail)
        run.log.append(first_seq, frames, run.tail.attempt)

    async def keep(self, run_id: str) -> None:
        """See ``RunStore.keep``."""
        run = self._memory.find(run_id)
        if run is None:
            await self.record(run_id)
            return
        self._tick.keep()
        if run.tail.failure is not None:
            raise self._database.problem(run.tail.failure)

    async def finish(self, run_id: str, closing: Sequence[KnownEvent], done: DoneEvent) -> None:
        """See ``RunStore.finish``."""
        run = self._memory.find(run_id)
        if run is None:
            await self.record(run_id)
            return
        if run.finishing or run.record.ended:
            return
        run.log.check_next(closing[0].seq if closing else done.seq)
        frames = encode_frames([*closing, done], run.tail.attempt)
        run.finishing = True
        await asyncio.shield(asyncio.ensure_future(self._finish(run, closing, done, frames)))

    async def _finish(
        self, run: KeptRun, closing: Sequence[KnownEvent], done: DoneEvent, frames: Sequence[bytes]
    ) -> None:
        tail = run.tail
        shown = len(run.log.frames)

        def write(connection: sqlite3.Connection) -> None:
            if tail.number in self._backlog.deleted:
                raise UnknownRunError(run.record.run_id)
            tail.write(connection, shown)
            statements.insert_frames(connection, tail.number, tail.attempt, shown + 1, frames)
            statements.set_end(connection, tail.number, done, tail.attempt, _now())

        def committed() -> None:
            tail.saved = shown + len(frames)
            tail.settled = True

        try:
            await self._database.write(write, committed)
        except StoreError as problem:
            logger.warning("The end of run %s could not be written: %s", run.record.run_id, str(problem))
            self._end_unsaved(run, closing, done, str(problem))
            raise
        run.log.append(shown + 1, frames, tail.attempt, ended=True)
        self._note_end(run, done)

    def _end_unsaved(self, run: KeptRun, closing: Sequence[KnownEvent], done: DoneEvent, message: str) -> None:
        """End the run for its watchers, and leave its end to the backlog."""
        events, done = storage_failure(closing, done, message)
        frames = encode_frames([*events, done], run.tail.attempt)
        run.log.append(events[0].seq, frames, run.tail.attempt, ended=True)
        run.tail.done = done
        self._backlog.add([run.tail])
        self._note_end(run, done)
        self._database.poke()

    def _note_end(self, run: KeptRun, done: DoneEvent) -> None:
        run.record = run.record.ended_by(done)
        self._memory.keep(run)

    async def record(self, run_id: str) -> RunRecord:
        """See ``RunStore.record``."""
        run = self._memory.find(run_id)
        if run is not None:
            return _as_it_is(run)
        stored = await self._database.read(lambda connection: statements.find_run(connection, run_id))
        if stored is None:
            raise UnknownRunError(run_id)
        return stored.record

    async def events(self, run_id: str) -> Sequence[Event]:
        """See ``RunStore.events``."""
        return await (await self._loading.find(run_id)).log.events()

    async def snapshot(self, run_id: str) -> RunView:
        """See ``RunStore.snapshot``."""
        return await (await self._loading.find(run_id)).log.view()

    async def knows(self, run_id: str, cursor: Cursor) -> bool:
        """See ``RunStore.knows``."""
        return (await self._loading.find(run_id)).log.knows(cursor)

    def follow(self, run_id: str, cursor: Cursor) -> LogFollower:
        """See ``RunStore.follow``."""

        async def open_log() -> tuple[RunLog, KeptRun]:
            # Holding the run keeps it in memory for as long as somebody follows it.
            run = await self._loading.find(run_id)
            return run.log, run

        return LogFollower(open_log, cursor)

    async def request_cancel(self, run_id: str) -> bool:
        """See ``RunStore.request_cancel``."""
        if (await self.record(run_id)).ended:
            return False
        noted = await self._database.write(lambda connection: statements.set_cancel_requested(connection, run_id))
        run = self._memory.find(run_id)
        if run is None or run.record.ended:
            return False
        run.record = replace(run.record, cancel_requested=noted)
        return noted

    async def runs(self, query: RunQuery, limit: int = 50, before: str = "") -> RunPage:
        """See ``RunStore.runs``."""
        found, behind = await self._database.read(lambda connection: find_runs(connection, query, limit, before))
        latest = (self._latest(run.record) for run in found)
        # A run may have ended on disk and not yet for its watchers, or the other way round.
        return RunPage(tuple(record for record in latest if query.fits(record)), behind)

    async def delete(self, run_id: str) -> None:
        """See ``RunStore.delete``."""

        def delete(connection: sqlite3.Connection) -> None:
            stored = statements.find_run(connection, run_id)
            if stored is None:
                raise UnknownRunError(run_id)
            statements.delete_run(connection, stored)
            self._backlog.forget([stored.number])

        await self._database.write(delete)
        self._drop(run_id)

    async def rename(self, session_id: str, title: str) -> SessionRecord:
        """See ``RunStore.rename``."""
        renamed = await self._database.write(lambda connection: statements.set_title(connection, session_id, title))
        if renamed is None:
            raise UnknownSessionError(session_id)
        return renamed

    async def sessions(self, limit: int = 100, owner: str | None = None) -> Sequence[SessionRecord]:
        """See ``RunStore.sessions``."""
        return await self._database.read(lambda connection: statements.load_sessions(connection, limit, owner))

    async def session(self, session_id: str) -> SessionRecord:
        """See ``RunStore.session``."""
        found = await self._database.read(lambda connection: statements.load_session(connection, session_id))
        if found is None:
            raise UnknownSessionError(session_id)
        return replace(found, runs=tuple([self._latest(record) for record in found.runs]))

    async def purge(self, session_id: str) -> None:
        """See ``RunStore.purge``."""

        def delete(connection: sqlite3.Connection) -> dict[int, str]:
            deleted = statements.delete_session(connection, session_id)
            if deleted is None:
                raise UnknownSessionError(session_id)
            self._backlog.forget(deleted)
            return deleted

        for run_id in (await self._database.write(delete)).values():
            self._drop(run_id)

    async def remove_oldest(self, before: str | None, limit: int) -> Sequence[RunRecord]:
        """See ``RetentionStore.remove_oldest``."""

        def delete(connection: sqlite3.Connection) -> list[StoredRun]:
            deleted = delete_oldest(connection, before or "", limit)
            self._backlog.forget(run.number for run in deleted)
            return deleted

        records = [run.record for run in await self._database.write(delete)]
        for record in records:
            self._drop(record.run_id)
        return records

    async def kept_bytes(self) -> int:
        """See ``RetentionStore.kept_bytes``."""
        return await self._database.read(kept_bytes)

    def _drop(self, run_id: str) -> None:
        """Forget a run that was deleted, and end the streams of its followers."""
        self._loading.drop(run_id)
        run = self._memory.drop(run_id)
        if run is not None:
            run.log.close()

    def _latest(self, record: RunRecord) -> RunRecord:
        run = self._memory.find(record.run_id)
        return _as_it_is(run) if run is not None else record

    async def _refuse(self, run_id: str) -> None:
        """Raise what an append to a run that is not in memory deserves."""
        await self.record(run_id)
        raise RunEndedError


def _as_it_is(run: KeptRun) -> RunRecord:
    """The record of a run in memory, whose log may still grow."""
    return run.record if run.record.ended else replace(run.record, last_seq=len(run.log.frames))
