"""Agents that do what a test tells them, from another thread than the server's."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from backend.agents.agent import (
    AgentOffer,
    Progress,
    RunContext,
    RunRequest,
    UnknownAgentError,
)
from backend.protocol.events import ArtifactEvent, CitationEvent, Draft, KnownEvent, StatusEvent, TokenEvent
from tests.api.backend_server import DEADLINE_S

ORDINARY: tuple[Draft, ...] = (
    StatusEvent(step_id="look", step="retrieving"),
    StatusEvent(step_id="look", step="retrieving", state="finished"),
    CitationEvent(citation_id="c", number=1, title="10-Q Filing", source="sec"),
    TokenEvent(text="Déjà vu \u2028 \U0001f600"),
    TokenEvent(text=" [1]"),
    ArtifactEvent(artifact_id="v", kind="value", content={"value": 61}),
)


@dataclass(slots=True)
class HeldAgent:
    """Sends a step and a token, then waits to be let go on, then sends another token."""

    go_on: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)
    runs: int = 0

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        self.runs += 1
        try:
            yield StatusEvent(step_id="think", step="thinking")
            yield TokenEvent(text="before ")
            self.begun.set()
            await asyncio.to_thread(self.go_on.wait, DEADLINE_S)
            yield TokenEvent(text="after")
            yield StatusEvent(step_id="think", step="thinking", state="finished")
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled.set()
            self.go_on.set()
            raise


class ListedAgent:
    """Sends a list of drafts, as fast as they are taken."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self._drafts = drafts

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        for draft in self._drafts:
            yield draft


class ReadingAgent:
    """Repeats what it finds in the files of its conversation, one token for each."""

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        for file in context.attachments:
            content = await asyncio.to_thread(file.path.read_bytes)
            yield TokenEvent(text=f"{file.name} {file.kind} {file.size} {file.is_new} {content[:20]!r}; ")


class ToldProvider:
    """Offers ``told:ordinary``, ``told:held``, ``told:reading``, which takes text and PNG pictures,
    ``told:words-<count>`` and ``told:blocks-<count>`` of 8 kB each."""

    name = "told"

    def __init__(self) -> None:
        self.held = HeldAgent()
        self.may_prepare = threading.Event()
        self.may_prepare.set()

    async def prepare(self, progress: Progress) -> Sequence[str]:
        progress(1, 3, "reading files")
        await asyncio.to_thread(self.may_prepare.wait, DEADLINE_S)
        return ["One file was skipped."]

    async def offers(self) -> Sequence[AgentOffer]:
        return [
            AgentOffer("told:ordinary", "Ordinary", "Does the ordinary.", ("Why?",)),
            AgentOffer("told:held", "Held", "Waits."),
            AgentOffer("told:reading", "Reading", "Reads files.", file_kinds=("txt", "png")),
        ]

    async def open(self, variant: str) -> HeldAgent | ListedAgent | ReadingAgent:
        if variant == "reading":
            return ReadingAgent()
        if variant == "held":
            return self.held
        if variant == "ordinary":
            return ListedAgent(ORDINARY)
        kind, _, count = variant.partition("-")
        if kind == "words":
            return ListedAgent([TokenEvent(text=f"word{number} ") for number in range(int(count))])
        if kind == "blocks":
            return ListedAgent([TokenEvent(text="x" * 8192)] * int(count))
        raise UnknownAgentError(f"There is no agent {variant!r}.")

    async def plan(self, variant: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        await self.open(variant)
        return None
