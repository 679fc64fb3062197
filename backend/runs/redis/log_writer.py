"""Brings what the runs of this node write to Redis: everything that is there in one go, while more comes."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from backend.runs.pace import Distance, Rounds
from backend.runs.records import utc_now
from backend.runs.redis.connection import RedisConnection, ScriptCall, StoreFullError
from backend.runs.redis.keys import Keys
from backend.runs.redis.owned_run import LostLeaseError, OwnedRun
from backend.runs.redis.repeated_work import cancel_all
from backend.runs.redis.run_hash import end_fields, record_json
from backend.runs.store import StoreError, StoreUnreachableError, UnknownRunError

FRAMES_PER_CALL: Final = 1000
"""The most frames of one run in one call."""

_RETRY_S: Final = (0.02, 0.05, 0.1, 0.2, 0.4)
"""Pauses after rounds that Redis did not take; the last one is that of all further ones."""

ROUNDS: Final = Distance(shortest_s=0.001, longest_s=0.025, few_a_second=100, for_rate_s=0.000_05)
"""How far rounds are apart, by the events a second. A round wakes Redis and every node with readers."""

_log = logging.getLogger(__name__)


class LogWriter:
    """Writes behind, in order, and never twice. ``lost`` is called with a run that is not this node's any more."""

    def __init__(
        self,
        redis: RedisConnection,
        keys: Keys,
        node: str,
        lease_s: float,
        lost: Callable[[OwnedRun], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis = redis
        self._keys = keys
        self._node = node
        self._lease_s = lease_s
        self._lost = lost
        self._now = now
        self._dirty: dict[str, OwnedRun] = {}
        self._work = asyncio.Event()
        self._wanted = asyncio.Event()
        """Set while somebody waits for a round."""
        self._rounds = Rounds(ROUNDS)
        self._round: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._write_forever(), name="log writer")

    async def stop(self) -> None:
        """Write no more."""
        if self._task is not None:
            await cancel_all([self._task])
            self._task = None

    def add(self, run: OwnedRun) -> None:
        """The run has something pending."""
        self._dirty[run.record.run_id] = run
        self._work.set()

    def hurry(self) -> None:
        """Let what is pending wait for nothing more."""
        self._wanted.set()

    async def flush(self, run: OwnedRun) -> None:
        """Return when Redis has everything of the run. Raises why it cannot."""
        while run.pending and run.failure is None:
            if self._round is None:
                self._round = asyncio.get_running_loop().create_future()
            self.hurry()
            await asyncio.shield(self._round)
        if run.pending and run.failure is not None:
            raise run.failure

    async def _write_forever(self) -> None:
        failures = 0
        while True:
            await self._work.wait()
            await self._rounds.rest(self._wanted)
            self._work.clear()
            self._wanted.clear()
            try:
                complete = await self._write()
            except StoreError as error:
                _log.debug("Redis did not take what %d runs wrote: %s", len(self._dirty), error)
                complete = False
            # A writer that ended for one defect would keep all runs of this node waiting for ever.
            except Exception:  # noqa: BLE001 - logged
                _log.exception("What runs wrote could not be brought to Redis; it is tried again.")
                complete = False
            failures = 0 if complete else failures + 1
            waiting, self._round = self._round, None
            if waiting is not None:
                waiting.set_result(None)
            if self._dirty:
                self._work.set()
            if failures:
                self._give_up_lost()
                await asyncio.sleep(_RETRY_S[min(failures, len(_RETRY_S)) - 1])

    async def _write(self) -> bool:
        """One round over all runs with something pending. False if something has to be tried again later."""
        runs, self._dirty = list(self._dirty.values()), {}
        calls, counts = [], []
        for run in runs:
            call, count = self._call(run)
            calls.append(call)
            counts.append(count)
        self._rounds.served(sum(counts), more=FRAMES_PER_CALL in counts)
        complete = True
        try:
            answers = await self._redis.scripts(calls)
            for run, count, answer in zip(runs, counts, answers, strict=True):
                complete = await self._settle(run, count, answer) and complete
        finally:
            self._dirty = {run.record.run_id: run for run in runs if run.pending and run.failure is None} | self._dirty
        return complete

    def _call(self, run: OwnedRun) -> tuple[ScriptCall, int]:
        run_id = run.record.run_id
        frames = run.pending[:FRAMES_PER_CALL]
        last = run.done is not None and len(frames) == len(run.pending)
        end = end_fields(run.done) if last and run.done is not None else []
        keys = tuple(self._keys.run(run_id, part) for part in ("h", "ev", "nodes", "gone", "cmd"))
        first_seq = len(run.log.frames) + 1
        values = (self._keys.prefix, run_id, self._node, run.attempt, first_seq, len(frames), *frames, *end)
        return ScriptCall("append", keys, values), len(frames)

    async def _settle(self, run: OwnedRun, count: int, answer: object) -> bool:
        if isinstance(answer, StoreError):
            if isinstance(answer, StoreFullError):
                # Nobody else can take the run either.
                run.renewed = self._now()
            elif not isinstance(answer, StoreUnreachableError):
                self._fail(run, answer)
            return False
        said = answer if isinstance(answer, list) else []
        match said[0] if said else b"":
            case b"ok":
                run.renewed = self._now()
                run.kept(count)
                return True
            case b"deleted":
                self._fail(run, UnknownRunFailure(run.record.run_id))
            case b"gone":
                await self._restore(run)
            case b"behind":
                await self._add_again(run, int(said[1]))
            case _:
                self._fail(run, LostLeaseError())
        return False

    async def _restore(self, run: OwnedRun) -> None:
        """Redis was started anew and has nothing of the run: bring back what is known here."""
        record = run.record
        values = (
            *(self._keys.prefix, record.run_id, record.session_id, record_json(record), utc_now("microseconds")),
            *(self._node, run.attempt, record.question, record.created_at),
        )
        with suppress(StoreError):
            await self._redis.script("restore", [self._keys.run(record.run_id, "h")], values)
            await self._add_again(run, 0)

    async def _add_again(self, run: OwnedRun, known: int) -> None:
        """Redis has lost the end of the log: add it again, just as it was, under the attempt that wrote it."""
        log, run_id = run.log, run.record.run_id
        commands: list[tuple[str | bytes, ...]] = [
            ("XADD", self._keys.run(run_id, "ev"), f"{log.attempt_of(seq)}-{seq}", "f", log.frames[seq - 1])
            for seq in range(known + 1, len(log.frames) + 1)
        ]
        # An entry that another try has added already is refused by its id, and that is as good.
        with suppress(StoreError):
            for at in range(0, len(commands), FRAMES_PER_CALL):
                await self._redis.commands(commands[at : at + FRAMES_PER_CALL])

    def _fail(self, run: OwnedRun, failure: StoreError) -> None:
        run.failure = failure
        self._lost(run)

    def _give_up_lost(self) -> None:
        now = self._now()
        for run in list(self._dirty.values()):
            if run.failure is not None:
                del self._dirty[run.record.run_id]
            elif now - run.renewed > self._lease_s and run.done is None:
                self._fail(run, LostLeaseError())
                del self._dirty[run.record.run_id]


class UnknownRunFailure(StoreError):
    """The run was deleted while it ran."""

    def __init__(self, run_id: str) -> None:
        super().__init__(str(UnknownRunError(run_id)))
