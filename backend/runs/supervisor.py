"""Runs agents: starts them, ends them, and knows which are running."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext, suppress
from dataclasses import replace
from math import ceil
from typing import Any, cast

from backend.agents.agent import Turn
from backend.agents.clock import Clock, SystemClock
from backend.logs.run_scope import run_scope
from backend.protocol.ending import Ending, Tally
from backend.runs.active_run import ActiveRun, OpenAgent, no_files
from backend.runs.closing_agents import CLOSE_S, ClosingAgents
from backend.runs.file_library import FileLibrary
from backend.runs.limits import Limits
from backend.runs.records import RunRecord
from backend.runs.run_counts import RunCounts
from backend.runs.server_stop import stopped_ending, stopping_warning
from backend.runs.start_refusals import ServerStoppingError, TooManyRunsError
from backend.runs.state import RunClosedError, RunState
from backend.runs.steering.messages import SentMessage
from backend.runs.steering.run_steering import RunSteering
from backend.runs.store import RunStore, StoreError, UnknownRunError
from backend.settings import Settings

logger = logging.getLogger(__name__)


class RunSupervisor:
    """Owns every run of this server from its start to its ``done``. Belongs to one event loop.

    ``clock`` stamps events and is handed to the agents; ``timer`` is what time-outs are waited for on. Without
    ``files`` agents find no attached ones.
    """

    def __init__(
        self,
        store: RunStore,
        open_agent: OpenAgent,
        settings: Settings,
        clock: Clock | None = None,
        timer: Clock | None = None,
        files: FileLibrary | None = None,
    ) -> None:
        self._store = store
        self._open_agent = open_agent
        self._settings = settings
        system = SystemClock()
        self._clock = clock or system
        self._timer = timer or system
        self._files = files
        self.counts = RunCounts()
        self._runs: dict[str, ActiveRun] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._agents_closing = ClosingAgents()
        self._accepting: set[asyncio.Task[Any]] = set()
        self._drained_at: float | None = None
        """When the server stops waiting for its runs, once it takes no new ones."""
        self._closing = False

    @property
    def stopping(self) -> bool:
        """Whether no run can be started any more."""
        return self._closing or self._drained_at is not None

    @property
    def running(self) -> int:
        """How many runs are running."""
        return len(self._runs)

    def active(self) -> Iterator[RunState]:
        """The state of every run that is running."""
        return (run.state for run in self._runs.values())

    @property
    def watching_now(self) -> int:
        """How many watch runs that are running."""
        return sum(run.watchers for run in self._runs.values())

    async def accept(self, record: RunRecord, history: Sequence[Turn] | None = None) -> tuple[RunRecord, bool]:
        """Keep a run in the store and start it, as ``POST /v1/runs`` asks. ``at_ms`` counts from this call.
        ``history`` is the conversation that the agent receives in place of the session's earlier runs.

        Returns the result of ``RunStore.submit``; an earlier run found by its key is not started again. Goes
        through with it even if the caller is cancelled. Raises ``TooManyRunsError`` before anything is
        kept, and what ``RunStore.submit`` raises."""
        self._check_room()
        # Counted at once: a submit takes a moment, in which others may ask.
        accepting = asyncio.create_task(self._accept(record, self._clock.now(), history), name="accept")
        self._accepting.add(accepting)
        accepting.add_done_callback(self._accepting.discard)
        return await asyncio.shield(accepting)

    async def _accept(
        self, record: RunRecord, accepted_at: float, history: Sequence[Turn] | None
    ) -> tuple[RunRecord, bool]:
        kept, new = await self._store.submit(record)
        # No longer among those to be accepted, as soon as it is among those that run.
        self._accepting.discard(cast(asyncio.Task[Any], asyncio.current_task()))
        if new:
            self.counts.accepted += 1
            self._spawn(kept, accepted_at, history)
        return kept, new

    async def cancel(self, run_id: str) -> bool:
        """Cancel a run, durably. False if it had ended; asking again changes nothing. Raises
        ``UnknownRunError``.

        Where the disk refuses to note it, a run of this server is cancelled all the same.
        """
        run = self._runs.get(run_id)
        # The agent hears of it at once; the caller only once it is kept.
        stopped = run is not None and run.stop(Ending("cancelled"))
        try:
            return await self._store.request_cancel(run_id) or stopped
        except StoreError:
            if run is None:
                raise
            logger.warning("The cancel of run %s could not be noted.", run_id)
            return True

    def adopt(self, record: RunRecord, tally: Tally, elapsed_s: float, history: Sequence[Turn] | None = None) -> None:
        """Run what another node accepted so many seconds ago; ``tally`` has counted its log."""
        self._spawn(record, self._clock.now() - elapsed_s, history, tally)

    def abandon(self, run_id: str) -> None:
        """Let a run go that is not this server's any more."""
        if run := self._runs.get(run_id):
            run.abandon()

    def steering(self, run_id: str) -> RunSteering | None:
        """What people do to the run, or None for one that is not running here."""
        return run.steering if (run := self._runs.get(run_id)) else None

    async def inherit(self, run_id: str, messages: Sequence[SentMessage]) -> None:
        """Queue messages that were queued behind the run before this one."""
        if steering := self.steering(run_id):
            await steering.inherit(messages)

    async def active_in(self, session_id: str) -> RunRecord | None:
        """The conversation's latest run that is running here, or None."""
        running = [run.record for run in self._runs.values() if run.record.session_id == session_id]
        return running[-1] if running else None

    def watching(self, run_id: str) -> AbstractContextManager[None]:
        """Count a watcher of the run for as long as the context lasts; a run that has ended counts nobody."""
        return run.watched() if (run := self._runs.get(run_id)) else nullcontext()

    def watchers(self, run_id: str) -> int:
        """How many watch the run now."""
        return run.watchers if (run := self._runs.get(run_id)) else 0

    async def ended(self, run_id: str) -> None:
        """Return once the run is no longer active here."""
        task = self._tasks.get(run_id)
        if task is not None:
            await asyncio.wait({task})

    def elapsed_ms(self, run_id: str) -> float | None:
        """Milliseconds since the run was accepted, or None for one that is not running here."""
        return run.elapsed_ms if (run := self._runs.get(run_id)) else None

    async def interrupt(self, run_id: str, next_run_id: str) -> list[SentMessage]:
        """Cancel a run for the next one of its conversation, and return when it has ended. Gives the messages that were
        queued: they are delivered to the next run."""
        run = self._runs.get(run_id)
        if run is None:
            return []
        run.follow_up = False
        run.steering.next_run_id = next_run_id
        await self.cancel(run_id)
        await self.ended(run_id)
        return run.steering.queued

    async def delete(self, run_id: str) -> None:
        """Cancel the run if it is running, then delete it. Raises ``UnknownRunError`` and ``StoreError``."""
        if run := self._runs.get(run_id):
            run.follow_up = False
            run.stop(Ending("cancelled"))
            await self.ended(run_id)
        session_id = (await self._store.record(run_id)).session_id
        async with self._deleting(session_id):
            await self._store.delete(run_id)

    async def purge(self, session_id: str) -> None:
        """Cancel the session's running runs, then delete it. Raises ``UnknownSessionError`` and
        ``StoreError``."""
        running = [run for run in self._runs.values() if run.record.session_id == session_id]
        for run in running:
            run.follow_up = False
            run.stop(Ending("cancelled"))
        for run in running:
            await self.ended(run.record.run_id)
        async with self._deleting(session_id):
            await self._store.purge(session_id)

    @asynccontextmanager
    async def _deleting(self, session_id: str) -> AsyncIterator[None]:
        """After the context, the contents of the session's files are deleted that the store no longer knows."""
        before = [] if self._files is None else await self._store.files(session_id)
        yield
        if self._files is not None:
            await self._files.tidy(session_id, [each.file_id for each in before])

    async def drain(self, seconds: float) -> None:
        """Start nothing any more, warn the watchers of every run, and return when all runs have ended, after
        ``seconds`` at the latest; ``shutdown`` ends those that are left. A second call does nothing."""
        if self.stopping:
            return
        self._drained_at = self._timer.now() + seconds
        for run in list(self._runs.values()):
            await self._warn(run)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._until_quiet()

    async def _warn(self, run: ActiveRun) -> None:
        run.follow_up = False
        try:
            await run.note([stopping_warning(ceil(self._left_s))])
        except (RunClosedError, ValueError, StoreError, UnknownRunError) as error:
            logger.info("Run %s was not warned that the server stops: %s", run.record.run_id, str(error))

    @property
    def _left_s(self) -> float:
        return 0.0 if self._drained_at is None else max(0.0, self._drained_at - self._timer.now())

    async def shutdown(self, grace_s: float = CLOSE_S) -> None:
        """Start nothing any more and end every run as ``interrupted``, its answer kept. Returns after
        ``grace_s`` seconds at the latest, even if an agent will not let go; such a run is ended when the
        store is next opened."""
        self._closing = True
        for run in self._runs.values():
            run.follow_up = False
            run.stop(stopped_ending())
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_s):
                await self._until_quiet()
        for task in (*self._tasks.values(), *self._agents_closing.tasks):
            logger.warning("The %s did not end in time.", task.get_name())
            task.cancel()

    async def _until_quiet(self) -> None:
        while waiting := {*self._accepting, *self._tasks.values(), *self._agents_closing.tasks}:
            await asyncio.wait(waiting)

    def _check_room(self) -> None:
        if self.stopping:
            self.counts.refused["server-stopping"] += 1
            raise ServerStoppingError(self._left_s)
        limit = self._settings.max_concurrent_runs
        if len(self._runs) + len(self._accepting) >= limit:
            self.counts.refused["too-many-runs"] += 1
            runs = "1 run" if limit == 1 else f"{limit} runs"
            raise TooManyRunsError(
                f"The server is already running {runs}, its maximum: try again in a moment, or start it with a larger "
                "--max-runs."
            )

    def _spawn(
        self,
        record: RunRecord,
        accepted_at: float,
        history: Sequence[Turn] | None = None,
        tally: Tally | None = None,
    ) -> None:
        limits = Limits.of(record, self._settings)
        files_of = no_files if self._files is None else self._files.of_run
        run = ActiveRun(record, self._store, limits, self._clock, self._timer, accepted_at, history, files_of, tally)
        run.follow_up = not self.stopping
        if self._closing:
            run.stop(stopped_ending())
        self._runs[record.run_id] = run
        self._tasks[record.run_id] = asyncio.create_task(self._execute(run), name=f"run {record.run_id}")

    async def _execute(self, run: ActiveRun) -> None:
        with run_scope(run.record.run_id):
            await self._carry_out(run)

    async def _carry_out(self, run: ActiveRun) -> None:
        logger.info("A run has begun.", extra={"fields": {"agent": run.record.agent}})
        if self.stopping and not self._closing:
            await self._warn(run)
        try:
            await run.execute(self._open_agent)
        finally:
            self.counts.ended[run.outcome] += 1
            fields = {"agent": run.record.agent, "outcome": run.outcome, "duration_ms": round(run.elapsed_ms)}
            logger.info("A run has ended.", extra={"fields": fields})
            del self._runs[run.record.run_id], self._tasks[run.record.run_id]
            if run.agent_task is not None:
                self._agents_closing.add(run.agent_task)
        if run.follow_up and run.steering.next_run_id is not None:
            following = asyncio.create_task(self._follow_up(run, run.steering.next_run_id), name="follow up")
            self._accepting.add(following)
            following.add_done_callback(self._accepting.discard)

    async def _follow_up(self, run: ActiveRun, next_run_id: str) -> None:
        """Start the run of the first message that people queued; the others queue up behind it. The run that has ended
        made room for it."""
        first, *later = run.steering.queued
        record = replace(
            RunRecord.asked(first.text, run.record.agent, run.record.options, session_id=run.record.session_id),
            run_id=next_run_id,
            owner=run.record.owner,
        )
        try:
            await self._store.submit(record)
        except StoreError as error:
            logger.warning("The question that was queued behind run %s is lost: %s", run.record.run_id, str(error))
            return
        self.counts.accepted += 1
        self._spawn(record, self._clock.now())
        await self._runs[next_run_id].steering.inherit(later)
