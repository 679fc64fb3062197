"""What an agent gives and how it ends, as its run has to understand it."""

import asyncio
import inspect
import logging
from collections.abc import AsyncIterable, AsyncIterator

from backend.agents.agent import AgentFailure, UnknownAgentError
from backend.protocol.ending import Ending
from backend.protocol.events import Draft
from backend.runs.screening import error_draft
from backend.runs.store import StoreError

logger = logging.getLogger(__name__)

_CRASHED = "The agent failed unexpectedly; the server's log has the details."


def checked_drafts(drafts: AsyncIterator[Draft]) -> AsyncIterator[Draft]:
    """What an agent's ``run`` gave, if it can be iterated."""
    if not isinstance(drafts, AsyncIterable):
        if inspect.iscoroutine(drafts):
            drafts.close()
        raise TypeError("An agent's run() must be an async generator: it never yields, or returns something else.")
    return drafts


def ending_of(agent_task: asyncio.Task[None], run_id: str) -> Ending:
    """How the run ends whose agent has."""
    error = asyncio.CancelledError() if agent_task.cancelled() else agent_task.exception()
    if error is None:
        return Ending("completed")
    if isinstance(error, AgentFailure):
        return Ending(error.outcome, error_draft(error.code, error.message, retryable=error.retryable))
    if isinstance(error, UnknownAgentError):
        return failed("unknown_agent", str(error))
    if isinstance(error, StoreError):
        return failed("storage_failed", str(error), retryable=True)
    logger.error("The agent of run %s crashed.", run_id, exc_info=error)
    return failed("agent_crashed", _CRASHED, retryable=True)


def failed(code: str, message: str, *, retryable: bool = False) -> Ending:
    """The end of a run that fails with this error."""
    return Ending("failed", error_draft(code, message, retryable=retryable))
