"""The runs that were accepted on this node and wait for a worker: their place is shown, and they can be cancelled."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from backend.protocol.events import StatusEvent, stamp
from backend.runs.frames import encode_frames
from backend.runs.records import RunRecord
from backend.runs.redis.connection import RedisConnection, ScriptCall
from backend.runs.redis.keys import Keys
from backend.runs.redis.repeated_work import repeat_every
from backend.runs.redis.submission import Queue
from backend.runs.store import StoreError

QUEUED: Final = "queued"
"""The step of a run that waits for a worker."""

QUEUE_STEP: Final = "queue"
"""The id of that step."""

LOOK_EVERY_S: Final = 0.5
"""How often places are looked at."""


@dataclass(slots=True)
class _Waiting:
    record: RunRecord
    queue: Queue
    since: float
    seq: int = 0
    """The last event that was written."""
    ahead: int | None = None
    """How many runs were ahead when that was last said."""


def queue_status(ahead: int, *, first: bool) -> StatusEvent:
    """Where a run stands in the queue."""
    runs = "1 run is" if ahead == 1 else f"{ahead} runs are"
    detail = "It is next." if ahead == 0 else f"{runs} ahead of it."
    state = "started" if first else "progress"
    label = "Waiting for a free worker" if first else None
    return StatusEvent(step_id=QUEUE_STEP, step=QUEUED, state=state, label=label, detail=detail)


class QueuedRuns:
    """Belongs to one event loop."""

    def __init__(self, redis: RedisConnection, keys: Keys, now: Callable[[], float] = time.monotonic) -> None:
        self._redis = redis
        self._keys = keys
        self._now = now
        self._waiting: dict[str, _Waiting] = {}

    def add(self, record: RunRecord, queue: Queue) -> None:
        """A run was queued just now."""
        self._waiting[record.run_id] = _Waiting(record, queue, self._now())

    async def watch_forever(self) -> None:
        """Say where the runs stand, until cancelled."""
        await repeat_every(LOOK_EVERY_S, self.look)

    async def look(self) -> None:
        """Say of each run where it stands, where that has changed. A run that its queue has lost is put back. Raises
        ``StoreError``."""
        waiting = list(self._waiting.values())
        if not waiting:
            return
        people = self._keys.name("{q}", "people")
        calls = [
            ScriptCall(
                "enqueue_again",
                (self._keys.run(each.record.run_id, "h"), self._keys.name("{q}", each.queue)),
                (each.record.run_id,),
            )
            for each in waiting
        ]
        places = await self._redis.scripts(calls)
        before_suites = int(await self._redis.command("ZCARD", people))
        said: list[tuple[_Waiting, int, ScriptCall]] = []
        for each, place in zip(waiting, places, strict=True):
            if place is None:
                del self._waiting[each.record.run_id]
            elif not isinstance(place, StoreError):
                ahead = int(place) + (before_suites if each.queue == "suites" else 0)
                if ahead != each.ahead:
                    said.append((each, ahead, self._saying(each, ahead)))
        answers = await self._redis.scripts([call for _, _, call in said])
        for (each, ahead, _), answer in zip(said, answers, strict=True):
            if answer == 1:
                each.seq, each.ahead = each.seq + 1, ahead
            elif answer == 0:
                # A worker has it.
                self._waiting.pop(each.record.run_id, None)

    def _saying(self, each: _Waiting, ahead: int) -> ScriptCall:
        record, seq = each.record, each.seq + 1
        status = stamp(queue_status(ahead, first=each.seq == 0), seq, (self._now() - each.since) * 1000)
        (frame,) = encode_frames([status], record.attempt)
        names = tuple(self._keys.run(record.run_id, part) for part in ("h", "ev", "nodes"))
        return ScriptCall("queue_status", names, (self._keys.prefix, record.run_id, record.attempt, seq, frame))
