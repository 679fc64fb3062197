"""A server's inside as a process of its own, to be killed: ``python -m tests.runs.sqlite.writing_child FOLDER``.

Runs an agent that writes without end. Prints the run's id, then the SSE id of the last frame that a watcher was shown,
batch after batch.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from backend.agents.agent import RunContext, RunRequest
from backend.protocol.cursor import START
from backend.protocol.events import Draft, StatusEvent, TokenEvent
from backend.runs.records import RunRecord
from backend.runs.sqlite.store import SqliteStore
from backend.runs.supervisor import RunSupervisor
from backend.settings import Settings
from tests.fakes import opens


class EndlessAgent:
    """Opens a step and writes, a few words at a time."""

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        yield StatusEvent(step_id="s", step="summarizing")
        while True:
            for _ in range(20):
                yield TokenEvent(text="word ")
            await context.clock.sleep(0.001)


async def write(folder: Path) -> None:
    """Write until the process is killed."""
    store = SqliteStore(folder)
    await store.open()
    supervisor = RunSupervisor(store, opens(EndlessAgent()), Settings(data_dir=folder))
    run, _ = await supervisor.accept(RunRecord.asked("Why?", "endless"))
    _say(run.run_id)
    async for batch in store.follow(run.run_id, START):
        _say(str(batch.cursor))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1])))
