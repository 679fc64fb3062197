"""A worker: it takes runs out of the queue while it has free slots, and runs their agents."""

import asyncio
import logging
from contextlib import AbstractContextManager, suppress
from typing import Final

from backend.protocol.ending import Ending, Tally
from backend.protocol.events import KnownEvent, StatusEvent, stamp
from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.hand_over import WITHIN_S, HandOver
from backend.runs.redis.keys import Keys
from backend.runs.redis.lost_runs import elapsed_ms
from backend.runs.redis.node import RedisNode
from backend.runs.redis.queued_runs import QUEUE_STEP, QUEUED
from backend.runs.redis.repeated_work import repeat
from backend.runs.redis.run_end import add_events, end_owned, tally_of
from backend.runs.redis.server_check import room_of
from backend.runs.redis.store import RedisStore
from backend.runs.store import StoreError, UnknownRunError
from backend.runs.supervisor import RunSupervisor

LOOK_EVERY_S: Final = 1.0
"""How often the queue is looked at without a sign that something is in it."""

_log = logging.getLogger(__name__)


class RedisWorker:
    """Fills the slots of this process. Belongs to one event loop."""

    def __init__(
        self,
        store: RedisStore,
        redis: RedisConnection,
        keys: Keys,
        node: RedisNode,
        supervisor: RunSupervisor,
        slots: int,
    ) -> None:
        self.slots = slots
        self._store = store
        self._redis = redis
        self._keys = keys
        self._node = node
        self._supervisor = supervisor
        self._moved = asyncio.Event()
        self._beginning: set[asyncio.Task[None]] = set()
        self._watched: dict[str, AbstractContextManager[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._hand_over = HandOver(store, redis, keys, supervisor)
        node.queue_moved = self._moved.set
        node.followed = self._followed
        store.when_lost = supervisor.abandon

    @property
    def free(self) -> int:
        """How many more runs this worker takes now."""
        return 0 if self._supervisor.stopping else self.slots - self._supervisor.running - len(self._beginning)

    async def run_forever(self) -> None:
        """Take runs until cancelled."""
        await repeat(self._fill, self._until_moved)

    async def hand_over(self) -> None:
        """Give back the runs that can begin again elsewhere, once nothing is taken any more."""
        if self._beginning:
            await asyncio.wait(self._beginning, timeout=WITHIN_S)
        await self._hand_over.all()

    async def _until_moved(self) -> None:
        self._moved.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY_S):
                await self._moved.wait()

    async def _fill(self) -> None:
        if self.free <= 0 or (await room_of(self._redis)).is_tight:
            return
        names = [self._keys.name("{q}", "people"), self._keys.name("{q}", "suites"), self._keys.name("running")]
        while self.free > 0:
            claimed = await self._redis.script("claim", names, (self._keys.prefix, self._store.node))
            if not claimed:
                return
            task = asyncio.create_task(self._begin(claimed[0].decode()))
            self._beginning.add(task)
            task.add_done_callback(self._beginning.discard)

    async def _begin(self, run_id: str) -> None:
        try:
            await self._start(run_id)
        except UnknownRunError:
            _log.info("Run %s was deleted before it began.", run_id)
        except StoreError as error:
            # Nobody renews its lease: another worker takes it.
            self._store.owned.pop(run_id, None)
            _log.warning("Run %s could not be begun: %s", run_id, str(error))
        except Exception:  # noqa: BLE001 - logged
            self._store.owned.pop(run_id, None)
            _log.exception("Run %s could not be begun.", run_id)

    async def _start(self, run_id: str) -> None:
        stored = await self._store.stored(run_id)
        run = await self._store.take(run_id)
        since_ms = await elapsed_ms(self._redis, stored.at_ms)
        if stored.record.cancel_requested:
            await end_owned(self._store, run, Ending("cancelled"), since_ms)
            return
        tally = await tally_of(run)
        since_ms = max(since_ms, tally.last_at_ms)
        leaving = leaving_queue(tally, since_ms)
        if leaving:
            await add_events(self._store, run, leaving)
            tally.add(leaving)
        self._supervisor.adopt(run.record, tally, since_ms / 1000, stored.history)
        self._tasks.add(following := asyncio.create_task(self._free_slot(run_id)))
        following.add_done_callback(self._tasks.discard)
        self._node.look_for_commands(run_id)

    async def _free_slot(self, run_id: str) -> None:
        await self._supervisor.ended(run_id)
        self._followed(run_id, 0)
        self._moved.set()

    def _followed(self, run_id: str, nodes: int) -> None:
        """The run is read on so many nodes."""
        if nodes and run_id not in self._watched and self._supervisor.steering(run_id) is not None:
            self._watched[run_id] = watching = self._supervisor.watching(run_id)
            watching.__enter__()
        elif not nodes and run_id in self._watched:
            self._watched.pop(run_id).__exit__(None, None, None)


def leaving_queue(tally: Tally, at_ms: float) -> list[KnownEvent]:
    """The status that says that a run is not queued any more; none where the log does not say that it was."""
    if not any(step.step_id == QUEUE_STEP and step.is_open for step in tally.steps):
        return []
    return [stamp(StatusEvent(step_id=QUEUE_STEP, step=QUEUED, state="finished"), tally.last_seq + 1, at_ms)]
