"""OpenAI's chat completions: our agents as its models."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from backend.api.conversations import Said, accept, asked_in, text_in
from backend.api.foreign_answers import AnswersRefused, ReadAnswer, take_answers
from backend.api.foreign_streams import (
    OwningStream,
    answered,
    encoded,
    resumed,
)
from backend.api.openai_completion import whole_completion
from backend.api.problems import RequestProblem, problem_responses
from backend.api.services import Services, ServicesOf
from backend.api.stream_description import foreign_stream
from backend.dialects.encoding.open_requests import RequestName
from backend.dialects.encoding.openai_answer import OpenAICompletion
from backend.dialects.encoding.openai_chat import OpenAIChatEncoder
from backend.dialects.encoding.request_answers import given_answer
from backend.dialects.json_values import parsed
from backend.protocol.options import RunOptions
from backend.protocol.sendable import Text
from backend.runs.records import RunRecord

router = APIRouter(tags=["foreign clients"])

_STREAM = foreign_stream(
    "With `stream`: chunks, `data:` lines only, `[DONE]` at the end. A run that does not complete ends with an `error` "
    "object, and without `[DONE]`. Otherwise: the completion.",
    'data: {"id":"chatcmpl-run_1","object":"chat.completion.chunk","created":1,"model":"documents","choices":[]}\n\n',
)
_ANSWER = {**_STREAM, "content": {**_STREAM["content"], "application/json": {"schema": {"type": "object"}}}}


class ChatMessage(BaseModel):
    """One message; only the text of the user's and the assistant's is read."""

    model_config = ConfigDict(extra="ignore")

    role: Text
    content: Any = None
    tool_call_id: Text = Field(default="", description="Of a tool's message: the call of `ask_person` that it answers.")


class StreamOptions(BaseModel):
    """What is wanted of a stream beside the answer."""

    model_config = ConfigDict(extra="ignore", strict=True)

    include_usage: bool = False


class ChatRequest(BaseModel):
    """A request for a chat completion. Fields that are not listed here, such as `temperature`, are passed over."""

    model_config = ConfigDict(
        extra="ignore",
        strict=True,
        json_schema_extra={
            "examples": [{"model": "scripted:happy_path", "messages": [{"role": "user", "content": "Why?"}]}]
        },
    )

    model: Text = Field(description="The agent's name.")
    messages: list[ChatMessage] = Field(description="The conversation; its last user message is the question.")
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = Field(default=None, ge=1, le=1, description="One answer is given.")
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
    member `error` of the shape that such clients read. The header `X-Playhead-Run-Id` names the run.

    What people are asked ends the completion with a call of the tool `ask_person`, whose arguments contain the `prompt`
    and the `schema` of the answer. Send the messages again with its result as a message of the role `tool`: the next
    completion is the rest of the same run."""
    if given := _answers(asked.messages):
        return await _continued(services, asked, given, request)
    conversation = asked_in(Said(message.role, text_in(message.content)) for message in asked.messages)
    try:
        record, _ = await accept(services, conversation, asked.model, None, asked.options, history=conversation.history)
    except RequestProblem as error:
        raise _no_model(error) if error.slug == "unknown-agent" else error from error
    if not asked.stream:
        completion = OpenAICompletion(answered(record))
        frames = encoded(services.store, record.run_id, completion)
        return await whole_completion(services, record, request, completion, frames)
    encoder = _encoder(asked, record)
    return OwningStream(
        services, record, encoded(services.store, record.run_id, encoder), suspended=lambda: encoder.suspended
    )


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


def _encoder(asked: ChatRequest, record: RunRecord) -> OpenAIChatEncoder:
    wanted = asked.stream_options or StreamOptions()
    return OpenAIChatEncoder(answered(record), include_usage=wanted.include_usage)


def _answers(messages: list[ChatMessage]) -> dict[str, ReadAnswer]:
    """The answers in the tools' messages after the last message of anybody else."""
    given: dict[str, ReadAnswer] = {}
    for message in reversed(messages):
        if message.role != "tool":
            break
        if RequestName.read(message.tool_call_id) is not None:
            given[message.tool_call_id] = _read_answer(text_in(message.content))
    return given


def _read_answer(content: str) -> ReadAnswer:
    return lambda request: given_answer(request, parsed(content))


async def _continued(
    services: Services, asked: ChatRequest, given: dict[str, ReadAnswer], request: Request
) -> Response:
    """The completion after the answers: the rest of the run."""
    try:
        taken = await take_answers(services, given, via="openai-chat")
    except AnswersRefused as refused:
        raise refused.problem() from refused
    store, record = services.store, taken.record
    if not asked.stream:
        completion = OpenAICompletion(answered(record))
        frames = resumed(store, record.run_id, completion, taken.seq)
        return await whole_completion(services, record, request, completion, frames)
    encoder = _encoder(asked, record)
    late = b"".join(encoder.warn(code, message) for code, message in taken.late)
    frames = resumed(store, record.run_id, encoder, taken.seq, late)
    return OwningStream(services, record, frames, suspended=lambda: encoder.suspended)


def _no_model(error: RequestProblem) -> RequestProblem:
    return RequestProblem(404, "model-not-found", str(error.detail), **error.members)
