"""The store port on Redis. A node has the runs that it took, and a mirror of any other while somebody reads it."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Iterable, Sequence

from backend.protocol.cursor import Cursor
from backend.protocol.events import DoneEvent, Event, KnownEvent
from backend.protocol.run_view import RunView
from backend.runs.frames import encode_frames
from backend.runs.log import RunEndedError, RunLog
from backend.runs.log_follower import LogFollower
from backend.runs.records import RunRecord, SessionRecord
from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.keys import Keys
from backend.runs.redis.log_writer import LogWriter, UnknownRunFailure
from backend.runs.redis.mirror import Mirrors, read_log
from backend.runs.redis.oldest_runs import REMEMBERED_S, RedisOldestRuns
from backend.runs.redis.owned_run import OwnedRun
from backend.runs.redis.reviews import RedisReviews
from backend.runs.redis.server_check import check_server
from backend.runs.redis.submission import Submissions
from backend.runs.search import RunPage, RunQuery
from backend.runs.store import StoreError, UnknownRunError, UnknownSessionError
from backend.runs.tick import Tick

CLOSED_WITHIN_S = 5.0
"""How long a node that stops waits for Redis to take what was written."""

logger = logging.getLogger(__name__)


class RedisStore(RedisReviews, RedisOldestRuns, Submissions):
    """Implements ``RunStore``: durable means that Redis has it. ``takes_runs``: what is submitted here is this node's
    at once, and is not queued."""

    def __init__(
        self,
        redis: RedisConnection,
        keys: Keys,
        *,
        takes_runs: bool = True,
        lease_s: float = 10.0,
        memory_runs: int = 64,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.node = f"{secrets.token_hex(8)}"
        self.owned: dict[str, OwnedRun] = {}
        self.when_lost: Callable[[str], object] = lambda _: None
        """Called with the id of a run that is another node's now, or was deleted."""
        self.mirrors = Mirrors(redis, keys, self.node, memory_runs, now)
        self.writer = LogWriter(redis, keys, self.node, lease_s, self._lose, now)
        self._redis = redis
        self._keys = keys
        self._takes_runs = takes_runs
        self._now = now
        self._tick = Tick()

    async def open(self) -> Sequence[RunRecord]:
        """See ``RunStore.open``. Runs of other nodes are theirs: nothing is ended here."""
        await check_server(self._redis)
        self.writer.start()
        return []

    async def close(self) -> None:
        """See ``RunStore.close``."""
        try:
            async with asyncio.timeout(CLOSED_WITHIN_S):
                for run in list(self.owned.values()):
                    if run.failure is None:
                        await self.writer.flush(run)
        except TimeoutError as error:
            raise StoreError(
                "The end of some runs could not be brought to Redis: other nodes will end them."
            ) from error
        finally:
            await self.writer.stop()
            await self._redis.close()

    async def submit(self, record: RunRecord) -> tuple[RunRecord, bool]:
        """See ``RunStore.submit``."""
        kept, new = await self.submit_run(record, self.node if self._takes_runs else None)
        if new and self._takes_runs:
            self.own(kept, RunLog(record.question, self._tick))
        if not new and kept.run_id in self.owned:
            kept = await self.record(kept.run_id)
        return kept, new

    def own(self, record: RunRecord, log: RunLog) -> OwnedRun:
        """The run is this node's now, under the record's attempt; ``log`` is what Redis has of it."""
        run = OwnedRun(record, log, record.attempt, self._now())
        self.owned[record.run_id] = run
        return run

    async def take(self, run_id: str) -> OwnedRun:
        """Have the run that Redis says is this node's now. Raises ``StoreError`` and ``UnknownRunError``."""
        record = (await self.stored(run_id)).record
        log = await read_log(self._redis, self._keys, run_id, record.question, self._tick)
        return self.own(record, log)

    async def append(self, run_id: str, first_seq: int, frames: Sequence[bytes]) -> None:
        """See ``RunStore.append``."""
        run = self.owned.get(run_id)
        if run is None:
            await self.record(run_id)
            raise RunEndedError
        if run.finishing:
            raise RunEndedError
        if run.failure is not None:
            raise _raised(run)
        if first_seq != run.next_seq:
            raise ValueError(f"The event has seq {first_seq}, the log continues with {run.next_seq}.")
        run.add(frames)
        self.writer.add(run)

    async def keep(self, run_id: str) -> None:
        """See ``RunStore.keep``. What was written goes to Redis at once, and is not shown before it is there."""
        self.writer.hurry()
        run = self.owned.get(run_id)
        if run is None:
            await self.record(run_id)
        elif run.failure is not None:
            raise _raised(run)

    async def finish(self, run_id: str, closing: Sequence[KnownEvent], done: DoneEvent) -> None:
        """See ``RunStore.finish``."""
        run = self.owned.get(run_id)
        if run is None:
            await self.record(run_id)
            return
        if run.finishing:
            return
        first_seq = closing[0].seq if closing else done.seq
        if first_seq != run.next_seq:
            raise ValueError(f"The event has seq {first_seq}, the log continues with {run.next_seq}.")
        frames = encode_frames([*closing, done], run.attempt)
        run.finishing = True
        run.add(frames)
        run.done = done
        self.writer.add(run)
        await asyncio.shield(asyncio.ensure_future(self._finish(run)))

    async def _finish(self, run: OwnedRun) -> None:
        try:
            await self.writer.flush(run)
        except UnknownRunFailure as error:
            raise UnknownRunError(run.record.run_id) from error
        finally:
            if self.owned.get(run.record.run_id) is run:
                del self.owned[run.record.run_id]
        if run.log.ended:
            self.mirrors.keep(run.record.run_id, run.log)

    async def record(self, run_id: str) -> RunRecord:
        """See ``RunStore.record``."""
        await self._flush([run_id])
        return (await self.stored(run_id)).record

    async def events(self, run_id: str) -> Sequence[Event]:
        """See ``RunStore.events``."""
        return await (await self._find(run_id))[0].events()

    async def snapshot(self, run_id: str) -> RunView:
        """See ``RunStore.snapshot``."""
        return await (await self._find(run_id))[0].view()

    async def knows(self, run_id: str, cursor: Cursor) -> bool:
        """See ``RunStore.knows``."""
        return (await self._find(run_id))[0].knows(cursor)

    def follow(self, run_id: str, cursor: Cursor) -> LogFollower:
        """See ``RunStore.follow``."""
        return LogFollower(lambda: self._find(run_id), cursor)

    async def request_cancel(self, run_id: str) -> bool:
        """See ``RunStore.request_cancel``."""
        if (await self.record(run_id)).ended:
            return False
        await self._redis.command("HSET", self._keys.run(run_id, "h"), "cancel", 1)
        return True

    async def runs(self, query: RunQuery, limit: int = 50, before: str = "") -> RunPage:
        """See ``RunStore.runs``."""
        await self._flush(self.owned)
        return await self.find_runs(query, limit, before)

    async def sessions(self, limit: int = 100, owner: str | None = None) -> Sequence[SessionRecord]:
        """See ``RunStore.sessions``."""
        return await self.find_sessions(limit, owner)

    async def session(self, session_id: str) -> SessionRecord:
        """See ``RunStore.session``."""
        await self._flush(run_id for run_id, run in self.owned.items() if run.record.session_id == session_id)
        return await self.find_session(session_id)

    async def delete(self, run_id: str) -> None:
        """See ``RunStore.delete``."""
        await self._flush([run_id])
        deleted = await self._redis.script("delete", [], (self._keys.prefix, "run", run_id, REMEMBERED_S))
        if not deleted:
            raise UnknownRunError(run_id)
        self.forget(run_id)

    async def purge(self, session_id: str) -> None:
        """See ``RunStore.purge``."""
        await self._flush(run_id for run_id, run in self.owned.items() if run.record.session_id == session_id)
        deleted = await self._redis.script("delete", [], (self._keys.prefix, "session", session_id, REMEMBERED_S))
        if deleted is None:
            raise UnknownSessionError(session_id)
        for run_id in deleted:
            self.forget(run_id.decode())

    async def remove_oldest(self, before: str | None, limit: int) -> Sequence[RunRecord]:
        """See ``RetentionStore.remove_oldest``."""
        removed = await self.delete_oldest(before, limit)
        for record in removed:
            self.forget(record.run_id)
        return removed

    def forget(self, run_id: str) -> None:
        """The run was deleted: end the streams of its followers."""
        self.mirrors.drop(run_id)
        run = self.owned.pop(run_id, None)
        if run is not None:
            run.failure = UnknownRunFailure(run_id)
            run.log.close()

    def lose(self, run: OwnedRun, failure: StoreError) -> None:
        """The run is not this node's any more."""
        run.failure = failure
        self._lose(run)

    def _lose(self, run: OwnedRun) -> None:
        run_id = run.record.run_id
        if self.owned.get(run_id) is run:
            del self.owned[run_id]
        run.log.close()
        logger.warning("Run %s is not this node's any more: %s", run_id, run.failure)
        self.when_lost(run_id)

    async def _flush(self, run_ids: Iterable[str]) -> None:
        for run_id in list(run_ids):
            run = self.owned.get(run_id)
            if run is not None:
                await self.writer.flush(run)

    async def _find(self, run_id: str) -> tuple[RunLog, object]:
        """The run's log, and what has to be held while it is read."""
        run = self.owned.get(run_id)
        if run is not None:
            await self.writer.flush(run)
            return run.log, run
        mirror = await self.mirrors.find(run_id)
        return mirror.log, mirror


def _raised(run: OwnedRun) -> Exception:
    if isinstance(run.failure, UnknownRunFailure):
        return UnknownRunError(run.record.run_id)
    return run.failure or RunEndedError()
