"""The backend under measurement, and how a run is begun on it and read: over server-sent events, or a channel."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from backend.launch.server import LocalServer
from evals.transports.scenarios import SHORT, write_scenarios
from evals.transports.server_cost import ServerCost
from evals.wire.arrivals import parse, post_request
from evals.wire.control_channel import CallOutcome, ChannelFailed, HeardMessage, WireChannel, wire_channel
from evals.wire.exchange import Address, Capture, Heard, exchange

MOST_RUNS: Final = 1000
DEADLINE_S: Final = 90.0


class TransportBenchError(Exception):
    """A case could not be measured; the message says why."""


@dataclass(frozen=True, slots=True)
class Bench:
    """A backend that nobody else uses."""

    address: Address
    cost: ServerCost

    async def call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """A POST over a connection of its own. Raises ``TransportBenchError``."""
        capture = await exchange(self.address, post_request(self.address, path, body, "application/json"), DEADLINE_S)
        answer = parse(capture)
        if answer.status not in (200, 201, 202):
            raise TransportBenchError(f"{path} failed: {answer.failure}")
        return document(capture)

    async def start(self, agent: str, session: str | None = None) -> tuple[str, str]:
        """Start a run that nobody reads yet; gives its id and that of its conversation."""
        accepted = await self.call("/v1/runs", question(agent) | ({"session_id": session} if session else {}))
        return str(accepted["run_id"]), str(accepted["session_id"])

    async def conversation(self) -> str:
        """A new conversation, whose first run has been asked for."""
        return (await self.start(SHORT))[1]

    async def stream(self, agent: str, heard: Heard | None = None, *, through: Address | None = None) -> Capture:
        """A run over server-sent events, as the answer to its POST, to its end."""
        address = through or self.address
        request = post_request(address, "/v1/runs", question(agent))
        return await exchange(address, request, DEADLINE_S, heard)

    @asynccontextmanager
    async def channel(
        self,
        session: str,
        capture: Capture,
        heard: HeardMessage | None = None,
        *,
        through: Address | None = None,
        hello: Mapping[str, Any] | None = None,
    ) -> AsyncIterator[WireChannel]:
        """A control channel of a conversation. Raises ``ChannelFailed``."""
        path = f"/v1/sessions/{session}/control"
        async with wire_channel(through or self.address, path, capture, heard, hello) as channel:
            yield channel


def question(agent: str) -> dict[str, Any]:
    """The question that starts a run of a scenario."""
    return {"question": "How fast?", "agent": f"scripted:{agent}"}


async def run_over(channel: WireChannel, agent: str) -> str:
    """Start a run over a channel and follow it; gives its id. The capture's times count from the start."""
    started = await channel.command("start", new_run=question(agent))
    channel.capture.sent_ns = started.sent_ns
    run_id = str(taken(started).result.get("run_id"))
    taken(await channel.command("follow", run=run_id))
    return run_id


def taken(outcome: CallOutcome) -> CallOutcome:
    """The same outcome. Raises ``ChannelFailed`` for a command that was refused."""
    if outcome.status != 200:
        raise ChannelFailed(f"A command was refused: {outcome.failure}")
    return outcome


def document(capture: Capture) -> dict[str, Any]:
    """The JSON object that a call was answered with; empty where it is not one."""
    received = b"".join(data for _, data in capture.chunks)
    try:
        found = json.loads(received.partition(b"\r\n\r\n")[2])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@contextmanager
def fresh_backend() -> Iterator[Bench]:
    """A backend in a process of its own, with data of its own. Raises ``ChildFailed``."""
    with TemporaryDirectory(prefix="playhead-transports-") as folder:
        scenarios = Path(folder) / "scenarios"
        scenarios.mkdir()
        write_scenarios(scenarios)
        with LocalServer(Path(folder) / "data", scenarios_dir=scenarios, max_runs=MOST_RUNS) as server:
            yield Bench(Address.parse(server.url), ServerCost(server.process.pid))


async def all_of(*work: Any) -> list[Any]:
    """Everything at once; the first failure ends the rest."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(each) for each in work]
    return [task.result() for task in tasks]
