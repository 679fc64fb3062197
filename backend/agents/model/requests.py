"""The requests of a run to its provider: retried where that helps, and checked when the reply is complete."""

from dataclasses import dataclass
from typing import Any

from pydantic_ai import RunContext
from pydantic_ai.capabilities import AbstractCapability
from pydantic_ai.exceptions import (
    ModelAPIError,
    ModelRateLimitError,
    ModelServerError,
    ModelUnavailableError,
    RetryModelRequest,
)
from pydantic_ai.messages import ModelResponse
from pydantic_ai.models import ModelRequestContext

from backend.agents.model.failures import cut_stream, filtered
from backend.agents.model.naming import speaker_of
from backend.agents.model.work import Work
from backend.protocol.events import WarningEvent

MOST_RETRIES = 2
FIRST_WAIT_S = 1.0
"""The wait before the first retry if the provider names none; it doubles."""

LONGEST_WAIT_S = 30.0
"""If a provider asks for a longer wait, the run ends with its error."""


@dataclass
class Requests(AbstractCapability[Work]):
    """Watches each request of a run. A reply that has begun is never asked for again: text on screen stays."""

    async def before_model_request(
        self, ctx: RunContext[Work], request_context: ModelRequestContext
    ) -> ModelRequestContext:
        """Wait for the end of a pause, pass on what people have written since, and report that the model is asked."""
        await ctx.deps.context.checkpoint()
        for message in await ctx.deps.context.messages():
            ctx.enqueue(message.text)
        await ctx.deps.send_all(ctx.deps.narration.ask())
        return request_context

    async def on_model_request_error(
        self, ctx: RunContext[Work], *, request_context: ModelRequestContext, error: Exception
    ) -> ModelResponse:
        """Wait and try again if the provider is only busy; pydantic-ai calls this before anything is shown."""
        wait = _wait_of(error, request_context.attempt)
        if wait is None:
            raise error
        reason = "accepts no more requests now" if isinstance(error, ModelRateLimitError) else "has a fault"
        attempt = f"{request_context.attempt} of {MOST_RETRIES}"
        message = f"{speaker_of(ctx.deps.model)} {reason}: trying again in {wait:.0f} s ({attempt})."
        await ctx.deps.send(WarningEvent(code="provider_retry", message=message))
        await ctx.deps.context.clock.sleep(wait)
        raise RetryModelRequest

    async def after_model_request(
        self, ctx: RunContext[Work], *, request_context: ModelRequestContext, response: ModelResponse
    ) -> ModelResponse:
        """A reply without a finish reason was cut off; a reply that the provider's filter ended is reported as
        filtered."""
        await ctx.deps.send_all(ctx.deps.narration.respond())
        if response.finish_reason == "content_filter":
            raise filtered()
        if response.finish_reason is None and response.state == "complete":
            raise cut_stream()
        if response.finish_reason == "length":
            message = "The model reached its limit of tokens: the answer is not complete."
            await ctx.deps.send(WarningEvent(code="token_limit", message=message))
        return response


def _wait_of(error: Exception, attempt: int) -> float | None:
    """How many seconds to wait before the next try; None if another try would not help."""
    passing: tuple[type[Any], ...] = (ModelRateLimitError, ModelUnavailableError, ModelServerError)
    if not isinstance(error, ModelAPIError) or not isinstance(error, passing) or attempt > MOST_RETRIES:
        return None
    wait = FIRST_WAIT_S * 2 ** (attempt - 1) if error.retry_after is None else error.retry_after
    return wait if wait <= LONGEST_WAIT_S else None
