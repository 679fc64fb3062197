"""Removing the oldest runs, and how much there is; and that one node at a time does so."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from backend.runs.records import RunRecord
from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.files import RedisFiles
from backend.runs.redis.history import RedisHistory
from backend.runs.redis.keys import Keys

REMEMBERED_S: Final = 3600
"""How long it is remembered that a run was deleted, so that nobody brings it back."""

TURN_S: Final = 600
"""How long a node may take that removes runs, before another one may."""

_RUNS_PER_READ: Final = 200


class RedisOldestRuns(RedisHistory, RedisFiles):
    """The part of ``RetentionStore`` that Redis does."""

    _redis: RedisConnection
    _keys: Keys

    async def delete_oldest(self, before: str | None, limit: int) -> Sequence[RunRecord]:
        """Delete what ``RetentionStore.remove_oldest`` says, and give it."""
        removed: list[RunRecord] = []
        last = 0
        while len(removed) < limit:
            found = await self._redis.command(
                "ZRANGEBYSCORE", self._keys.name("runs"), f"({last}", "+inf", "LIMIT", 0, _RUNS_PER_READ
            )
            runs = await self.stored_runs([run_id.decode() for run_id in found or ()])
            old = [run for run in runs if before is None or run.record.created_at < before]
            # Runs are numbered in the order in which they were asked.
            if not old:
                break
            for run in old:
                if len(removed) < limit and run.state == "ended" and await self._remove(run.record.run_id):
                    removed.append(run.record)
            last = runs[-1].number
        return removed

    async def kept_bytes(self) -> int:
        """See ``RetentionStore.kept_bytes``: the memory of every run that has ended, and the attached files."""
        counted = await self._redis.command("GET", self._keys.name("bytes"))
        return int(counted or 0) + sum(each.size for each in await self.all_files())

    async def _remove(self, run_id: str) -> bool:
        return bool(await self._redis.script("delete", [], (self._keys.prefix, "old", run_id, REMEMBERED_S)))


class Turns:
    """Has one node at a time remove runs: two that look at once would remove more than is too much."""

    def __init__(self, redis: RedisConnection, keys: Keys, node: str) -> None:
        self._redis = redis
        self._name = keys.name("retention")
        self._node = node

    async def take(self, work: Callable[[], Awaitable[object]]) -> None:
        """Do the work, unless another node does it now. Raises ``StoreError``."""
        if await self._redis.command("SET", self._name, self._node, "NX", "EX", TURN_S):
            try:
                await work()
            finally:
                await self._redis.command("DEL", self._name)
