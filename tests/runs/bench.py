"""A supervisor to try agents on, without waiting for real time."""

from dataclasses import dataclass

from backend.agents.agent import Agent
from backend.protocol.checks import check
from backend.protocol.events import (
    DoneEvent,
    ErrorEvent,
    Event,
    StatusEvent,
)
from backend.protocol.options import RunOptions
from backend.runs.records import RunRecord
from backend.runs.supervisor import RunSupervisor
from backend.settings import Settings
from tests.fakes import FakeAgent, ManualClock, Step, opens, settle
from tests.memory_store import MemoryStore
from tests.runs.logs import a_record

STEP = StatusEvent(step_id="s", step="retrieving")
STEP_DONE = StatusEvent(step_id="s", step="retrieving", state="finished")


@dataclass
class Bench:
    """A supervisor on a store in memory and a clock that only the test moves."""

    store: MemoryStore
    clock: ManualClock
    settings: Settings

    def supervise(self, agent: Agent) -> RunSupervisor:
        return RunSupervisor(self.store, opens(agent), self.settings, self.clock, self.clock)

    async def run(self, *steps: Step, options: RunOptions | None = None, agent: str = "fake") -> list[Event]:
        """Run a fake agent with these steps to the end of the run; gives the log, which keeps the six rules."""
        supervisor = self.supervise(FakeAgent(steps))
        record, _ = await supervisor.accept(a_record(options=options or RunOptions(), agent=agent))
        await settle()
        await supervisor.ended(record.run_id)
        return await self.log(record)

    async def log(self, record: RunRecord) -> list[Event]:
        """The log of a run that has ended; it keeps the six rules."""
        events = list(await self.store.events(record.run_id))
        assert check(events) == []
        return events


def kinds(events: list[Event]) -> list[str]:
    return [event.type for event in events]


def the_done(events: list[Event]) -> DoneEvent:
    done = events[-1]
    assert isinstance(done, DoneEvent)
    return done


def the_error(events: list[Event]) -> ErrorEvent:
    error = events[-2]
    assert isinstance(error, ErrorEvent)
    return error
