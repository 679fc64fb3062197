"""Servers that are there to be killed: ``python -m tests.api.mortal_servers FOLDER``.

Every line on standard input starts one more server on the folder, forked from a process that has imported everything,
and prints its process id and its address. Each process serves an agent ``endless`` that writes until it is killed, and
those of ``asking_agents``.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from backend.agents.agent import Agent, AgentOffer, Progress, RunContext, RunRequest
from backend.api.app import create_app
from backend.api.server import Server, address_of, listen
from backend.protocol.events import Draft, KnownEvent, StatusEvent, TokenEvent
from backend.settings import Settings
from backend.wiring import build_services, running, stop
from tests.api.asking_agents import AskingProvider


class EndlessAgent:
    """Opens a step and writes, a few words at a time."""

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        yield StatusEvent(step_id="s", step="summarizing")
        number = 0
        while True:
            for _ in range(4):
                number += 1
                yield TokenEvent(text=f"word{number} ")
            await context.clock.sleep(0.001)


class EndlessAgents:
    """Offers the agent ``endless``."""

    name = "endless"

    async def prepare(self, progress: Progress) -> Sequence[str]:
        return ()

    async def offers(self) -> Sequence[AgentOffer]:
        return ()

    async def open(self, variant: str) -> Agent:
        return EndlessAgent()

    async def plan(self, variant: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        return None


async def serve(folder: Path) -> None:
    """Serve until the process is killed."""
    services = build_services(Settings(data_dir=folder, port=0), [EndlessAgents(), AskingProvider()])
    listener = listen("127.0.0.1", 0)
    app = create_app(services)

    def started() -> None:
        _say(f"{os.getpid()} {address_of(listener)}")

    async with running(services):
        await Server(app, stop=lambda: stop(services), started=started).serve([listener])


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Fork a server for every line; wait for its end before the next."""
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(serve(Path(sys.argv[1])))
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
