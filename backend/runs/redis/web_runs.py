"""Runs as a web node starts and ends them: it queues them, and workers elsewhere run them."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import aclosing, contextmanager, suppress
from typing import Final

from pydantic import TypeAdapter

from backend.agents.agent import Turn
from backend.protocol.cursor import START
from backend.protocol.ending import Ending
from backend.runs.file_library import FileLibrary
from backend.runs.records import RunRecord
from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.keys import Keys
from backend.runs.redis.lost_runs import elapsed_ms
from backend.runs.redis.node import RedisNode
from backend.runs.redis.queued_runs import QueuedRuns
from backend.runs.redis.run_end import end_owned
from backend.runs.redis.server_check import room_of
from backend.runs.redis.store import RedisStore
from backend.runs.redis.submission import Queue
from backend.runs.run_counts import RunCounts
from backend.runs.start_refusals import ServerStoppingError, TooManyRunsError
from backend.runs.state import RunState
from backend.runs.steering.messages import SentMessage
from backend.runs.steering.run_steering import RunSteering
from backend.runs.store import UnknownRunError

QUEUE_RETRY_AFTER_S: Final = 10
"""How long a caller is asked to wait when the queue is full."""

ENDED_WITHIN_S: Final = 15.0
"""How long a run that is to be deleted may take to end."""

_MESSAGES: TypeAdapter[list[SentMessage]] = TypeAdapter(list[SentMessage])


class WebRuns:
    """Implements ``RunHost``. Nothing runs here."""

    def __init__(
        self,
        store: RedisStore,
        redis: RedisConnection,
        keys: Keys,
        node: RedisNode,
        most_queued: int,
        files: FileLibrary | None = None,
    ) -> None:
        self.queued = QueuedRuns(redis, keys)
        self.counts = RunCounts()
        """What was accepted and refused on this node."""
        self._store = store
        self._redis = redis
        self._keys = keys
        self._node = node
        self._most_queued = most_queued
        self._files = files
        self._stopping = False
        self._watchers: dict[str, int] = {}

    @property
    def stopping(self) -> bool:
        """Whether no run can be started any more."""
        return self._stopping

    @property
    def running(self) -> int:
        """None run here."""
        return 0

    def active(self) -> Iterator[RunState]:
        """None run here."""
        return iter(())

    @property
    def watching_now(self) -> int:
        """How many watch a run on this node."""
        return sum(self._watchers.values())

    async def accept(self, record: RunRecord, history: Sequence[Turn] | None = None) -> tuple[RunRecord, bool]:
        """See ``RunSupervisor.accept``: the run is queued, and any worker starts it. Raises ``TooManyRunsError`` where
        too many are queued, or Redis has no room for more."""
        await self._check_room()
        queue: Queue = "suites" if record.options.background else "people"
        turns = None if history is None else tuple(history)
        kept, new = await self._store.submit_run(record, None, queue=queue, history=turns)
        if new:
            self.counts.accepted += 1
        return kept, new

    async def cancel(self, run_id: str) -> bool:
        """See ``RunSupervisor.cancel``. A run that is queued ends at once."""
        if not await self._store.request_cancel(run_id):
            return False
        if not await self._cancel_queued(run_id):
            await self._node.messages.leave_for_run(run_id, "cancel", {})
        return True

    def steering(self, run_id: str) -> RunSteering | None:
        """No run is here."""
        return None

    async def inherit(self, run_id: str, messages: Sequence[SentMessage]) -> None:
        """See ``RunSupervisor.inherit``."""
        for message in messages:
            await self._node.messages.leave_for_run(
                run_id, "inherit", {"messages": _MESSAGES.dump_python([message], mode="json")}
            )

    async def active_in(self, session_id: str) -> RunRecord | None:
        """See ``RunSupervisor.active_in``."""
        return await self._store.active_in(session_id)

    @contextmanager
    def watching(self, run_id: str) -> Iterator[None]:
        """See ``RunSupervisor.watching``. That the run is read here, its worker knows from the store."""
        self._watchers[run_id] = self._watchers.get(run_id, 0) + 1
        try:
            yield
        finally:
            self._watchers[run_id] -= 1
            if not self._watchers[run_id]:
                del self._watchers[run_id]

    def watchers(self, run_id: str) -> int:
        """How many watch the run on this node."""
        return self._watchers.get(run_id, 0)

    async def ended(self, run_id: str) -> None:
        """Return once the run is over."""
        with suppress(UnknownRunError):
            async with aclosing(self._store.follow(run_id, START)) as batches:
                async for _ in batches:
                    pass

    def elapsed_ms(self, run_id: str) -> float | None:
        """Its worker's clock is not known here."""
        return None

    async def interrupt(self, run_id: str, next_run_id: str) -> list[SentMessage]:
        """See ``RunSupervisor.interrupt``."""
        await self._store.request_cancel(run_id)
        if await self._cancel_queued(run_id):
            return []
        reply = await self._node.messages.ask_run(run_id, "interrupt", {"next_run_id": next_run_id})
        return [] if reply is None else _MESSAGES.validate_python(reply.get("messages", []))

    async def delete(self, run_id: str) -> None:
        """See ``RunSupervisor.delete``."""
        session_id = (await self._store.record(run_id)).session_id
        await self._end([run_id])
        before = [] if self._files is None else await self._store.files(session_id)
        await self._store.delete(run_id)
        if self._files is not None:
            await self._files.tidy(session_id, [each.file_id for each in before])

    async def purge(self, session_id: str) -> None:
        """See ``RunSupervisor.purge``."""
        session = await self._store.session(session_id)
        await self._end([run.run_id for run in session.runs if not run.ended])
        before = [] if self._files is None else await self._store.files(session_id)
        await self._store.purge(session_id)
        if self._files is not None:
            await self._files.tidy(session_id, [each.file_id for each in before])

    async def drain(self, seconds: float) -> None:
        """Start nothing any more. What runs elsewhere continues."""
        self._stopping = True

    async def shutdown(self) -> None:
        """Start nothing any more."""
        self._stopping = True

    async def _check_room(self) -> None:
        if self._stopping:
            self.counts.refused["server-stopping"] += 1
            raise ServerStoppingError
        waiting = await self._redis.commands(
            [("ZCARD", self._keys.name("{q}", queue)) for queue in ("people", "suites")]
        )
        if sum(map(int, waiting)) >= self._most_queued:
            self.counts.refused["too-many-runs"] += 1
            raise TooManyRunsError(
                f"{self._most_queued} questions wait for a worker, the most that are taken: try again in a moment.",
                QUEUE_RETRY_AFTER_S,
            )
        if (await room_of(self._redis)).is_tight:
            self.counts.refused["too-many-runs"] += 1
            raise TooManyRunsError("Redis has little memory left: try again later.", QUEUE_RETRY_AFTER_S)

    async def _cancel_queued(self, run_id: str) -> bool:
        """End a run that waits in the queue. False where it does not."""
        names = [self._keys.run(run_id, "h")]
        names += [self._keys.name("{q}", queue) for queue in ("people", "suites")]
        names += [self._keys.name("running"), self._keys.name("queued")]
        taken = await self._redis.script("claim_run", names, (run_id, self._store.node))
        if not taken:
            return False
        stored = await self._store.stored(run_id)
        run = await self._store.take(run_id)
        await end_owned(self._store, run, Ending("cancelled"), await elapsed_ms(self._redis, stored.at_ms))
        return True

    async def _end(self, run_ids: Sequence[str]) -> None:
        """Cancel those of the runs that are not over, and wait a while for their ends."""
        for run_id in run_ids:
            await self.cancel(run_id)
        with suppress(TimeoutError):
            async with asyncio.timeout(ENDED_WITHIN_S):
                for run_id in run_ids:
                    await self.ended(run_id)
