"""The model agent: asks a language model, lets it use tools, and sends each step as it happens."""

import asyncio
import logging
from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING

import anyio

from backend.agents.agent import RunContext, RunRequest, Usage
from backend.agents.documents.library import Library
from backend.agents.model.connection import closing_replies
from backend.agents.model.failures import UNREADABLE, failure_of
from backend.agents.model.naming import ModelName
from backend.agents.model.narration import Narration
from backend.agents.model.sources import Sources
from backend.agents.model.steering import MODEL_STEERING
from backend.agents.model.work import Work
from backend.protocol.citations import find_markers
from backend.protocol.events import Draft
from backend.protocol.thinking_models import thinks_by_name

if TYPE_CHECKING:
    from anyio.streams.memory import MemoryObjectSendStream
    from pydantic_ai import Agent as Loop, RunContext as LoopContext
    from pydantic_ai.messages import AgentStreamEvent, ModelMessage
    from pydantic_ai.usage import RunUsage

    from backend.agents.model.tools.mcp import McpServer


_AHEAD = 64
"""Drafts that may wait for their reader, for example in a paused run; then the model waits as well."""

MOST_REQUESTS = 20
"""Replies of the model that one run may ask for, with tools in between."""

_log = logging.getLogger(__name__)


class ModelAgent:
    """Answers with a language model. ``loop`` is pydantic-ai's agent, made once for all runs."""

    steerable = MODEL_STEERING

    def __init__(
        self,
        model: ModelName,
        loop: "Loop[Work, str | None]",
        library: Library,
        servers: "Sequence[McpServer]" = (),
        *,
        show_reasoning: bool = False,
    ) -> None:
        """``servers`` are the MCP servers whose tools the loop has. ``show_reasoning``: readers may see what the model
        thinks."""
        self._show_reasoning = show_reasoning
        self._begins_in_thought = thinks_by_name(model.name)
        """Whether earlier runs showed that its texts begin with thinking whose start is not marked."""
        self._model = model
        self._loop = loop
        self._library = library
        self._servers = servers

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        """The drafts of one answer, as the model writes it. The model gets the earlier turns of the conversation too.

        The model is asked in a task of its own: closing the iterator cancels it, which closes the provider's stream.
        Raises ``AgentFailure``.
        """
        send, receive = anyio.create_memory_object_stream[Draft | asyncio.Event](_AHEAD)
        asking = asyncio.create_task(self._ask(request, context, send), name=f"model of {request.run_id}")
        try:
            with receive:
                async for draft in receive:
                    if isinstance(draft, asyncio.Event):
                        draft.set()
                    else:
                        yield draft
            await asking
        finally:
            asking.cancel()
            await asyncio.wait([asking])

    async def _ask(
        self, request: RunRequest, context: RunContext, send: "MemoryObjectSendStream[Draft | asyncio.Event]"
    ) -> None:
        from pydantic_ai.usage import RunUsage, UsageLimits

        from backend.agents.model.attached import prompt_with_files
        from backend.agents.model.tools.mcp import started

        sources = Sources()
        narration = Narration(
            self._model.name, sources, show_reasoning=self._show_reasoning, opened=self._begins_in_thought
        )

        async def flush() -> None:
            reached = asyncio.Event()
            await send.send(reached)
            await reached.wait()

        work = Work(self._model, self._library, context, send.send, sources, narration, flush)
        usage = RunUsage()
        report = _reporter(usage, context.report_usage)

        async def hear(_: "LoopContext[Work]", events: "AsyncIterable[AgentStreamEvent]") -> None:
            async for event in events:
                context.alive()
                await work.send_all(narration.read(event, context.run_ms()))
                if event.event_kind == "function_tool_call":
                    await context.checkpoint()
            report()

        with send:
            try:
                async with (
                    prompt_with_files(request.question, context, work) as prompt,
                    started(self._servers),
                    closing_replies(),
                ):
                    await self._loop.run(
                        prompt,
                        deps=work,
                        message_history=_history(request),
                        event_stream_handler=hear,
                        usage=usage,
                        usage_limits=UsageLimits(request_limit=MOST_REQUESTS),
                    )
            except Exception as error:
                report()
                await work.send_all(narration.close("failed"))
                failure = failure_of(error, self._model)
                level = logging.DEBUG if failure.code != UNREADABLE else logging.WARNING
                _log.log(level, "run %s: what %s sent", request.run_id, self._model, exc_info=True)
                raise failure from error
            report()
            await work.send_all(narration.close())
            if narration.begins_in_thought is not None:
                self._begins_in_thought = narration.begins_in_thought


def _history(request: RunRequest) -> "list[ModelMessage]":
    """The earlier turns as messages. A question without an answer is left out; so are markers, because their numbers
    meant other passages than those found now."""
    from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart

    messages: list[ModelMessage] = []
    for turn in request.history:
        if turn.answer.strip():
            answer = TextPart(_without_markers(turn.answer))
            messages += [ModelRequest.user_text_prompt(turn.question), ModelResponse(parts=[answer])]
    return messages


def _without_markers(answer: str) -> str:
    kept, end = "", 0
    for marker in find_markers(answer):
        if marker.start >= end:
            kept += answer[end : marker.start].rstrip(" ")
            end = marker.end
    return kept + answer[end:]


def _reporter(usage: "RunUsage", report: Callable[[Usage], None]) -> Callable[[], None]:
    """A function that reports the usage so far, if there is any."""

    def tell() -> None:
        counted: dict[str, int] = {
            "requests": usage.requests,
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cache_read_tokens": usage.cache_read_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
            "tool_calls": usage.tool_calls,
            **usage.details,
        }
        told = {name: count for name, count in counted.items() if count or name.endswith("put_tokens")}
        if usage.input_tokens or usage.output_tokens:
            report(told)

    return tell
