"""The runs of a worker that stops: those that can begin again elsewhere go back into the queue."""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from backend.protocol.cursor import START, Cursor
from backend.protocol.ending import Tally
from backend.protocol.events import WarningEvent
from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.keys import Keys
from backend.runs.redis.lost_runs import elapsed_ms
from backend.runs.redis.owned_run import OwnedRun
from backend.runs.redis.run_end import begin_again, end_owned, tally_of
from backend.runs.redis.store import RedisStore
from backend.runs.server_stop import stopped_ending
from backend.runs.store import StoreError, UnknownRunError
from backend.runs.supervisor import RunSupervisor

HANDED_OVER: Final = "worker-stopped"
"""Why what was open was closed when a run went to another worker, and the code of the warning that says so."""

WITHIN_S: Final = 5.0
"""How long a worker that stops takes for this."""

_MESSAGE = "The worker of this run was stopped: the run begins again at another one."

_log = logging.getLogger(__name__)


def can_begin_again(tally: Tally) -> bool:
    """Whether nothing of the run's answer was shown, and no person has answered it: an agent's code cannot be moved,
    but it can begin anew, and ask again what nobody has answered."""
    answered = any(each.answer is not None for each in tally.person.inputs)
    return not (tally.tokens or tally.citations or tally.artifacts or answered)


class HandOver:
    """Gives the runs of one worker back."""

    def __init__(self, store: RedisStore, redis: RedisConnection, keys: Keys, supervisor: RunSupervisor) -> None:
        self._store = store
        self._redis = redis
        self._keys = keys
        self._supervisor = supervisor

    async def all(self) -> None:
        """Give back every run that can begin again. The others, and those that Redis does not take back in time, are
        left as they are."""
        with suppress(TimeoutError):
            async with asyncio.timeout(WITHIN_S):
                await asyncio.gather(*map(self._try, list(self._store.owned.values())))

    async def _try(self, run: OwnedRun) -> None:
        try:
            await self._one(run)
        except (StoreError, UnknownRunError) as error:
            _log.warning("Run %s could not be handed over: %s", run.record.run_id, str(error))

    async def _one(self, run: OwnedRun) -> None:
        run_id = run.record.run_id
        await self._store.writer.flush(run)
        stored = await self._store.stored(run_id)
        may_go = can_begin_again(await tally_of(run)) and not stored.record.cancel_requested
        if not may_go or run.finishing or self._store.owned.get(run_id) is not run:
            return
        # From here on nothing that the agent sends is taken any more.
        del self._store.owned[run_id]
        self._supervisor.abandon(run_id)
        await self._supervisor.ended(run_id)
        await self._store.writer.flush(run)
        since_ms = await elapsed_ms(self._redis, stored.at_ms)
        if not can_begin_again(await tally_of(run)):
            self._store.owned[run_id] = run
            await end_owned(self._store, run, stopped_ending(), since_ms)
            return
        h = self._keys.run(run_id, "h")
        if not await self._redis.script("next_attempt", [h], (self._store.node, run.attempt)):
            return
        seq = len(run.log.frames)
        after = Cursor(run.log.attempt_of(seq), seq) if seq else START
        following = await self._store.take(run_id)
        warning = WarningEvent(code=HANDED_OVER, message=_MESSAGE)
        await begin_again(self._store, following, since_ms, after, warning, HANDED_OVER)
        del self._store.owned[run_id]
        names = [h, self._keys.name("{q}", stored.queue), self._keys.name("running")]
        await self._redis.script("give_back", names, (run_id, self._store.node, following.attempt, self._keys.prefix))
        _log.info("Run %s was handed over.", run_id)
