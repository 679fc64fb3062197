"""Runs agents: starts them, ends them, and knows which are running."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from typing import Any, cast

from backend.agents.agent import Turn
from backend.agents.clock import Clock, SystemClock
from backend.protocol.ending import Ending
from backend.runs.active_run import ActiveRun, OpenAgent, no_files
from backend.runs.file_library import FileLibrary
from backend.runs.limits import Limits
from backend.runs.records import RunRecord
from backend.runs.steering.messages import SentMessage
from backend.runs.steering.run_steering import RunSteering
from backend.runs.store import RunStore, StoreError
from backend.settings import Settings

RETRY_AFTER_S = 2
"""How long a caller is asked to wait when there are too many runs: a guess, since nobody knows when one will
end."""

SERVER_STOPPED = "server-stopped"
"""Why a request was closed that was open when the server was stopped."""

CLOSE_S = 5.0
"""How long a stopping server waits for its runs to be ended."""

logger = logging.getLogger(__name__)


class TooManyRunsError(Exception):
    """No further run can be started now. ``retry_after_s`` says when to try again."""

    def __init__(self, message: str, retry_after_s: int = RETRY_AFTER_S) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ServerStoppingError(TooManyRunsError):
    """No run can be started any more."""

    def __init__(self) -> None:
        super().__init__("The server is stopping: ask again when it is back.")


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
        self._clock = clock or SystemClock()
        self._timer = timer or SystemClock()
        self._files = files
        self._runs: dict[str, ActiveRun] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._leftovers: set[asyncio.Task[None]] = set()
        self._accepting: set[asyncio.Task[Any]] = set()
        self._closing = False

    @property
    def running(self) -> int:
        """How many runs are running."""
        return len(self._runs)

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
            self._spawn(kept, accepted_at, history)
        return kept, new

    def start(self, record: RunRecord) -> None:
        """Start a run that the store has. Raises ``TooManyRunsError``: then the run stays unfinished in the
        store, so prefer ``accept``."""
        self._check_room()
        self._spawn(record, self._clock.now())

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

    def steering(self, run_id: str) -> RunSteering | None:
        """What people do to the run, or None for one that is not running here."""
        run = self._runs.get(run_id)
        return None if run is None else run.steering

    def active_in(self, session_id: str) -> RunRecord | None:
        """The conversation's latest run that is running here, or None."""
        running = [run.record for run in self._runs.values() if run.record.session_id == session_id]
        return running[-1] if running else None

    @contextmanager
    def watching(self, run_id: str) -> Iterator[None]:
        """Count a watcher of the run for as long as the context lasts; a run that has ended counts nobody."""
        run = self._runs.get(run_id)
        if run is None:
            yield
            return
        run.add_watcher()
        try:
            yield
        finally:
            run.remove_watcher()

    def watchers(self, run_id: str) -> int:
        """How many watch the run now."""
        run = self._runs.get(run_id)
        return run.watchers if run is not None else 0

    async def ended(self, run_id: str) -> None:
        """Return once the run is no longer active here."""
        task = self._tasks.get(run_id)
        if task is not None:
            await asyncio.wait({task})

    def elapsed_ms(self, run_id: str) -> float | None:
        """Milliseconds since the run was accepted, or None for one that is not running here."""
        run = self._runs.get(run_id)
        return None if run is None else run.elapsed_ms

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
        run = self._runs.get(run_id)
        if run is not None:
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
            await self._files.tidy(session_id, before)

    async def shutdown(self, grace_s: float = CLOSE_S) -> None:
        """Start nothing any more and end every run as ``interrupted``, its answer kept. Returns after
        ``grace_s`` seconds at the latest, even if an agent will not let go; such a run is ended when the
        store is next opened."""
        self._closing = True
        for run in self._runs.values():
            run.follow_up = False
            run.stop(Ending("interrupted", reason=SERVER_STOPPED))
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_s):
                while waiting := {*self._accepting, *self._tasks.values(), *self._leftovers}:
                    await asyncio.wait(waiting)
        for task in (*self._tasks.values(), *self._leftovers):
            logger.warning("The %s did not end in time.", task.get_name())
            task.cancel()

    def _check_room(self) -> None:
        if self._closing:
            raise ServerStoppingError
        limit = self._settings.max_concurrent_runs
        if len(self._runs) + len(self._accepting) >= limit:
            runs = "1 run" if limit == 1 else f"{limit} runs"
            raise TooManyRunsError(
                f"The server is already running {runs}, its maximum: try again in a moment, or start it with a larger "
                "--max-runs."
            )

    def _spawn(self, record: RunRecord, accepted_at: float, history: Sequence[Turn] | None = None) -> None:
        limits = Limits.of(record, self._settings)
        files_of = no_files if self._files is None else self._files.of_run
        run = ActiveRun(record, self._store, limits, self._clock, self._timer, accepted_at, history, files_of)
        if self._closing:
            run.follow_up = False
            run.stop(Ending("interrupted", reason=SERVER_STOPPED))
        self._runs[record.run_id] = run
        self._tasks[record.run_id] = asyncio.create_task(self._execute(run), name=f"run {record.run_id}")

    async def _execute(self, run: ActiveRun) -> None:
        try:
            await run.execute(self._open_agent)
        finally:
            del self._runs[run.record.run_id], self._tasks[run.record.run_id]
            if run.agent_task is not None:
                self._leave(run.agent_task)
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
        )
        try:
            await self._store.submit(record)
        except StoreError as error:
            logger.warning("The question that was queued behind run %s is lost: %s", run.record.run_id, str(error))
            return
        self._spawn(record, self._clock.now())
        await self._runs[next_run_id].steering.inherit(later)

    def _leave(self, agent_task: asyncio.Task[None]) -> None:
        """Keep a reference to an agent that is still closing, and log any error it raises."""
        name = agent_task.get_name()
        overdue = asyncio.get_running_loop().call_later(
            CLOSE_S, logger.warning, "The %s was cancelled but does not let go.", name
        )
        self._leftovers.add(agent_task)
        agent_task.add_done_callback(lambda _: overdue.cancel())
        agent_task.add_done_callback(self._left)

    def _left(self, agent_task: asyncio.Task[None]) -> None:
        self._leftovers.discard(agent_task)
        if not agent_task.cancelled() and (error := agent_task.exception()) is not None:
            logger.info("%s let go with %s.", agent_task.get_name(), repr(error))
