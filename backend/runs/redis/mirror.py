"""The logs of runs that other nodes write, as far as somebody here reads them."""

import asyncio
import logging
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from backend.protocol.cursor import Cursor
from backend.runs.log import RunLog
from backend.runs.pace import Distance
from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.keys import Keys
from backend.runs.redis.run_hash import stored_run
from backend.runs.store import StoreError, UnknownRunError
from backend.runs.tick import SHORTEST_REST_S, Tick

EVENTS_PER_READ: Final = 1000
"""The most events of a run that are fetched in one go."""

UNREAD_KEPT_S: Final = 30.0
"""How long a run is followed on after its last reader."""

DELIVERIES: Final = Distance(SHORTEST_REST_S, SHORTEST_REST_S, few_a_second=0, for_rate_s=0)
"""Ticks wait for nothing: what they deliver was fetched together."""

_log = logging.getLogger(__name__)


@dataclass(slots=True, weakref_slot=True, eq=False)
class Mirror:
    """The log of one run, as this node knows it."""

    run_id: str
    log: RunLog
    used: float
    """When somebody last asked for it, on the node's monotonic clock."""

    @property
    def cursor(self) -> Cursor:
        """The last event that is known here."""
        seq = len(self.log.frames)
        return Cursor(self.log.attempt_of(seq), seq) if seq else Cursor(0, 0)


class CutLogError(StoreError):
    """Events of a log are missing in Redis, which Playhead itself never removes."""

    def __init__(self) -> None:
        super().__init__("The log of this run was cut in Redis: it cannot be shown any more. Delete the run.")


def entry_cursor(entry_id: bytes) -> Cursor:
    """The cursor that the id of a log's entry is."""
    return Cursor.parse(entry_id.decode())


def add_entries(log: RunLog, entries: Sequence[tuple[bytes, dict[bytes, bytes]]]) -> bool:
    """Add entries of a stream to a log. False where they do not continue it: events that were known are gone."""
    start = 0
    while start < len(entries):
        first = entry_cursor(entries[start][0])
        if first.seq != len(log.frames) + 1 or log.ended:
            return False
        end = start + 1
        while end < len(entries) and entry_cursor(entries[end][0]) == Cursor(first.attempt, first.seq + end - start):
            end += 1
        frames = [fields[b"f"] for _, fields in entries[start:end]]
        log.append(first.seq, frames, first.attempt, ended=b"\nevent: done\n" in frames[-1][:64])
        start = end
    return True


async def read_log(redis: RedisConnection, keys: Keys, run_id: str, question: str, tick: Tick) -> RunLog:
    """The log of a run as Redis has it now. Raises ``StoreError``, and ``CutLogError`` where events are missing."""
    log, after = RunLog(question, tick), "-"
    while True:
        entries = await redis.range(keys.run(run_id, "ev"), after, EVENTS_PER_READ)
        if not add_entries(log, entries):
            _log.error("The log of run %s is not without gaps.", run_id)
            raise CutLogError
        if len(entries) < EVENTS_PER_READ:
            return log
        after = entries[-1][0].decode()


