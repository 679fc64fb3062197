"""OpenAI's chat completions: our agents as its models."""

import asyncio
from contextlib import suppress
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from backend.api.conversations import Said, accept, asked_in, text_in
from backend.api.foreign_streams import (
    OwningStream,
    answered,
    cancel_if_running,
    encoded,
    events_of,
    openai_headers,
)
from backend.api.problems import RequestProblem, problem_responses
from backend.api.resources import Text
from backend.api.services import Services, ServicesOf
from backend.api.stream_description import foreign_stream
from backend.dialects.encoding.openai_chat import OpenAIAnswer, OpenAIChatEncoder
from backend.protocol.events import DoneEvent, Outcome
from backend.protocol.options import RunOptions
from backend.runs.records import RunRecord

router = APIRouter(tags=["foreign clients"])

_STATUSES: dict[Outcome, int] = {"failed": 500, "timed_out": 504, "interrupted": 503, "cancelled": 409}
"""How a run that did not complete is answered where nothing was streamed yet."""

_STREAM = foreign_stream(
    "With `stream`: chunks, `data:` lines only, `[DONE]` at the end. A run that does not complete ends with an `error` "
    "object, and without `[DONE]`. Otherwise: the completion.",
    'data: {"id":"chatcmpl-run_1","object":"chat.completion.chunk","created":1,"model":"documents","choices":[]}\n\n',
)
_ANSWER = {**_STREAM, "content": {**_STREAM["content"], "application/json": {"schema": {"type": "object"}}}}


class ChatMessage(BaseModel):
    """One message; only the text of the user's and the assistant's is read."""

    model_config = ConfigDict(extra="ignore")

    role: str
    content: Any = None


class StreamOptions(BaseModel):
    """What is wanted of a stream beside the answer."""

    model_config = ConfigDict(extra="ignore")

    include_usage: bool = False


class ChatRequest(BaseModel):
    """A request for a chat completion. Fields that are not listed here, such as `temperature`, are passed over."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [{"model": "scripted:happy_path", "messages": [{"role": "user", "content": "Why?"}]}]
        },
    )

    model: Text = Field(description="The agent's name.")
    messages: list[ChatMessage] = Field(description="The conversation; its last user message is the question.")
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = Field(default=None, description="One answer is given.")
    options: RunOptions = Field(default_factory=RunOptions)


class ModelReply(BaseModel):
    """An agent, as a model."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "playhead"


class ModelList(BaseModel):
    """The agents that can be run now."""

    object: Literal["list"] = "list"
    data: list[ModelReply]


@router.post(
    "/openai/v1/chat/completions",
    operation_id="openai_chat_completion",
    summary="Answer a client of OpenAI's chat completions",
    response_model=None,
    responses={200: _ANSWER, **problem_responses(400, 403, 404, 409, 413, 415, 421, 422, 429, 503, 504, 507)},
)
async def chat_completion(asked: ChatRequest, services: ServicesOf, request: Request) -> Response:
    """The connection owns the run: closing it cancels the run, which is how clients of this API cancel. Problems have a
    member `error` of the shape that such clients read. The header `X-Playhead-Run-Id` names the run."""
    conversation = asked_in(Said(message.role, text_in(message.content)) for message in asked.messages)
    try:
        record, _ = await accept(services, conversation, asked.model, None, asked.options, history=conversation.history)
    except RequestProblem as error:
        raise _no_model(error) if error.slug == "unknown-agent" else error from error
    if not asked.stream:
        return await _completion(services, record, request)
    wanted = asked.stream_options or StreamOptions()
    encoder = OpenAIChatEncoder(answered(record), include_usage=wanted.include_usage)
    return OwningStream(services, record, encoded(services.store, record.run_id, encoder))


@router.get(
    "/openai/v1/models",
    operation_id="openai_list_models",
    summary="The agents on offer, as models",
    responses=problem_responses(421),
)
async def list_models(services: ServicesOf) -> ModelList:
    """What can be named as `model`. Agents have no date: `created` is 0."""
    return ModelList(data=[ModelReply(id=offer.agent) for offer in await services.catalogue.offers()])


@router.get(
    "/openai/v1/models/{model}",
    operation_id="openai_get_model",
    summary="One agent, as a model",
    responses=problem_responses(404, 421),
)
async def get_model(
    model: Annotated[str, Path(description="The agent's name.", examples=["scripted:happy_path"])], services: ServicesOf
) -> ModelReply:
    """Whether the agent can be named as `model`."""
    if model not in [offer.agent for offer in await services.catalogue.offers()]:
        raise RequestProblem(404, "model-not-found", f"There is no agent {model!r}: GET /openai/v1/models lists them.")
    return ModelReply(id=model)


def _no_model(error: RequestProblem) -> RequestProblem:
    return RequestProblem(404, "model-not-found", str(error.detail), **error.members)


async def _completion(services: Services, record: RunRecord, request: Request) -> Response:
    """The whole answer once the run has ended; the run is cancelled if the caller leaves before."""
    answer = OpenAIAnswer(answered(record))
    collecting = asyncio.create_task(_collect(services, record.run_id, answer))
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
        if answer.done is None:
            await cancel_if_running(services, record.run_id)
    done = answer.done or DoneEvent(outcome="cancelled")
    headers = openai_headers(record)
    if done.outcome == "completed":
        return JSONResponse(answer.completion(done), headers=headers)
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


async def _collect(services: Services, run_id: str, answer: OpenAIAnswer) -> None:
    async for events, _ in events_of(services.store, run_id):
        for event in events:
            answer.take(event)


async def _left(request: Request) -> None:
    """Return once the caller has closed the connection."""
    with suppress(asyncio.CancelledError):
        while (await request.receive())["type"] != "http.disconnect":
            pass
