"""A worker stops while another one is there: what can begin again does, and everything else ends with a warning."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from backend.agents.agent import AgentOffer, Progress, RunContext, RunRequest, UnknownAgentError
from backend.agents.person import PersonRequest, Steerable
from backend.protocol.checks import check
from backend.protocol.events import (
    DoneEvent,
    Draft,
    Event,
    KnownEvent,
    StatusEvent,
    TokenEvent,
    WarningEvent,
    parse_event,
)
from backend.protocol.run_view import RunView
from backend.protocol.view import fold
from tests.api.deployment import Deployment
from tests.api.readers import followed, frames, start
from tests.redis_server import RedisServer

pytestmark = pytest.mark.server

STEERABLE = Steerable(pause="exact", messages=True)


@dataclass
class StoppedAgent:
    """Does what its name says, and waits for ever at a worker that is to be stopped."""

    name: str
    stays: bool
    steerable: Steerable = STEERABLE

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        yield StatusEvent(step_id="think", step="thinking")
        if self.name == "shows":
            yield TokenEvent(text="Half ")
        if self.name in ("asks", "answered"):
            answer = await context.ask(PersonRequest("Which one?"))
            yield StatusEvent(step_id="think", step="thinking", detail=str(answer.value))
        if self.stays:
            await asyncio.Event().wait()
        await context.clock.sleep(0.01)
        yield TokenEvent(text="all of it")


@dataclass
class StoppedProvider:
    """Offers the four of them."""

    stays: bool
    name: str = "stops"

    async def prepare(self, progress: Progress) -> Sequence[str]:
        return ()

    async def offers(self) -> Sequence[AgentOffer]:
        return [AgentOffer(f"stops:{name}", name, name, steerable=STEERABLE) for name in NAMES]

    async def open(self, variant: str) -> StoppedAgent:
        if variant not in NAMES:
            raise UnknownAgentError(f"There is no agent {variant!r}.")
        return StoppedAgent(variant, self.stays)

    async def plan(self, variant: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        return None


NAMES = ("thinks", "paused", "shows", "asks", "answered")


@pytest.fixture
def deployment(redis_server: RedisServer, tmp_path: Path) -> Iterator[Deployment]:
    with Deployment.of(redis_server.url, tmp_path) as deployment:
        yield deployment


def codes(events: Sequence[Event]) -> list[str]:
    assert check(events) == []
    return [each.code for each in events if isinstance(each, WarningEvent)]


def test_what_can_begin_again_does_at_another_worker_and_the_rest_ends_with_a_warning(deployment: Deployment) -> None:
    web = deployment.web()
    stopping = deployment.worker([StoppedProvider(stays=True)])
    with web.client() as client:
        runs = {name: start(client, f"stops:{name}") for name in NAMES}
        for run_id in runs.values():
            until(client, run_id, "thinking")
        answer(client, runs["answered"], "left")
        assert client.post(f"/v1/runs/{runs['paused']}/pause", json={"by": {"name": "Ana"}}).status_code == 200
        until(client, runs["shows"], "Half")
        until(client, runs["asks"], "Which one?")
        deployment.worker([StoppedProvider(stays=False)])
        stopping.stop()
        again = answer(client, runs["asks"], "right")
        until(client, runs["paused"], '"step":"paused","state":"started"', times=2)
        client.post(f"/v1/runs/{runs['paused']}/resume", json={}).raise_for_status()
        events = {name: [parse_event(data) for _, _, data in frames(client, run_id)] for name, run_id in runs.items()}
    assert {name: codes(each)[-1] for name, each in events.items()} == {
        "thinks": "worker-stopped",
        "paused": "worker-stopped",
        "shows": "server-stopped",
        "asks": "worker-stopped",
        "answered": "server-stopped",
    }
    views = {name: fold(RunView.start("Why?"), each) for name, each in events.items()}
    assert {name: view.message.answer for name, view in views.items()} == {
        "thinks": "all of it",
        "paused": "all of it",
        "shows": "Half ",
        "asks": "all of it",
        "answered": "",
    }
    ends = {name: each[-1] for name, each in events.items()}
    interrupted = {name for name, end in ends.items() if isinstance(end, DoneEvent) and end.outcome == "interrupted"}
    assert interrupted == {"shows", "answered"}
    asked = views["asks"].stream.inputs
    assert [(each.state, each.answer is None) for each in asked] == [("closed", True), ("answered", False)]
    assert again == asked[1].input_id


def until(client: httpx2.Client, run_id: str, sign: str, times: int = 1) -> None:
    """Follow the run until so many of its events contain this."""
    with followed(client, run_id) as stream:
        for _ in range(times):
            next(message for message in stream if sign in message.data)


def answer(client: httpx2.Client, run_id: str, value: str) -> str:
    """Answer the run's open request as soon as there is one; gives its id."""
    while True:
        asked = [each for each in client.get(f"/v1/runs/{run_id}/inputs").json()["inputs"] if each["state"] == "open"]
        if asked:
            path = f"/v1/runs/{run_id}/inputs/{asked[0]['input_id']}"
            reply = client.post(path, json={"action": "accept", "value": value})
            if reply.status_code == 200:
                return str(asked[0]["input_id"])
