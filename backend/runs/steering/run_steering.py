"""The people of one run: carries out what the machine decides, in the log, on the clocks and towards the agent."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from backend.agents.agent import AgentFailure
from backend.agents.asked_input import asked_input
from backend.agents.clock import Clock
from backend.agents.input_answers import SCENARIO
from backend.agents.person import People, PersonAnswer, PersonMessage, PersonRequest, Steerable
from backend.protocol.cursor import Cursor
from backend.protocol.ending import Ending
from backend.protocol.events import StatusEvent, WarningEvent
from backend.protocol.inputs import PAUSED, STEERING, GivenAnswer, Person
from backend.protocol.run_view import StepView
from backend.runs.ids import new_input_id, new_run_id
from backend.runs.state import RunClosedError
from backend.runs.steering.held_drafts import HeldDrafts
from backend.runs.steering.machine import Settled, SteeringMachine
from backend.runs.steering.messages import SentMessage
from backend.runs.steering.pausable_clock import PausableClock
from backend.runs.steering.refusals import SteeringRefusal

MOST_OPEN = 50
"""Requests of one run that may be open at a time."""


class SteeredRun(Protocol):
    """What people need of a run: its log, its time and its end."""

    @property
    def elapsed_ms(self) -> float:
        """Milliseconds since the run was accepted."""
        ...

    @property
    def cursor(self) -> Cursor:
        """The last event of the log."""
        ...

    def open_steps(self) -> Sequence[StepView]:
        """The steps that are open now, in the order in which they began."""
        ...

    async def note(self, statuses: Sequence[StatusEvent]) -> None:
        """Write these into the log. Does not wait where the store does not."""
        ...

    async def take(self, draft: object, at: float) -> None:
        """Write what the agent yielded at that moment."""
        ...

    def alive(self) -> None:
        """The agent has shown that it works."""
        ...

    def stand(self, *, waiting: bool, paused: bool) -> None:
        """The limits stand still while a request is open or the run is paused."""
        ...

    def stop(self, ending: Ending) -> bool:
        """End the run like this."""
        ...


class RunSteering:
    """One run's requests, pauses and messages. Belongs to one event loop; decides and writes without a wait between."""

    def __init__(self, run: SteeredRun, clock: Clock, timer: Clock, pause_limit_s: float) -> None:
        self.machine = SteeringMachine(new_input_id)
        self.queued: list[SentMessage] = []
        """What people queued, once the run is closed: it begins the next run, ``next_run_id``."""
        self.next_run_id: str | None = None
        self.held = HeldDrafts()
        self.begun = asyncio.Event()
        """Set once the agent runs."""
        self._run = run
        self._timer = timer
        self._pause_limit_s = pause_limit_s
        self._answers: dict[str, asyncio.Future[Settled]] = {}
        self._pause_alarm: asyncio.Task[None] | None = None
        self._resumed = asyncio.Event()
        self._resumed.set()
        self.clock = PausableClock(clock, self._wait_for_resume)

    @property
    def cursor(self) -> Cursor:
        """The last event of the log."""
        return self._run.cursor

    def knows_input(self, input_id: str) -> bool:
        """Whether the agent asked with this id, in this process."""
        return self.machine.knows_input(input_id)

    def start(self, steerable: Steerable) -> None:
        """The agent runs from now on, and can be steered like this."""
        self.machine.start(steerable)
        self.begun.set()

    def people(self) -> People:
        """What the agent reaches people with."""
        return People(self.ask, self.read_messages, self.checkpoint)

    def clock_for(self, steerable: Steerable, clock: Clock) -> Clock:
        """The clock that the agent lives by: one that stands still in a pause, if its pause is exact."""
        return self.clock if steerable.pause == "exact" else clock

    async def ask(self, wanted: PersonRequest) -> PersonAnswer:
        """See ``RunContext.ask``."""
        if len(self.machine.open_ids) >= MOST_OPEN:
            raise AgentFailure("bad_request", f"The agent asked more than {MOST_OPEN} things at a time.")
        input_id = new_input_id()
        step = next((each.step for each in self._run.open_steps() if each.step_id == wanted.step_id), None)
        asked = asked_input(wanted, input_id, self._run.elapsed_ms, step)
        answered: asyncio.Future[Settled] = asyncio.get_running_loop().create_future()
        self._answers[input_id] = answered
        helpers = [*self._expiry(wanted, input_id), *self._scripted(wanted, input_id)]
        self._run.alive()
        try:
            await self._note(self.machine.ask(asked, self._run.elapsed_ms))
            settled = await answered
        finally:
            del self._answers[input_id]
            for helper in helpers:
                helper.cancel()
            await self._note(self.machine.abandon(input_id))
        if self.machine.steerable.pause in ("exact", "step"):
            await self._wait_for_resume()
        return _answer_for_agent(wanted, settled)

    async def answer(self, input_id: str, given: GivenAnswer, *, by: Person | None, via: str) -> Settled:
        """Take a person's answer. Raises ``SteeringRefusal`` as ``SteeringMachine.answer`` does."""
        settled, statuses = self.machine.answer(input_id, given, self._run.elapsed_ms, by=by, via=via)
        await self._settled(input_id, settled, statuses)
        return settled

    async def pause(self, by: Person | None) -> None:
        """Pause the run. Raises ``SteeringRefusal`` as ``SteeringMachine.pause`` does."""
        statuses = self.machine.pause(by)
        if statuses:
            self._resumed.clear()
            self.clock.pause()
            self._pause_alarm = asyncio.create_task(self._end_long_pause())
            await self._note(statuses)

    async def resume(self, by: Person | None) -> None:
        """Continue the run: what was held is written first. Raises ``SteeringRefusal``: ``run-ended``."""
        if self.machine.paused:
            with suppress(RunClosedError):
                await self.held.release(self._run.take)
        await self._note(self.machine.resume(by))
        self._let_go()

    async def send(self, message: SentMessage) -> SentMessage:
        """Accept a message. Raises ``SteeringRefusal`` as ``SteeringMachine.send`` does."""
        sent, statuses = self.machine.send(message)
        await self._note(statuses)
        return sent

    async def inherit(self, messages: Sequence[SentMessage]) -> None:
        """Queue what was queued behind the run before this one."""
        for message in messages:
            await self.send(replace(message, state="waiting", delivered_to=None))

    async def withdraw(self, message_id: str) -> SentMessage:
        """Take a message back. Raises ``SteeringRefusal`` as ``SteeringMachine.withdraw`` does."""
        sent, statuses = self.machine.withdraw(message_id)
        await self._note(statuses)
        return sent

    async def read_messages(self) -> Sequence[PersonMessage]:
        """See ``RunContext.messages``."""
        at = [step.step_id for step in self._run.open_steps() if step.step not in (PAUSED, STEERING)]
        messages, statuses = self.machine.read_messages(at[-1] if at else None)
        await self._note(statuses)
        return messages

    async def checkpoint(self) -> None:
        """See ``RunContext.checkpoint``."""
        if self.machine.steerable.pause in ("exact", "step"):
            await self._wait_for_resume()

    async def pass_on(self, draft: object, at: float) -> bool:
        """Let a draft that the agent yielded at that moment wait for the end of a pause, as the agent's mode asks: it
        may have to as long as the run is paused or a draft is held.
        True if it was taken here, and is written later."""
        mode = self.machine.steerable.pause
        if mode == "exact":
            await self._wait_for_resume()
        elif mode == "hold" and (self.machine.paused or self.held.pending):
            while self.held.full:
                await self._wait_for_resume()
            self.held.add(draft, at)
            return True
        return False

    def close(self, reason: str, *, follow_up: bool) -> list[StatusEvent]:
        """The run is being ended. ``follow_up``: queued messages become the next run. Gives the last statuses."""
        if self.next_run_id is None and follow_up and self.machine.messages.waiting("queue"):
            self.next_run_id = new_run_id()
        self.queued, statuses = self.machine.close(self.next_run_id, reason)
        self._let_go()
        return statuses

    def _let_go(self) -> None:
        if self._pause_alarm is not None:
            self._pause_alarm.cancel()
            self._pause_alarm = None
        self.clock.resume()
        self._resumed.set()

    async def _wait_for_resume(self) -> None:
        await self._resumed.wait()

    async def _note(self, statuses: Sequence[StatusEvent]) -> None:
        if statuses:
            self._run.stand(waiting=self.machine.waiting, paused=self.machine.paused)
            await self._run.note(statuses)

    async def _settled(self, input_id: str, settled: Settled, statuses: Sequence[StatusEvent]) -> None:
        await self._note(statuses)
        answered = self._answers.get(input_id)
        if answered is not None and not answered.done():
            answered.set_result(settled)

    def _expiry(self, wanted: PersonRequest, input_id: str) -> list[asyncio.Task[None]]:
        expires_s = wanted.expires_s
        if expires_s is None:
            return []

        async def expire() -> None:
            await self._timer.sleep(expires_s)
            expired = self.machine.expire(input_id, self._run.elapsed_ms)
            if expired is not None:
                await self._settled(input_id, *expired)

        return [_task(expire)]

    def _scripted(self, wanted: PersonRequest, input_id: str) -> list[asyncio.Task[None]]:
        scripted = wanted.scripted
        if scripted is None:
            return []

        async def answer() -> None:
            await self.clock.sleep(scripted.after_s)
            if input_id in self.machine.open_ids:
                try:
                    await self.answer(input_id, scripted.given, by=None, via=SCENARIO)
                except SteeringRefusal as refusal:
                    failure = AgentFailure("bad_answer", f"The scenario's own answer does not fit: {refusal}")
                    self._answers[input_id].set_exception(failure)

        return [_task(answer)]

    async def _end_long_pause(self) -> None:
        await self._timer.sleep(self._pause_limit_s)
        message = f"The run was paused for {self._pause_limit_s:g} s, so it was cancelled."
        self._run.stop(Ending("cancelled", last_words=(WarningEvent(code="paused_too_long", message=message),)))


def _task(work: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
    async def run() -> None:
        await work()

    return asyncio.create_task(run())


def _answer_for_agent(wanted: PersonRequest, settled: Settled) -> PersonAnswer:
    """The answer with what was really said. Raises ``AgentFailure`` where expiry fails the run."""
    if settled.expired and wanted.on_expiry == "fail":
        raise AgentFailure("input_expired", "Nobody answered in time, and the agent needs an answer to continue.")
    return replace(PersonAnswer.of(wanted, settled.given, settled.answer.by), expired=settled.expired)
