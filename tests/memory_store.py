"""The store port in memory alone: for tests of what stands on a store, and a second adapter for its contract."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace

from backend.protocol.cursor import Cursor
from backend.protocol.events import DoneEvent, Event, KnownEvent
from backend.protocol.run_view import RunView
from backend.runs.closing import storage_failure
from backend.runs.log import RunLog
from backend.runs.records import RunRecord, SessionRecord
from backend.runs.store import Batch, KeyReusedError, StoreError, UnknownRunError, UnknownSessionError


@dataclass
class _Kept:
    record: RunRecord
    log: RunLog


class MemoryStore:
    """Implements ``RunStore``. ``broken`` makes it refuse to write, like a full disk."""

    def __init__(self) -> None:
        self.broken: str | None = None
        self._runs: dict[str, _Kept] = {}
        self._order: list[str] = []
        """Sessions, the latest last."""

    async def open(self) -> Sequence[RunRecord]:
        return []

    async def close(self) -> None:
        return

    async def submit(self, record: RunRecord) -> tuple[RunRecord, bool]:
        self._check()
        for kept in self._runs.values():
            if record.idempotency_key is not None and kept.record.idempotency_key == record.idempotency_key:
                self._check_same(kept.record, record)
                return kept.record, False
        record = record if record.created_at else replace(record, created_at="2026-11-22T20:00:00.000+00:00")
        self._runs[record.run_id] = _Kept(record, RunLog(record.question))
        self._touch(record.session_id)
        return record, True

    async def append(self, run_id: str, events: Sequence[KnownEvent]) -> None:
        kept = self._kept(run_id)
        self._check()
        kept.log.append(events, kept.record.attempt)

    async def finish(self, run_id: str, closing: Sequence[KnownEvent], done: DoneEvent) -> None:
        kept = self._kept(run_id)
        if kept.record.ended:
            return
        problem = self.broken
        if problem is not None:
            closing, done = storage_failure(closing, done, problem)
        kept.log.append([*closing, done], kept.record.attempt)
        kept.record = kept.record.with_outcome(done.outcome, done.seq)
        self._touch(kept.record.session_id)
        if problem is not None:
            raise StoreError(problem)

    async def record(self, run_id: str) -> RunRecord:
        kept = self._kept(run_id)
        return replace(kept.record, last_seq=len(kept.log.frames))

    async def events(self, run_id: str) -> Sequence[Event]:
        return await self._kept(run_id).log.events()

    async def snapshot(self, run_id: str) -> RunView:
        return await self._kept(run_id).log.view()

    async def knows(self, run_id: str, cursor: Cursor) -> bool:
        return self._kept(run_id).log.knows(cursor)

    async def follow(self, run_id: str, cursor: Cursor) -> AsyncGenerator[Batch, None]:
        async for batch in self._kept(run_id).log.follow(cursor):
            yield batch

    async def request_cancel(self, run_id: str) -> bool:
        kept = self._kept(run_id)
        if kept.record.ended:
            return False
        self._check()
        kept.record = replace(kept.record, cancel_requested=True)
        return True

    async def sessions(self, limit: int = 100) -> Sequence[SessionRecord]:
        return [replace(self._session(session_id), runs=()) for session_id in self._order[: -limit - 1 : -1]]

    async def session(self, session_id: str) -> SessionRecord:
        if session_id not in self._order:
            raise UnknownSessionError(f"There is no session {session_id}.")
        return self._session(session_id)

    async def purge(self, session_id: str) -> None:
        for run in (await self.session(session_id)).runs:
            self._runs.pop(run.run_id).log.close()
        self._order.remove(session_id)

    def _session(self, session_id: str) -> SessionRecord:
        runs = tuple(kept.record for kept in self._runs.values() if kept.record.session_id == session_id)
        return SessionRecord(session_id, runs[0].question, runs[0].created_at, runs[-1].created_at, runs)

    def _check_same(self, earlier: RunRecord, record: RunRecord) -> None:
        begins = next(kept.record for kept in self._runs.values() if kept.record.session_id == earlier.session_id)
        fresh = record.session_id not in self._order and begins is earlier
        session = earlier.session_id if fresh else record.session_id
        asked = (record.question, record.agent, record.options, session)
        if asked != (earlier.question, earlier.agent, earlier.options, earlier.session_id):
            raise KeyReusedError

    def _kept(self, run_id: str) -> _Kept:
        if run_id not in self._runs:
            raise UnknownRunError(f"There is no run {run_id}.")
        return self._runs[run_id]

    def _touch(self, session_id: str) -> None:
        if session_id in self._order:
            self._order.remove(session_id)
        self._order.append(session_id)

    def _check(self) -> None:
        if self.broken is not None:
            raise StoreError(self.broken)
