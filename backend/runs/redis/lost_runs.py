"""Runs whose node is gone: found by their heartbeat, and ended or begun again by whichever node notices first."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from backend.protocol.cursor import START, Cursor
from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.keys import Keys
from backend.runs.redis.mirror import CutLogError
from backend.runs.redis.run_end import WORKER_LOST, begin_again, end_owned, lost_ending, tally_of, warning_of
from backend.runs.redis.store import RedisStore
from backend.runs.store import StoreError, UnknownRunError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Look:
    score: float
    since: float
    owner: bytes = b""
    beat: bytes = b""

    def again(self, owner: bytes, beat: bytes, now: float) -> "_Look":
        """The look after this one, whose score has not changed. That of a node that does not keep the beat in the score
        says nothing: its beat itself has to be looked at twice."""
        if int(self.score) == int(beat or 0) or (self.owner, self.beat) == (owner, beat):
            return _Look(self.score, self.since, owner, beat)
        return _Look(self.score, now, owner, beat)


class LostRuns:
    """Looks at every running run. One counts as lost whose beat stands still for a lease, by the clock of this node:
    that of Redis may jump. All beats come in one answer, as scores, and only what stands still is looked at closely:
    many nodes look at many runs."""

    def __init__(
        self,
        store: RedisStore,
        redis: RedisConnection,
        keys: Keys,
        lease_s: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._redis = redis
        self._keys = keys
        self._lease_s = lease_s
        self._now = now
        self._looks: dict[str, _Look] = {}

    async def look(self) -> None:
        """Look once, and take over what is lost. Raises ``StoreError``."""
        try:
            scores = await self._redis.scores(self._keys.name("running"))
            still = [run_id for run_id, score in scores.items() if self._stands_still(run_id, score)]
            seen = await self._redis.commands(
                [("HMGET", self._keys.run(run_id, "h"), "state", "owner", "beat") for run_id in still]
            )
        except StoreError:
            # While Redis is away nobody can show a sign of life.
            self._looks.clear()
            raise
        now = self._now()
        looks = {run_id: _Look(score, now) for run_id, score in scores.items()}
        for run_id, (state, owner, beat) in zip(still, seen, strict=True):
            if state != b"running":
                await self._redis.command("ZREM", self._keys.name("running"), run_id)
                continue
            look = self._looks[run_id].again(owner or b"", beat or b"", now)
            if now - look.since >= self._lease_s and run_id not in self._store.owned:
                del looks[run_id]
                await self._take_over(run_id, look)
            else:
                looks[run_id] = look
        self._looks = looks

    def _stands_still(self, run_id: str, score: float) -> bool:
        before = self._looks.get(run_id)
        return before is not None and before.score == score

    async def _take_over(self, run_id: str, look: _Look) -> None:
        names = [self._keys.run(run_id, "h"), self._keys.name("running")]
        taken = await self._redis.script("take_over", names, (self._store.node, look.owner, look.beat, run_id))
        if taken:
            _log.warning("The worker of run %s is lost.", run_id)
            try:
                await self._settle(run_id, int(taken[1]))
            except UnknownRunError:
                _log.info("Run %s was deleted meanwhile.", run_id)
            except StoreError as error:
                if not isinstance(error, CutLogError):
                    raise
                self._store.owned.pop(run_id, None)
            # One run that cannot be read must not keep the others from being found.
            except Exception:  # noqa: BLE001 - logged
                _log.exception("Run %s could not be settled.", run_id)
                self._store.owned.pop(run_id, None)

    async def _settle(self, run_id: str, lost: int) -> None:
        stored = await self._store.stored(run_id)
        run = await self._store.take(run_id)
        seq = len(run.log.frames)
        after = Cursor(run.log.attempt_of(seq), seq) if seq else START
        at_ms = await elapsed_ms(self._redis, stored.at_ms)
        ending = lost_ending(await tally_of(run), lost, cancelled=stored.record.cancel_requested)
        if ending is not None:
            await end_owned(self._store, run, ending, at_ms, after)
            return
        await begin_again(self._store, run, at_ms, after, warning_of("it begins again."), WORKER_LOST)
        del self._store.owned[run_id]
        names = [self._keys.run(run_id, "h"), self._keys.name("{q}", stored.queue), self._keys.name("running")]
        await self._redis.script("give_back", names, (run_id, self._store.node, run.attempt, self._keys.prefix))


async def elapsed_ms(redis: RedisConnection, since_ms: int) -> float:
    """Milliseconds since then, by the clock of Redis; 0 where that went back. Raises ``StoreError``."""
    seconds, micros = await redis.command("TIME")
    return max(0.0, int(seconds) * 1000 + int(micros) / 1000 - since_ms)
