"""Fakes of the ports, shared by all rooms: an agent that does as it is told, and clocks that no test waits for."""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from backend.agents.agent import Agent, RunContext, RunRequest, UnknownAgentError
from backend.protocol.events import Draft, StatusEvent, TokenEvent
from backend.protocol.options import RunOptions

SETTLE_TURNS = 50
"""Turns of the event loop after which tasks that only wait for each other have come to rest."""


async def turn() -> None:
    """Let every other task that is ready go on once; no time passes."""
    await asyncio.sleep(0)


async def settle() -> None:
    """Let every task go on until it waits for something from outside."""
    for _ in range(SETTLE_TURNS):
        await turn()


class ManualClock:
    """Stands still until a test moves it on; whoever sleeps wakes exactly when its time has come."""

    def __init__(self, start: float = 1000.0) -> None:
        self._now = start
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await turn()
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """Move on by so much, waking sleepers in the order of their times and letting each have its turn."""
        await settle()
        until = self._now + seconds
        while self._sleepers and self._sleepers[0][0] <= until:
            self._now, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
                await settle()
        self._now = until
        await settle()


@dataclass(slots=True)
class Sleep:
    """A step of a fake agent: sleep so many seconds on the run's clock."""

    seconds: float


Step = Draft | object | Sleep | asyncio.Event | BaseException | Callable[[], Awaitable[None]]
"""What a fake agent does: yield a draft (or whatever else it is given), sleep, wait for an event, raise, or call."""


@dataclass(slots=True)
class FakeAgent:
    """Does its steps one after the other and notes what happens to it."""

    steps: tuple[Step, ...] = ()
    default_options: RunOptions | None = None
    """Its own time limits."""
    requests: list[RunRequest] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the agent has been let go, however that came about."""
    cancelled: bool = False

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        self.requests.append(request)
        try:
            for step in self.steps:
                if isinstance(step, BaseException):
                    # Raised again and again, it would carry the traceback of every time.
                    raise step.with_traceback(None)
                if isinstance(step, Sleep):
                    await context.clock.sleep(step.seconds)
                elif isinstance(step, asyncio.Event):
                    await step.wait()
                elif callable(step):
                    await step()
                else:
                    yield step  # type: ignore[misc]
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        finally:
            self.closed.set()


class StubbornAgent:
    """Swallows every cancel and goes on for as long as it is let."""

    def __init__(self) -> None:
        self.release = asyncio.Event()
        self.swallowed = 0

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        yield StatusEvent(step_id="s", step="retrieving")
        while not self.release.is_set():
            try:
                await self.release.wait()
            except asyncio.CancelledError:
                self.swallowed += 1
        yield TokenEvent(text="too late")
        yield TokenEvent(text="much too late")


def opens(agent: Agent) -> Callable[[str], Awaitable[Agent]]:
    """What a supervisor is given to find agents with: finds this one under every name but ``unknown``."""

    async def open_agent(name: str) -> Agent:
        if name == "unknown":
            raise UnknownAgentError("There is no agent 'unknown'. There is: fake.")
        return agent

    return open_agent


class VirtualClock:
    """A clock that stands still except when slept on: sleeping takes no real time and is exact."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start

    def now(self) -> float:
        """Seconds slept so far, beside the start."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Move the clock on, after giving other tasks a turn."""
        await turn()
        self._now += max(0.0, seconds)
