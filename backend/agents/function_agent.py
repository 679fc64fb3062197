"""The shortest way to an agent of your own: an async generator that yields text, or drafts for everything else.

    from backend.agents.function_agent import function_agent

    @function_agent
    async def echo(request, context):
        '''Repeats the question.'''
        yield f"You asked: {request.question}"

The decorated function is the object of an entry point of the group ``playhead.agents``.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from backend.agents.agent import AgentEnvironment, AgentOffer, Progress, RunContext, RunRequest, UnknownAgentError
from backend.protocol.events import Draft, KnownEvent, TokenEvent

Answer = Callable[[RunRequest, RunContext], AsyncGenerator[Draft | str, None]]
"""A function to decorate. A text is the next piece of the answer; a draft is any event but ``done``."""


@dataclass(frozen=True, slots=True)
class FunctionAgent:
    """Runs the function once for each run."""

    answer: Answer

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        """The drafts of the function, with texts as tokens. The function is closed when the run ends early."""
        async with aclosing(self.answer(request, context)) as pieces:
            async for piece in pieces:
                yield TokenEvent(text=piece) if isinstance(piece, str) else piece


@dataclass(frozen=True, slots=True)
class FunctionProvider:
    """Offers one agent, named after the function: the first line of its docstring is the title, the rest the
    description."""

    name: str
    answer: Answer

    async def prepare(self, progress: Progress) -> Sequence[str]:
        """There is nothing to prepare."""
        return ()

    async def offers(self) -> Sequence[AgentOffer]:
        """The one agent."""
        title, _, description = (self.answer.__doc__ or self.name).strip().partition("\n")
        return (AgentOffer(self.name, title.strip().rstrip("."), " ".join(description.split())),)

    async def open(self, variant: str) -> FunctionAgent:
        """The agent. Raises ``UnknownAgentError`` for any variant."""
        if variant:
            raise UnknownAgentError(f"There is no agent '{self.name}:{variant}': use '{self.name}'.")
        return FunctionAgent(self.answer)

    async def plan(self, variant: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        """None: nobody knows in advance what the function yields."""
        return None


def function_agent(answer: Answer) -> Callable[[AgentEnvironment], FunctionProvider]:
    """Make an async generator function an agent; returns the object of an entry point of ``playhead.agents``."""
    provider = FunctionProvider(answer.__name__, answer)

    def provide(_: AgentEnvironment) -> FunctionProvider:
        return provider

    return provide
