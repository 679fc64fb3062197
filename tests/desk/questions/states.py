"""The states of a conversation as a page gets them: one after the other, or in a task of their own."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

from backend.desk.conversation import Conversation
from backend.desk.conversation_state import ConversationState
from backend.desk.questions import Questions
from backend.protocol.events import Outcome
from tests.desk.questions.fake_backend import FakeBackend

States = AsyncGenerator[ConversationState, None]


async def until(states: States, condition: Callable[[ConversationState], bool]) -> ConversationState:
    """The first state of which this is true."""
    async with asyncio.timeout(30):
        async for state in states:
            if condition(state):
                return state
    raise AssertionError("the states ended before it was true of one")


async def to_the_end(questions: Questions, conversation: Conversation) -> ConversationState:
    """The state in which nothing remains to be done."""
    async with asyncio.timeout(30):
        return [state async for state in questions.proceed(conversation)][-1]


async def asked(
    questions: Questions, conversation: Conversation, backend: FakeBackend, outcome: Outcome = "completed"
) -> ConversationState:
    """The state after a question whose run ended so."""
    await questions.ask(conversation, "Is it rising?", "reports")
    async with aclosing(questions.proceed(conversation)) as states:
        await until(states, lambda state: bool(state.run_id))
        run = backend.named("Is it rising?")
        run.say("It is ")
        run.end(outcome)
        return await until(states, lambda state: state.ended)


@asynccontextmanager
async def showing(questions: Questions, conversation: Conversation) -> AsyncIterator[list[ConversationState]]:
    """The states of a showing in a task of its own, as they come."""
    seen: list[ConversationState] = []

    async def show() -> None:
        async with aclosing(questions.proceed(conversation)) as states:
            # Not by a comprehension: each state is to be seen as soon as it is there.
            async for state in states:
                seen.append(state)  # noqa: PERF401

    task = asyncio.create_task(show())
    try:
        yield seen
    finally:
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()