class Mirrors:
    """Every run that is read here. ``fetch`` brings what is new of those that have news."""

    def __init__(
        self,
        redis: RedisConnection,
        keys: Keys,
        node: str,
        ended_runs: int,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis = redis
        self._keys = keys
        self._node = node
        self._limit = ended_runs
        self._now = now
        self._tick = Tick(distance=DELIVERIES)
        self._all: weakref.WeakValueDictionary[str, Mirror] = weakref.WeakValueDictionary()
        self._recent: OrderedDict[str, Mirror] = OrderedDict()
        self._loading: dict[str, asyncio.Task[Mirror]] = {}
        self._registered: set[str] = set()
        """The runs of which Redis knows that they are read here."""

    def keep(self, run_id: str, log: RunLog) -> Mirror:
        """A log that is known to be whole, or that this node writes itself."""
        before = self._all.get(run_id)
        if before is not None and before.log is not log and not before.log.closed:
            _bring_to(before.log, log)
        mirror = Mirror(run_id, log, self._now())
        self._all[run_id] = self._recent[run_id] = mirror
        self._let_go()
        return mirror

    async def find(self, run_id: str) -> Mirror:
        """The run, fetched where it is not known yet. Raises ``UnknownRunError`` and ``StoreError``."""
        mirror = self._all.get(run_id)
        if mirror is None:
            loading = self._loading.get(run_id)
            if loading is None:
                loading = self._loading[run_id] = asyncio.ensure_future(self._load(run_id))
                loading.add_done_callback(lambda _: self._loading.pop(run_id, None))
            mirror = await asyncio.shield(loading)
        elif not mirror.log.closed:
            # Whatever somebody was shown elsewhere is to be found here at once, without waiting to be woken.
            await self.fetch([run_id])
        mirror.used = self._now()
        self._recent[run_id] = mirror
        self._recent.move_to_end(run_id)
        return mirror

    def drop(self, run_id: str) -> None:
        """The run was deleted: its readers are let go."""
        self._recent.pop(run_id, None)
        mirror = self._all.pop(run_id, None)
        if mirror is not None and not mirror.log.closed:
            mirror.log.close()

    async def fetch(self, run_ids: Iterable[str], *, doubtful: bool = False) -> None:
        """Bring what is new of these runs, as far as they are read here. ``doubtful``: Redis may have lost something,
        so that what brings nothing new is looked at. Raises ``StoreError``."""
        mirrors = [mirror for run_id in run_ids if (mirror := self._all.get(run_id)) and not mirror.log.closed]
        while mirrors:
            names = [self._keys.run(each.run_id, "ev") for each in mirrors]
            before = [each.cursor for each in mirrors]
            found = await self._redis.ranges(dict(zip(names, map(str, before), strict=True)), EVENTS_PER_READ)
            behind: list[Mirror] = []
            for mirror, name, cursor in zip(mirrors, names, before, strict=True):
                entries = found.get(name, [])
                # Somebody else may have fetched the same meanwhile.
                if mirror.cursor != cursor:
                    behind.append(mirror)
                elif not entries:
                    if doubtful:
                        await self._look_for(mirror)
                elif not add_entries(mirror.log, entries):
                    _log.warning("The log of run %s has lost its end: its readers begin anew.", mirror.run_id)
                    self.drop(mirror.run_id)
                elif len(entries) == EVENTS_PER_READ:
                    behind.append(mirror)
            mirrors = [each for each in behind if not each.log.closed]

    async def refresh(self) -> None:
        """Say again which runs are read here, and fetch all of them. Raises ``StoreError``."""
        now = self._now()
        for run_id, mirror in list(self._recent.items()):
            if not mirror.log.ended and now - mirror.used > UNREAD_KEPT_S:
                del self._recent[run_id]
        live = [run_id for run_id, mirror in self._all.items() if not mirror.log.closed]
        left, self._registered = self._registered - set(live), set(live)
        await self._redis.commands(
            [("SREM", self._keys.run(run_id, "nodes"), self._node) for run_id in left]
            + [("SADD", self._keys.run(run_id, "nodes"), self._node) for run_id in live]
            + [("EXPIRE", self._keys.run(run_id, "nodes"), 120) for run_id in live]
        )
        await self.fetch(live, doubtful=True)

    async def _load(self, run_id: str) -> Mirror:
        name = self._keys.run(run_id, "h")
        (fields,) = await self._redis.hashes([name])
        stored = stored_run(fields)
        if stored is None:
            raise UnknownRunError(run_id)
        nodes = self._keys.run(run_id, "nodes")
        if stored.state != "ended":
            # Before the log is read, so that nothing new is missed.
            await self._redis.commands([("SADD", nodes, self._node), ("EXPIRE", nodes, 120)])
            self._registered.add(run_id)
        log = await read_log(self._redis, self._keys, run_id, stored.record.question, self._tick)
        if stored.state == "ended":
            log.ended = log.closed = True
        return self.keep(run_id, log)

    async def _look_for(self, mirror: Mirror) -> None:
        """Nothing is new: is the run still there, and is what is known of it?"""
        seq = mirror.cursor.seq
        exists, tail, gone = await self._redis.commands(
            [
                ("HEXISTS", self._keys.run(mirror.run_id, "h"), "record"),
                ("XREVRANGE", self._keys.run(mirror.run_id, "ev"), "+", "-", "COUNT", 1),
                ("EXISTS", self._keys.run(mirror.run_id, "gone")),
            ]
        )
        replaced = exists and tail and seq and entry_cursor(tail[0][0]).attempt > mirror.cursor.attempt
        if gone or replaced:
            self.drop(mirror.run_id)

    def _let_go(self) -> None:
        ended = [run_id for run_id, mirror in self._recent.items() if mirror.log.ended]
        for run_id in ended[: max(0, len(ended) - self._limit)]:
            del self._recent[run_id]


def _bring_to(log: RunLog, whole: RunLog) -> None:
    """Give the readers of a log what another log of the same run has more; let them go where it does not continue."""
    known = len(log.frames)
    if known > len(whole.frames) or (known and log.attempt_of(known) != whole.attempt_of(known)):
        log.close()
        return
    for seq in range(known + 1, len(whole.frames) + 1):
        ended = whole.ended and seq == len(whole.frames)
        log.append(seq, [whole.frames[seq - 1]], whole.attempt_of(seq), ended=ended)
