"""Agents for clients that another process runs: some wait at a draft until somebody asks for them to go on."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence

from backend.agents.agent import (
    Agent,
    AgentFailure,
    AgentOffer,
    Progress,
    RunContext,
    RunRequest,
    UnknownAgentError,
    UnsuccessfulOutcome,
)
from backend.protocol.events import Draft, KnownEvent
from tests.api.backend_server import DEADLINE_S
from tests.api.told_agents import ListedAgent
from tests.dialects.encoded_runs import FULL


class WaitingAgent:
    """Sends so many drafts of ``FULL``, and the others once it is released."""

    def __init__(self, count: int, released: dict[str, asyncio.Event]) -> None:
        self._count = count
        self._released = released

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        for draft in FULL[: self._count]:
            yield draft
        await asyncio.wait_for(self._released[request.question].wait(), DEADLINE_S)
        for draft in FULL[self._count :]:
            yield draft


class ReleasingAgent:
    """Releases the runs of the same question; it has no answer of its own."""

    def __init__(self, released: dict[str, asyncio.Event]) -> None:
        self._released = released

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        self._released[request.question].set()
        return
        yield


class FailingAgent:
    """Sends all of ``FULL``, then ends badly."""

    def __init__(self, failure: AgentFailure) -> None:
        self._failure = failure

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        for draft in FULL:
            yield draft
        raise self._failure


FAILURES: dict[str, tuple[str, UnsuccessfulOutcome]] = {
    "fail": ("no_quota", "failed"),
    "break": ("stream_cut", "interrupted"),
}
"""The agents that end badly: their error's code and the outcome."""


class ClientsProvider:
    """Offers ``clients:full``, ``clients:wait-<count>``, ``clients:release`` and those of ``FAILURES``."""

    name = "clients"

    def __init__(self) -> None:
        self._released: dict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def prepare(self, progress: Progress) -> Sequence[str]:
        return []

    async def offers(self) -> Sequence[AgentOffer]:
        return [AgentOffer("clients:full", "Full", "Sends one of everything.")]

    async def open(self, variant: str) -> Agent:
        kind, _, count = variant.partition("-")
        if kind == "full":
            return ListedAgent(FULL)
        if kind == "wait":
            return WaitingAgent(int(count), self._released)
        if kind == "release":
            return ReleasingAgent(self._released)
        if kind in FAILURES:
            code, outcome = FAILURES[kind]
            return FailingAgent(AgentFailure(code, f"It was to {kind}.", retryable=False, outcome=outcome))
        raise UnknownAgentError(f"There is no agent {variant!r}.")

    async def plan(self, variant: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        return None
