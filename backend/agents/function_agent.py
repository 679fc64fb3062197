"""The shortest way to an agent of your own: an async generator that yields text, or drafts for everything else.

    from backend.agents.function_agent import function_agent

    @function_agent
    async def echo(request, context):
        '''Repeats the question.'''
        yield f"You asked: {request.question}"

The decorated function is the object of an entry point of the group ``playhead.agents``. One that reads attached files
names their kinds, ``@function_agent(file_kinds=("txt", "pdf"))``, and finds them in ``context.attachments``.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import overload

from backend.agents.agent import AgentEnvironment, AgentOffer, Progress, RunContext, RunRequest, UnknownAgentError
from backend.protocol.events import Draft, KnownEvent, TokenEvent
from backend.protocol.file_kinds import KINDS

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
    file_kinds: tuple[str, ...] = ()

    async def prepare(self, progress: Progress) -> Sequence[str]:
        """There is nothing to prepare."""
        return ()

    async def offers(self) -> Sequence[AgentOffer]:
        """The one agent."""
        title, _, description = (self.answer.__doc__ or self.name).strip().partition("\n")
        told = " ".join(description.split())
        return (AgentOffer(self.name, title.strip().rstrip("."), told, file_kinds=self.file_kinds),)

    async def open(self, variant: str) -> FunctionAgent:
        """The agent. Raises ``UnknownAgentError`` for any variant."""
        if variant:
            raise UnknownAgentError(f"There is no agent '{self.name}:{variant}': use '{self.name}'.")
        return FunctionAgent(self.answer)

    async def plan(self, variant: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        """None: nobody knows in advance what the function yields."""
        return None


Provide = Callable[[AgentEnvironment], FunctionProvider]


@overload
def function_agent(answer: Answer) -> Provide: ...


@overload
def function_agent(*, file_kinds: Sequence[str]) -> Callable[[Answer], Provide]: ...


def function_agent(
    answer: Answer | None = None, *, file_kinds: Sequence[str] = ()
) -> Provide | Callable[[Answer], Provide]:
    """Make an async generator function an agent; returns the object of an entry point of ``playhead.agents``.

    ``file_kinds`` are the kinds of files that can be attached to its questions. Raises ``ValueError`` for a kind that
    is not in ``backend.protocol.file_kinds.KINDS``.
    """
    if unknown := sorted(set(file_kinds) - KINDS.keys()):
        raise ValueError(f"There is no kind of file {unknown[0]!r}: use {', '.join(KINDS)}.")

    def decorate(function: Answer) -> Provide:
        provider = FunctionProvider(function.__name__, function, tuple(file_kinds))

        def provide(_: AgentEnvironment) -> FunctionProvider:
            return provider

        return provide

    return decorate if answer is None else decorate(answer)
