"""A process whose files may not grow any further: ``python -m tests.runs.sqlite.full_disk_child FOLDER``.

The limit is the system's own (RLIMIT_FSIZE): writes beyond it fail with EFBIG, as they do with ENOSPC on a full disk.
"""

import asyncio
import resource
import sys
from pathlib import Path

from backend.protocol.cursor import START
from backend.protocol.events import ErrorEvent, TokenEvent
from backend.runs.sqlite.store import SqliteStore
from backend.runs.store import StoreError
from backend.runs.supervisor import RunSupervisor
from backend.settings import Settings
from tests.fakes import FakeAgent, Sleep, opens
from tests.runs.logs import a_record, frames_of

LIMIT_BYTES = 256 * 1024
STEPS = tuple(step for _ in range(2000) for step in (TokenEvent(text="x" * 1000), Sleep(0.001)))


def limit_files(size: int) -> None:
    """Let no file of this process grow beyond so many bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


async def fill(folder: Path) -> None:
    """Run into the limit, lift it, and go on."""
    store = SqliteStore(folder)
    await store.open()
    supervisor = RunSupervisor(store, opens(FakeAgent(STEPS)), Settings(data_dir=folder))
    run, _ = await supervisor.accept(a_record())
    limit_files(LIMIT_BYTES)
    seen = [frame async for batch in store.follow(run.run_id, START) for frame in batch.frames]
    error = (await store.events(run.run_id))[-2]
    code = error.code if isinstance(error, ErrorEvent) else "no error"
    say(f"the run ended as {(await store.record(run.run_id)).outcome} with {code}")

    refused = a_record(question="x" * 15_000)
    try:
        while True:
            await store.submit(refused)
            refused = a_record(question="x" * 15_000)
    except StoreError as problem:
        say(f"refused: {problem}")

    limit_files(resource.RLIM_INFINITY)
    await store.submit(refused)
    say("taken once there was room")
    await supervisor.shutdown()
    await store.close()

    again = SqliteStore(folder)
    await again.open()
    kept = await frames_of(again, run.run_id)
    say("everything the watcher saw is kept" if kept == seen else "something is lost")
    await again.close()


def say(line: str) -> None:
    """Tell the parent."""
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    asyncio.run(fill(Path(sys.argv[1])))
