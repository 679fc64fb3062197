"""One run from its start to its ``done``: the agent is heard, timed and, when it is over, let go.

The agent's task writes what the agent yields into the log by itself, so that an event costs one wake-up. The run's own
task waits for the end: the agent's, a limit's or a cancel.
"""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from backend.agents.agent import Agent, ConversationFiles, RunContext, RunRequest, Turn
from backend.agents.clock import Clock
from backend.agents.person import steerable_of
from backend.protocol.cursor import Cursor
from backend.protocol.ending import Ending, Tally
from backend.protocol.events import Draft, ErrorEvent, Outcome, StatusEvent, TokenEvent, WarningEvent
from backend.protocol.run_view import StepView
from backend.runs.agent_end import checked_drafts, ending_of, failed
from backend.runs.draft_intake import DraftIntake
from backend.runs.history import earlier_turns
from backend.runs.limits import Limits
from backend.runs.own_keys import own_keys, without_keys
from backend.runs.records import RunRecord
from backend.runs.reported_usage import ReportedUsage
from backend.runs.run_writer import RunWriter
from backend.runs.screening import BadDraftError, plain_token_body, screen
from backend.runs.state import ACTIVE_STATES, RunClosedError, RunState, is_active
from backend.runs.steering.run_steering import RunSteering
from backend.runs.steering.stopwatch import Stopwatch
from backend.runs.store import RunStore, StoreError, UnknownRunError
from backend.runs.watchdog import Watchdog

OpenAgent = Callable[[str], Awaitable[Agent]]
"""Finds an agent by the name it is run by. Raises ``UnknownAgentError``."""

FilesOf = Callable[[RunRecord], Awaitable[ConversationFiles]]
"""Finds the files of a run's conversation. Raises ``StoreError``."""

logger = logging.getLogger(__name__)


async def no_files(_: RunRecord) -> ConversationFiles:
    """The files of a conversation where none can be attached."""
    return ConversationFiles()


DRAFTS_PER_TURN = 64
"""How many drafts an agent may yield before the event loop gets a turn, even if it never awaits anything."""

_INTERNAL = "The server could not continue the run; its log has the details."


