"""A server whose agent sends tokens at a given pace: ``python -m benchmarks._paced_server FOLDER``. Prints its address.

It has two more routes: its CPU time, and a run's log as sse-starlette sends it.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from backend.agents.agent import Agent, AgentOffer, Progress, RunContext, RunRequest
from backend.protocol.events import Draft, KnownEvent, TokenEvent


class PacedAgent:
    """Sends ``count`` tokens, ``rate`` a second, or all at once with a rate of 0."""

    def __init__(self, count: int, rate: float) -> None:
        self._count = count
        self._rate = rate

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        """The tokens."""
        began = context.clock.now()
        for number in range(self._count):
            if self._rate:
                await context.clock.sleep(began + number / self._rate - context.clock.now())
            yield TokenEvent(text="token ")


class PacedProvider:
    """Offers ``paced:<count>-<rate>``."""

    name = "paced"

    async def prepare(self, progress: Progress) -> Sequence[str]:
        """Nothing to do."""
        return ()

    async def offers(self) -> Sequence[AgentOffer]:
        """Nothing listed."""
        return ()

    async def open(self, variant: str) -> Agent:
        """The agent."""
        count, _, rate = variant.partition("-")
        return PacedAgent(int(count), float(rate))

    async def plan(self, variant: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        """Unknown."""
        return None


async def serve(folder: Path) -> None:
    """Serve until the process is ended; ``folder`` is for its data."""
    from sse_starlette.sse import EventSourceResponse

    from backend.api.app import create_app
    from backend.api.server import Server, address_of, listen
    from backend.protocol.cursor import START
    from backend.settings import Settings
    from backend.wiring import build_services, running, stop

    services = build_services(Settings(data_dir=folder, max_concurrent_runs=1000), [PacedProvider()])
    app = create_app(services)

    @app.get("/cpu")
    async def cpu() -> float:
        return time.process_time()

    @app.get("/plain/{run_id}/events", response_class=EventSourceResponse)
    async def plain(run_id: str) -> EventSourceResponse:
        async def dicts() -> AsyncIterator[dict[str, str]]:
            async for batch in services.store.follow(run_id, START):
                for frame in batch.frames:
                    cursor, kind, data = frame.decode().rstrip("\n").split("\n")
                    yield {"id": cursor[4:], "event": kind[7:], "data": data[6:]}

        return EventSourceResponse(dicts(), sep="\n")

    listener = listen("127.0.0.1", 0)
    address = address_of(listener)

    def started() -> None:
        print(address, flush=True)  # noqa: T201 - the parent reads it

    async with running(services):
        await Server(app, stop=lambda: stop(services), started=started).serve([listener])


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
