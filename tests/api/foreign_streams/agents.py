"""Agents for foreign clients: one that sends draft after draft as its test lets it, and some that end badly."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Sequence

from backend.agents.agent import (
    Agent,
    AgentFailure,
    AgentOffer,
    Progress,
    RunContext,
    RunRequest,
    UnknownAgentError,
)
from backend.protocol.events import Draft, KnownEvent, TokenEvent
from tests.api.backend_server import DEADLINE_S
from tests.api.told_agents import HeldAgent, ListedAgent
from tests.dialects.encoded_runs import FULL


class SteppedAgent:
    """Sends each draft of ``FULL`` once its test says ``go``, as often as it does, and ends once it says ``end``."""

    def __init__(self) -> None:
        self._may = threading.Semaphore(0)

    def go(self, times: int = 1) -> None:
        """Let it send so many drafts more."""
        for _ in range(times):
            self._may.release()

    def end(self, sent: int) -> None:
        """Let it send everything behind the ``sent`` drafts so far, and end."""
        self.go(len(FULL) - sent + 1)

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        for draft in FULL:
            assert await asyncio.to_thread(self._may.acquire, timeout=DEADLINE_S)
            yield draft
        assert await asyncio.to_thread(self._may.acquire, timeout=DEADLINE_S)


class FailingAgent:
    """Sends a word, then fails for a reason that a reader may see."""

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        yield TokenEvent(text="half ")
        raise AgentFailure("no_quota", "The provider has no quota left.", retryable=False)


class BrokenOffAgent:
    """Sends a word, then says that its own source broke off."""

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        yield TokenEvent(text="half ")
        raise AgentFailure("stream_cut", "The stream broke off.", retryable=True, outcome="interrupted")


class SilentAgent:
    """Sends a word, then nothing for as long as it may."""

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        yield TokenEvent(text="half ")
        await asyncio.Event().wait()


class RecallingAgent:
    """Answers with the question and the turns it was told of, as JSON."""

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        context.report_usage({"input_tokens": 3, "output_tokens": 5})
        turns = [[turn.question, turn.answer] for turn in request.history]
        yield TokenEvent(text=json.dumps([request.question, turns]))


class ForeignProvider:
    """Offers ``to:full``, ``to:step``, ``to:fail``, ``to:break``, ``to:recall``, ``to:silent``
    and ``to:hold``."""

    name = "to"

    def __init__(self) -> None:
        self.stepped = SteppedAgent()
        self.held = HeldAgent()

    async def prepare(self, progress: Progress) -> Sequence[str]:
        return []

    async def offers(self) -> Sequence[AgentOffer]:
        return [AgentOffer("to:full", "Full", "Sends one of everything.")]

    async def open(self, variant: str) -> Agent:
        agents: dict[str, Agent] = {
            "full": ListedAgent(FULL),
            "step": self.stepped,
            "fail": FailingAgent(),
            "break": BrokenOffAgent(),
            "recall": RecallingAgent(),
            "silent": SilentAgent(),
            "hold": self.held,
        }
        if variant not in agents:
            raise UnknownAgentError(f"There is no agent {variant!r}.")
        return agents[variant]

    async def plan(self, variant: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        return None
