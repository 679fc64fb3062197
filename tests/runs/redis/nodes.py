"""Nodes of one deployment for tests, each a store with what goes with it, on a clock that the test moves."""

from dataclasses import dataclass, field

from backend.protocol.events import Event
from backend.runs.log import RunLog
from backend.runs.records import RunRecord
from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.keys import Keys
from backend.runs.redis.lost_runs import LostRuns
from backend.runs.redis.node import RedisNode
from backend.runs.redis.owned_run import OwnedRun
from backend.runs.redis.queued_runs import QueuedRuns
from backend.runs.redis.store import RedisStore
from backend.runs.redis.web_runs import WebRuns
from backend.runs.store import UnknownRunError

LEASE_S = 10.0


@dataclass
class Time:
    """A clock of a node."""

    at: float = 1000.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Node:
    """One node. Nothing of it runs by itself but what writes its logs."""

    url: str
    keys: Keys
    takes_runs: bool = False
    time: Time = field(default_factory=Time)

    async def open(self) -> "Node":
        self.redis = RedisConnection(self.url)
        self.store = RedisStore(self.redis, self.keys, takes_runs=self.takes_runs, lease_s=LEASE_S, now=self.time)
        self.node = RedisNode(self.store, self.redis, self.keys, LEASE_S)
        self.lost_runs = LostRuns(self.store, self.redis, self.keys, LEASE_S, self.time)
        self.queued = QueuedRuns(self.redis, self.keys, every_s=0.0)
        self.web = WebRuns(self.store, self.redis, self.keys, self.node, most_queued=5)
        self.web.queued = self.queued
        await self.store.open()
        return self

    async def claim(self) -> OwnedRun | None:
        """Take the next run of the queue, as a worker does."""
        names = [self.keys.name("{q}", "people"), self.keys.name("{q}", "suites"), self.keys.name("running")]
        claimed = await self.redis.script("claim", names, (self.keys.prefix, self.store.node))
        return None if not claimed else await self.store.take(claimed[0].decode())

    async def look_after(self, seconds: float) -> None:
        """Look for lost runs now, and again after so long."""
        await self.lost_runs.look()
        self.time.at += seconds
        await self.lost_runs.look()

    async def events(self, run_id: str) -> list[Event]:
        return list(await self.store.events(run_id))

    async def is_known(self, record: RunRecord) -> bool:
        try:
            await self.store.record(record.run_id)
        except UnknownRunError:
            return False
        return True

    async def messages_left(self, run_id: str) -> None:
        """Two commands for a run that nobody runs yet."""
        for n in (1, 2):
            await self.node.messages.leave_for_run(run_id, "say", {"n": n})

    def die(self) -> None:
        """Write nothing more, as a process that was killed."""
        self.store.owned.clear()

    async def close(self) -> None:
        self.die()
        await self.store.close()


def cursors(log: RunLog) -> list[tuple[int, int]]:
    """Attempt and number of every event of a log."""
    return [(log.attempt_of(seq), seq) for seq in range(1, len(log.frames) + 1)]
