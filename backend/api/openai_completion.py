"""A chat completion that is not streamed: one answer once the run has ended, or asks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from backend.api.foreign_streams import cancel_if_running, cancel_unanswered, openai_headers
from backend.api.problems import RequestProblem
from backend.api.services import Services
from backend.dialects.encoding.openai_answer import OpenAICompletion
from backend.dialects.encoding.openai_responses import ResponseShape
from backend.protocol.events import DoneEvent, Outcome
from backend.runs.records import RunRecord
from backend.runs.store import Batch

_STATUSES: dict[Outcome, int] = {"failed": 500, "timed_out": 504, "interrupted": 503, "cancelled": 409}
"""How a run that did not complete is answered where nothing was streamed yet."""


async def whole_completion(
    services: Services,
    record: RunRecord,
    request: Request,
    completion: OpenAICompletion,
    frames: AsyncIterator[Batch],
    shape: ResponseShape | None = None,
) -> Response:
    """The whole answer once the run has ended, or asks; the run is cancelled if the caller leaves before. ``shape``:
    it is given as a response of the Responses API."""
    answer = completion.answer
    collecting = asyncio.create_task(_collect(frames))
    leaving = asyncio.create_task(_left(request))
    try:
        with services.supervisor.watching(record.run_id):
            await asyncio.wait({collecting, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if collecting.done():
            await collecting
    finally:
        collecting.cancel()
        leaving.cancel()
        await asyncio.wait({collecting, leaving})
        if completion.calls:
            await cancel_unanswered(services, record.run_id)
        elif answer.done is None:
            await cancel_if_running(services, record.run_id)
    if completion.calls:
        suspended = answer.suspended_completion if shape is None else shape.suspended
        return JSONResponse(suspended(completion.calls), headers=openai_headers(record))
    done = answer.done or DoneEvent(outcome="cancelled")
    headers = openai_headers(record)
    if done.outcome == "completed":
        whole = answer.completion if shape is None else shape.whole
        return JSONResponse(whole(done), headers=headers)
    retryable = answer.error is not None and answer.error.retryable
    told = answer.error_fields(done)
    raise RequestProblem(
        _STATUSES[done.outcome],
        str(told["code"]),
        str(told["message"]),
        # OpenAI's clients ask again on any of these statuses, and a run is dear.
        headers={**headers, "X-Should-Retry": "true" if retryable else "false"},
        outcome=done.outcome,
        answer=answer.text,
    )


async def _collect(frames: AsyncIterator[Batch]) -> None:
    """Read on until the completion is whole: it keeps what it needs, and sends nothing."""
    async for _ in frames:
        pass


async def _left(request: Request) -> None:
    """Return once the caller has closed the connection."""
    with suppress(asyncio.CancelledError):
        while (await request.receive())["type"] != "http.disconnect":
            pass
