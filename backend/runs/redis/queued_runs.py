"""The runs that wait for a worker: their place is shown, and a queue that has lost them gets them back.

The web nodes take turns to look after all of them, so that none depends on the node that took its question."""

from typing import Final

from backend.protocol.events import Event, StatusEvent, parse_event, stamp
from backend.runs.frames import encode_frames, frame_data
from backend.runs.redis.connection import RedisConnection, ScriptCall
from backend.runs.redis.keys import Keys
from backend.runs.redis.repeated_work import repeat_every

QUEUED: Final = "queued"
"""The step of a run that waits for a worker."""

QUEUE_STEP: Final = "queue"
"""The id of that step."""

LOOK_EVERY_S: Final = 0.5
"""How often places are looked at, by whichever node comes first."""

_RUNS_PER_LOOK: Final = 200
"""Redis does nothing else while it looks at so many."""

SEARCHED_PER_LOOK: Final = 1000
"""How many runs of the history are looked at where the queue was lost: a millisecond or two."""


def queue_status(ahead: int, *, first: bool) -> StatusEvent:
    """Where a run stands in the queue."""
    runs = "1 run is" if ahead == 1 else f"{ahead} runs are"
    detail = "It is next." if ahead == 0 else f"{runs} ahead of it."
    state = "started" if first else "progress"
    label = "Waiting for a free worker" if first else None
    return StatusEvent(step_id=QUEUE_STEP, step=QUEUED, state=state, label=label, detail=detail)


class QueuedRuns:
    """Remembers nothing: what was said of a run is in Redis. Belongs to one event loop."""

    def __init__(
        self,
        redis: RedisConnection,
        keys: Keys,
        every_s: float = LOOK_EVERY_S,
        searched_per_look: int = SEARCHED_PER_LOOK,
    ) -> None:
        """``every_s``: how long no node looks after one has, less a margin for clocks that are not exact."""
        self._redis = redis
        self._keys = keys
        self._every_s = every_s
        self._searched_per_look = searched_per_look

    async def watch_forever(self) -> None:
        """Say where the runs stand, until cancelled."""
        await repeat_every(self._every_s, self.look)

    async def look(self) -> None:
        """Say of each run where it stands, where that has changed. A run that its queue has lost is put back; where all
        lists were lost, some of the history is searched. Does nothing where another node looked just now. Raises
        ``StoreError``."""
        lists = [self._keys.name("queued"), *(self._keys.name("{q}", queue) for queue in ("people", "suites"))]
        rest = [self._keys.name(each) for each in ("looked", "searched", "running", "busy")]
        turn = await self._redis.script("queue_turn", [*lists, *rest], (int(self._every_s * 800),))
        if not turn:
            return
        count, searching = map(int, turn)
        if searching:
            count += await self._search()
        for first in range(0, count, _RUNS_PER_LOOK):
            some = (self._keys.prefix, first, first + _RUNS_PER_LOOK - 1)
            moved = await self._redis.script("queued_places", lists, some)
            # What has left the queue meanwhile, or was said by another node, is passed over by the script.
            await self._redis.scripts([self._saying(*each) for each in moved])

    async def _search(self) -> int:
        """Put back what no list has any more. Gives how many runs were found."""
        names = [self._keys.name(each) for each in ("runs", "queued", "running", "searched", "busy")]
        return int(await self._redis.script("search_lost", names, (self._keys.prefix, self._searched_per_look)))

    def _saying(self, run: bytes, attempt: bytes, last_seq: int, ahead: int, age_ms: int, frame: bytes) -> ScriptCall:
        run_id, seq = run.decode(), int(last_seq) + 1
        last = parse_event(frame_data(frame)) if frame else None
        at_ms = max(float(age_ms), 0.0 if last is None else last.at_ms)
        status = stamp(queue_status(int(ahead), first=not _is_said(last)), seq, at_ms)
        (said,) = encode_frames([status], int(attempt))
        names = tuple(self._keys.run(run_id, part) for part in ("h", "ev", "nodes"))
        return ScriptCall("queue_status", names, (self._keys.prefix, run_id, attempt, seq, said, int(ahead)))


def _is_said(last: Event | None) -> bool:
    """Whether the last event of a run says already that it is queued."""
    return isinstance(last, StatusEvent) and last.step_id == QUEUE_STEP and last.state in ("started", "progress")