class ActiveRun:
    """Runs an agent and writes its log.

    ``clock`` stamps events and is what the agent lives by; ``timer`` is what time-outs are waited for on.
    They are two so that a virtual clock, which jumps when an agent sleeps, does not set off every time-out
    at once."""

    def __init__(
        self,
        record: RunRecord,
        store: RunStore,
        limits: Limits,
        clock: Clock,
        timer: Clock,
        accepted_at: float,
        history: Sequence[Turn] | None = None,
        files_of: FilesOf = no_files,
        tally: Tally | None = None,
    ) -> None:
        """``history`` stands in for the earlier runs of the session. ``tally`` has counted what is in the log before
        the agent begins."""
        self.record = record
        self.watchers = 0
        self.outcome: Outcome = "interrupted"
        """How the run has ended, once it has."""
        self.agent_task: asyncio.Task[None] | None = None
        """Where the agent lives; may outlast the run if the agent will not let go."""
        self._store = store
        self._limits = limits
        self._clock = clock
        self._timer = timer
        self._accepted_at = accepted_at
        # Where it was queued elsewhere, its limits count from now on.
        self._stopwatch = Stopwatch(accepted_at if tally is None else clock.now())
        self.steering = RunSteering(self, clock, timer, limits.settings.pause_limit_s)
        """What people do to this run."""
        self._machine = self.steering.machine
        self.follow_up = True
        """Whether messages that people queued become the next run when this one has ended."""
        self._history = history
        self._files_of = files_of
        self._changed = asyncio.Event()
        self._writer = RunWriter(store, record, clock, accepted_at, tally)
        self._intake = DraftIntake(limits.size, show_reasoning=limits.settings.show_reasoning)
        self._watchdog = Watchdog(limits, timer, self.stop)
        self._within_limits_until = -math.inf
        """Before this moment no limit is reached, whatever happens: ``_overdue`` need not be asked."""
        self._taken = 0
        self._stop: Ending | None = None
        self._found: Ending | Exception | None = None
        """The end that a draft brought, or the defect that came up while it was written."""
        self._usage = ReportedUsage(record.run_id)

    @property
    def state(self) -> RunState:
        """Where the run stands."""
        return self._machine.state

    @property
    def elapsed_ms(self) -> float:
        """Milliseconds since the run was accepted."""
        return (self._clock.now() - self._accepted_at) * 1000

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Somebody watches the run until the end of the context."""
        self.watchers += 1
        self._watchdog.watched(True)
        try:
            yield
        finally:
            self.watchers -= 1
            if self.watchers == 0:
                self._watchdog.watched(False)

    def stop(self, ending: Ending) -> bool:
        """End the run like this. False if its end had been decided before."""
        if self._stop is not None or not is_active(self.state):
            return False
        self._stop = ending
        self._changed.set()
        return True

    def abandon(self) -> None:
        """The run is another server's: end here, and write nothing more."""
        self.follow_up = False
        self.stop(Ending("interrupted"))

    async def execute(self, open_agent: OpenAgent) -> None:
        """Run the agent to its end and write ``done``. Raises nothing of the agent's or the store's."""
        ending = Ending("interrupted")
        self.agent_task = asyncio.create_task(self._hear(open_agent), name=f"agent of {self.record.run_id}")
        self.agent_task.add_done_callback(lambda _: self._changed.set())
        self._watchdog.start()
        try:
            ending = await self._wait_for_end(self.agent_task)
            await self.steering.held.release(self.take)
        except UnknownRunError:
            logger.info("Run %s was deleted while it ran.", self.record.run_id)
            ending = Ending("cancelled")
        # Whatever defect in Playhead this is: watchers wait for a done, and nobody awaits this task.
        except Exception:
            logger.exception("Run %s could not be carried on.", self.record.run_id)
            ending = Ending("failed", ErrorEvent(code="internal_error", message=_INTERNAL))
        finally:
            last_words = self.steering.close(ending.closing_reason, follow_up=self.follow_up)
            self._watchdog.stop()
            self.agent_task.cancel()
        self.outcome = ending.outcome
        try:
            await self._writer.end(
                replace(ending, usage=self._usage.value, last_words=(*ending.last_words, *last_words))
            )
        except (StoreError, UnknownRunError) as error:
            self.outcome = "failed" if isinstance(error, StoreError) else "cancelled"
            logger.warning("The end of run %s was not kept: %s", self.record.run_id, str(error))
        except Exception:
            logger.exception("Run %s could not be ended.", self.record.run_id)
        self.steering.machine.end()

    async def _hear(self, open_agent: OpenAgent) -> None:
        """Write what the agent yields; ends when the agent does, or at the first draft nobody takes."""
        try:
            drafts = await self._drafts_of(open_agent)
            machine, held = self._machine, self.steering.held
            try:
                async for draft in drafts:
                    now = self._clock.now()
                    self._watchdog.stopwatch.sign = now if self._timer is self._clock else self._timer.now()
                    may_pass = machine.pause_id is None and not held.pending
                    if may_pass or not await self.steering.pass_on(draft, now):
                        await self.take(draft, now)
                    self._taken += 1
                    if self._taken % DRAFTS_PER_TURN == 0:
                        await asyncio.sleep(0)
            finally:
                close = getattr(drafts, "aclose", None)
                if close is not None:
                    await close()
        except SystemExit as error:
            # It would end the server; KeyboardInterrupt, which only a person sends, may.
            raise RuntimeError("The agent tried to end the process.") from error

    async def _drafts_of(self, open_agent: OpenAgent) -> AsyncIterator[Draft]:
        """Start the agent."""
        history = tuple(self._history or ())
        if self._history is None:
            history = await earlier_turns(self._store, self.record)
        files = await self._files_of(self.record)
        agent = await open_agent(self.record.agent)
        self._limits = self._limits.for_agent(agent, self.record.options)
        self._watchdog.limit(self._limits)
        self._within_limits_until = -math.inf
        request = RunRequest(self.record.run_id, self.record.question, self.record.options, history)
        steerable = steerable_of(agent)
        self.steering.start(steerable)
        context = RunContext(
            self.steering.clock_for(steerable, self._clock),
            self._usage.take,
            self.alive,
            lambda: self.elapsed_ms,
            files,
            self.steering.people(),
        )
        return without_keys(checked_drafts(agent.run(request, context)), own_keys())

    def alive(self) -> None:
        """The agent has shown that it works."""
        self._watchdog.heard()
        self._stopwatch.heard(self._clock.now())

    async def _wait_for_end(self, agent_task: asyncio.Task[None]) -> Ending:
        """The reason that the run has to end, as soon as there is one."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self._stop is not None:
                return self._stop
            if isinstance(self._found, Exception):
                raise self._found
            if self._found is not None:
                return self._found
            if agent_task.done():
                return self._ending_of(agent_task)

    @property
    def cursor(self) -> Cursor:
        """The last event of the log."""
        return Cursor(self.record.attempt, self._writer.last_seq)

    def open_steps(self) -> Sequence[StepView]:
        """The steps that are open now, in the order in which they began."""
        return [step for step in self._writer.steps if step.is_open]

    def stand(self, *, waiting: bool, paused: bool) -> None:
        """The limits stand still while a request is open or the run is paused."""
        self._stopwatch.stand(self._clock.now(), waiting=waiting, paused=paused)
        self._watchdog.stand(waiting=waiting, paused=paused)

    async def note(self, drafts: Sequence[StatusEvent | WarningEvent]) -> None:
        """Write what people or the server did, whatever the run's size: they were promised it. Raises ``StoreError``
        and ``RunClosedError``."""
        if not is_active(self.state):
            raise RunClosedError
        screened = [kept for draft in drafts for kept in screen(draft)]
        self._intake.count(screened)
        try:
            await self._writer.write(screened, self._clock.now())
            await self._store.keep(self.record.run_id)
        except StoreError as error:
            self._found = self._found or failed("storage_failed", str(error), retryable=True)
            self._changed.set()
            raise

    async def take(self, draft: object, at: float) -> None:
        """Write a draft that was yielded at that moment. Ignored once the run has an end; raises
        ``RunClosedError`` once it is being ended."""
        if self._machine.state not in ACTIVE_STATES:
            raise RunClosedError
        if self._found is not None:
            return
        if at >= self._within_limits_until:
            self._found = self._overdue(at)
        if self._found is None:
            self._stopwatch.sign = at
            try:
                body = plain_token_body(draft) if isinstance(draft, TokenEvent) else None
                if body is not None and isinstance(draft, TokenEvent) and self._intake.takes_token(body):
                    await self._writer.write_token(draft.text, body, at)
                else:
                    await self._take_screened(draft, at)
            except RunClosedError:
                raise
            except BadDraftError as error:
                self._found = failed("bad_event", str(error))
            except StoreError as error:
                self._found = failed("storage_failed", str(error), retryable=True)
            # Raised where the run is ended: a defect, or a run that was deleted.
            except Exception as error:  # noqa: BLE001
                self._found = error
        if self._found is not None:
            self._changed.set()

    async def _take_screened(self, draft: object, at: float) -> None:
        """Write what screening leaves of a draft, up to the run's end."""
        screened = await self._intake.screened(draft)
        # The run may have been ended meanwhile.
        if not is_active(self.state):
            raise RunClosedError
        drafts, self._found = self._intake.up_to_end(screened)
        if drafts:
            await self._writer.write(drafts, at)

    def _overdue(self, at: float) -> Ending | None:
        """What the limits say of the run's own clock: it may be a virtual one, that no watchdog waits on."""
        total_s, silence_s, _ = self._stopwatch.times(at)
        self._within_limits_until = at + self._limits.remaining(total_s, silence_s, None)
        return self._limits.overdue(total_s, silence_s, None)

    def _ending_of(self, agent_task: asyncio.Task[None]) -> Ending:
        """How the run ends now that the agent has."""
        overdue = self._overdue(self._clock.now())
        if overdue is not None:
            return overdue
        return ending_of(agent_task, self.record.run_id)
