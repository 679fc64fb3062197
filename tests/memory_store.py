"""The store port in memory alone: for tests of what stands on a store, and a second adapter for its contract."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace

from backend.protocol.cursor import Cursor
from backend.protocol.events import DoneEvent, Event, KnownEvent
from backend.protocol.run_view import RunView
from backend.runs.attached_files import (
    MOST_OF_A_CONVERSATION,
    MOST_UNASKED,
    FileAskedError,
    FileRecord,
    TooManyFilesError,
    TooManyUnaskedError,
    UnknownFileError,
)
from backend.runs.frames import encode_frames
from backend.runs.log import RunLog
from backend.runs.log_follower import follow_log
from backend.runs.lost_end import storage_failure
from backend.runs.records import RunRecord, SessionRecord, asks_the_same, utc_now
from backend.runs.review import FeedbackRecord, ShareRecord, UnknownShareError
from backend.runs.search import PlaceError, RunPage, RunQuery
from backend.runs.store import Batch, KeyReusedError, StoreError, UnknownRunError, UnknownSessionError


@dataclass
class _Kept:
    record: RunRecord
    log: RunLog
    number: int


def _as_it_is(kept: _Kept) -> RunRecord:
    return replace(kept.record, last_seq=len(kept.log.frames))


class MemoryStore:
    """Implements ``RunStore``. ``broken`` makes it refuse to write, like a full disk."""

    def __init__(self) -> None:
        self.broken: str | None = None
        self._runs: dict[str, _Kept] = {}
        self._order: list[str] = []
        """Sessions, the latest last."""
        self._begun: dict[str, str] = {}
        """When each session began."""
        self._titles: dict[str, str] = {}
        """What sessions were renamed to."""
        self._feedback: list[FeedbackRecord] = []
        self._shares: dict[str, ShareRecord] = {}
        self._files: dict[str, FileRecord] = {}
        self._submitted = 0

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
        self._give_files(record)
        self._submitted += 1
        self._runs[record.run_id] = _Kept(record, RunLog(record.question), self._submitted)
        self._begun.setdefault(record.session_id, record.created_at)
        self._touch(record.session_id)
        return record, True

    async def append(self, run_id: str, first_seq: int, frames: Sequence[bytes]) -> None:
        kept = self._kept(run_id)
        self._check()
        kept.log.append(first_seq, frames, kept.record.attempt)

    async def keep(self, run_id: str) -> None:
        self._kept(run_id)
        self._check()

    async def finish(self, run_id: str, closing: Sequence[KnownEvent], done: DoneEvent) -> None:
        kept = self._kept(run_id)
        if kept.record.ended:
            return
        problem = self.broken
        if problem is not None:
            closing, done = storage_failure(closing, done, problem)
        frames = encode_frames([*closing, done], kept.record.attempt)
        kept.log.append(done.seq - len(closing), frames, kept.record.attempt, ended=True)
        kept.record = kept.record.ended_by(done)
        self._touch(kept.record.session_id)
        if problem is not None:
            raise StoreError(problem)

    async def record(self, run_id: str) -> RunRecord:
        return _as_it_is(self._kept(run_id))

    async def events(self, run_id: str) -> Sequence[Event]:
        return await self._kept(run_id).log.events()

    async def snapshot(self, run_id: str) -> RunView:
        return await self._kept(run_id).log.view()

    async def knows(self, run_id: str, cursor: Cursor) -> bool:
        return self._kept(run_id).log.knows(cursor)

    async def follow(self, run_id: str, cursor: Cursor) -> AsyncGenerator[Batch, None]:
        async for batch in follow_log(self._kept(run_id).log, cursor):
            yield batch

    async def request_cancel(self, run_id: str) -> bool:
        kept = self._kept(run_id)
        if kept.record.ended:
            return False
        self._check()
        kept.record = replace(kept.record, cancel_requested=True)
        return True

    async def runs(self, query: RunQuery, limit: int = 50, before: str = "") -> RunPage:
        if before and not (before.isascii() and before.isdecimal() and 0 < int(before) < 10**18):
            raise PlaceError
        records = [(each.number, await self.record(each.record.run_id)) for each in reversed(self._runs.values())]
        until = int(before) if before else self._submitted + 1
        fit = [(number, record) for number, record in records if number < until and query.fits(record)]
        behind = str(fit[limit - 1][0]) if len(fit) > limit else None
        return RunPage(tuple(record for _, record in fit[:limit]), behind)

    async def delete(self, run_id: str) -> None:
        kept = self._kept(run_id)
        self._check()
        self._remove(run_id)
        session_id = kept.record.session_id
        used = {each for run in self._runs.values() for each in run.record.attachments}
        for file in kept.record.attachments:
            if file not in used:
                self._files.pop(file.file_id, None)
        if self._titles.get(session_id) == kept.record.question:
            del self._titles[session_id]
        if not any(other.record.session_id == session_id for other in self._runs.values()):
            self._remove_session(session_id)

    async def rename(self, session_id: str, title: str) -> SessionRecord:
        await self.session(session_id)
        self._check()
        self._titles[session_id] = title
        return replace(self._session(session_id), runs=())

    async def add_feedback(self, record: FeedbackRecord) -> tuple[FeedbackRecord, bool]:
        run = self._kept(record.run_id).record
        self._check()
        for earlier in self._feedback:
            if record.idempotency_key is not None and earlier.idempotency_key == record.idempotency_key:
                if not earlier.says_the_same(record):
                    raise KeyReusedError
                return earlier, False
        self._feedback.append(replace(record, question=run.question, agent=run.agent))
        return self._feedback[-1], True

    async def feedback(self, run_id: str | None = None) -> Sequence[FeedbackRecord]:
        if run_id is not None:
            self._kept(run_id)
        return [each for each in self._feedback if run_id in (None, each.run_id)]

    async def share(self, record: ShareRecord) -> tuple[ShareRecord, bool]:
        if record.run_id:
            self._kept(record.run_id)
        else:
            await self.session(record.session_id)
        self._check()
        for earlier in self._shares.values():
            if earlier.is_as(record):
                return earlier, False
        self._shares[record.share_id] = record
        return record, True

    async def shared(self, share_id: str) -> ShareRecord:
        share = self._shares.get(share_id)
        if share is None or share.ended_at(utc_now()):
            raise UnknownShareError(share_id)
        return share

    async def shares(self) -> Sequence[ShareRecord]:
        numbers = {share_id: number for number, share_id in enumerate(self._shares)}
        alive = [each for each in self._shares.values() if not each.ended_at(utc_now())]
        return sorted(alive, key=lambda each: (each.created_at, numbers[each.share_id]), reverse=True)

    async def unshare(self, share_id: str) -> None:
        await self.shared(share_id)
        self._check()
        del self._shares[share_id]

    async def add_file(self, record: FileRecord) -> None:
        self._check()
        if sum(each.session_id is None for each in self._files.values()) >= MOST_UNASKED:
            raise TooManyUnaskedError
        self._files[record.file_id] = record

    async def file(self, file_id: str) -> FileRecord:
        if file_id not in self._files:
            raise UnknownFileError(file_id)
        return self._files[file_id]

    async def files(self, session_id: str) -> Sequence[FileRecord]:
        return [each for each in self._files.values() if each.session_id == session_id]

    async def all_files(self) -> Sequence[FileRecord]:
        return list(self._files.values())

    async def remove_file(self, file_id: str) -> None:
        if (await self.file(file_id)).session_id is not None:
            raise FileAskedError
        self._check()
        del self._files[file_id]

    async def remove_unasked(self, before: str) -> Sequence[str]:
        self._check()
        old = [each.file_id for each in self._files.values() if each.session_id is None and each.created_at < before]
        for file_id in old:
            del self._files[file_id]
        return old

    async def sessions(self, limit: int = 100, owner: str | None = None) -> Sequence[SessionRecord]:
        latest_first = [self._session(session_id) for session_id in reversed(self._order)]
        asked = [each for each in latest_first if owner is None or any(run.owner == owner for run in each.runs)]
        return [replace(each, runs=()) for each in asked[:limit]]

    async def session(self, session_id: str) -> SessionRecord:
        if session_id not in self._order:
            raise UnknownSessionError(session_id)
        return self._session(session_id)

    async def purge(self, session_id: str) -> None:
        for run in (await self.session(session_id)).runs:
            self._remove(run.run_id)
        self._remove_session(session_id)

    def _remove(self, run_id: str) -> None:
        self._runs.pop(run_id).log.close()
        self._feedback = [each for each in self._feedback if each.run_id != run_id]
        self._shares = {key: each for key, each in self._shares.items() if each.run_id != run_id}

    def _remove_session(self, session_id: str) -> None:
        self._order.remove(session_id)
        self._files = {key: each for key, each in self._files.items() if each.session_id != session_id}
        self._shares = {key: each for key, each in self._shares.items() if each.session_id != session_id}
        self._titles.pop(session_id, None)
        del self._begun[session_id]

    def _session(self, session_id: str) -> SessionRecord:
        runs = tuple(_as_it_is(kept) for kept in self._runs.values() if kept.record.session_id == session_id)
        title = self._titles.get(session_id, runs[0].question)
        return SessionRecord(session_id, title, self._begun[session_id], runs[-1].created_at, runs)

    def _check_same(self, earlier: RunRecord, record: RunRecord) -> None:
        begins = next(kept.record for kept in self._runs.values() if kept.record.session_id == earlier.session_id)
        fresh = record.session_id not in self._order and begins is earlier
        session = earlier.session_id if fresh else record.session_id
        if not asks_the_same(earlier, record) or session != earlier.session_id:
            raise KeyReusedError

    def _give_files(self, record: RunRecord) -> None:
        given = {each.file_id: self._files.get(each.file_id) for each in record.attachments}
        for file_id, file in given.items():
            if file is None or file.session_id not in (None, record.session_id):
                raise UnknownFileError(file_id)
        of_session = {key for key, file in self._files.items() if file.session_id == record.session_id}
        if given and len(of_session | given.keys()) > MOST_OF_A_CONVERSATION:
            raise TooManyFilesError
        for file_id in given:
            self._files[file_id] = replace(self._files[file_id], session_id=record.session_id)

    def _kept(self, run_id: str) -> _Kept:
        if run_id not in self._runs:
            raise UnknownRunError(run_id)
        return self._runs[run_id]

    def _touch(self, session_id: str) -> None:
        if session_id in self._order:
            self._order.remove(session_id)
        self._order.append(session_id)

    def _check(self) -> None:
        if self.broken is not None:
            raise StoreError(self.broken)
