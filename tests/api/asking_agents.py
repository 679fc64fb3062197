"""Agents that ask people, pause and read messages as a test says."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence

from backend.agents.agent import AgentOffer, Progress, RunContext, RunRequest, UnknownAgentError
from backend.agents.person import PersonRequest, Steerable
from backend.protocol.events import Draft, KnownEvent, TokenEvent
from backend.protocol.inputs import InputOption, ProposedTool

TRANSFER = ProposedTool(
    name="transfer",
    arguments={"amount": 100, "to": "Ana"},
    editable=True,
    arguments_schema={
        "type": "object",
        "properties": {"amount": {"type": "integer", "maximum": 500}, "to": {"type": "string"}},
        "required": ["amount", "to"],
        "additionalProperties": False,
    },
)
FORM = {
    "type": "object",
    "properties": {"quarter": {"enum": ["Q1", "Q2"]}, "year": {"type": "integer", "minimum": 2000}},
    "required": ["quarter", "year"],
}
REQUESTS: dict[str, tuple[PersonRequest, ...]] = {
    "approval": (PersonRequest("Transfer 100 to Ana?", kind="approval", tool=TRANSFER, needs="approve"),),
    "choice": (
        PersonRequest("Which one?", kind="choice", options=(InputOption(value="a", label="A"), InputOption(value="b"))),
    ),
    "text": (PersonRequest("Which period?"),),
    "form": (PersonRequest("Which quarter?", kind="form", value_schema=FORM),),
    "secret": (PersonRequest("Your password?", sensitive=True),),
    "several": (PersonRequest("First?"), PersonRequest("Second?")),
    "short": (PersonRequest("Quick?", expires_s=0.05),),
    "lasting": (PersonRequest("Take your time.", expires_s=600),),
}


class AskingAgent:
    """Asks everything at once, then says what it was answered, as JSON."""

    def __init__(self, requests: Sequence[PersonRequest]) -> None:
        self._requests = requests
        self.steerable = Steerable(pause="exact", messages=True)

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        yield TokenEvent(text="Asked. ")
        answers = await asyncio.gather(*map(context.ask, self._requests))
        read = [message.text for message in await context.messages()]
        said = [[answer.action, answer.value, answer.arguments, answer.expired] for answer in answers]
        yield TokenEvent(text=json.dumps([said, read]))


class AskingProvider:
    """Offers ``asks:approval`` and so on, one for each of ``requests``."""

    name = "asks"

    def __init__(self, requests: Mapping[str, Sequence[PersonRequest]] = REQUESTS) -> None:
        self._requests = requests

    async def prepare(self, progress: Progress) -> Sequence[str]:
        return ()

    async def offers(self) -> Sequence[AgentOffer]:
        steerable = Steerable(pause="exact", messages=True)
        return [AgentOffer(f"asks:{name}", name, "Asks.", steerable=steerable) for name in self._requests]

    async def open(self, variant: str) -> AskingAgent:
        if variant not in self._requests:
            raise UnknownAgentError(f"There is no agent {variant!r}.")
        return AskingAgent(self._requests[variant])

    async def plan(self, variant: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        return None
