"""OpenAI's Responses API: our agents as its models."""

from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from backend.api.conversations import LastQuestion, Said, accept, asked_in, text_in
from backend.api.foreign_answers import AnswersRefused, ReadAnswer, take_answers
from backend.api.foreign_streams import OwningStream, answered, encoded, resumed
from backend.api.openai_completion import whole_completion
from backend.api.problems import RequestProblem, problem_responses
from backend.api.services import Services, ServicesOf
from backend.api.stream_description import foreign_stream
from backend.dialects.encoding.open_requests import RequestName
from backend.dialects.encoding.openai_answer import OpenAICompletion
from backend.dialects.encoding.openai_responses import PREFIX, OpenAIResponsesEncoder, ResponseShape
from backend.dialects.encoding.request_answers import given_answer
from backend.dialects.json_values import parsed
from backend.protocol.inputs import GivenAnswer, InputRequest
from backend.protocol.options import RunOptions
from backend.protocol.sendable import Text
from backend.runs.records import RunRecord
from backend.runs.store import UnknownRunError

router = APIRouter(tags=["foreign clients"])

_STREAM = foreign_stream(
    "With `stream`: the events of a response, `data:` lines only, up to `response.completed` or `response.failed`. "
    "Otherwise: the response.",
    'data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_run_1"}}\n\n',
)
_ANSWER = {**_STREAM, "content": {**_STREAM["content"], "application/json": {"schema": {"type": "object"}}}}


class ResponseRequest(BaseModel):
    """A request for a response. Fields that are not listed here, such as `tools`, are passed over."""

    model_config = ConfigDict(
        extra="ignore",
        strict=True,
        json_schema_extra={"examples": [{"model": "scripted:happy_path", "input": "Why?"}]},
    )

    model: Text = Field(description="The agent's name.")
    input: str | list[dict[str, Any]] = Field(
        description="The question, or the conversation; or a `function_call_output` for each call of `ask_person`."
    )
    previous_response_id: Text | None = Field(default=None, description="The conversation of that response continues.")
    stream: bool | None = None
    options: RunOptions = Field(default_factory=RunOptions)


@router.post(
    "/openai/v1/responses",
    operation_id="openai_response",
    summary="Answer a client of OpenAI's Responses API",
    response_model=None,
    responses={200: _ANSWER, **problem_responses(400, 403, 404, 409, 413, 415, 421, 422, 429, 503, 504, 507)},
)
async def create_response(asked: ResponseRequest, services: ServicesOf, request: Request) -> Response:
    """The connection owns the run: closing it cancels the run. What people are asked ends the response with a function
    call of `ask_person`. Send a `function_call_output` for each: the next response is the rest of the same run."""
    given = _answers(asked.input)
    if given:
        try:
            taken = await take_answers(services, given, via="openai-responses")
        except AnswersRefused as refused:
            raise refused.problem() from refused
        return await _respond(services, request, asked, taken.record, taken.seq)
    try:
        record = await _started(services, asked)
    except RequestProblem as error:
        if error.slug == "unknown-agent":
            raise RequestProblem(404, "model-not-found", str(error.detail), **error.members) from error
        raise
    return await _respond(services, request, asked, record, None)


async def _started(services: Services, asked: ResponseRequest) -> RunRecord:
    conversation = _conversation(asked.input)
    if asked.previous_response_id is None:
        history = conversation.history
        record, _ = await accept(services, conversation, asked.model, None, asked.options, history=history)
        return record
    try:
        before = await services.store.record(asked.previous_response_id.removeprefix(PREFIX))
    except UnknownRunError as error:
        message = "previous_response_id is not a response of this server: leave it out to begin anew."
        raise RequestProblem(404, "unknown-response", message) from error
    record, _ = await accept(services, conversation, asked.model, before.session_id, asked.options, history=None)
    return record


async def _respond(
    services: Services, request: Request, asked: ResponseRequest, record: RunRecord, after: int | None
) -> Response:
    """The whole run, or what comes ``after`` that event of it."""
    store, run_id = services.store, record.run_id
    frames_of = partial(encoded, store, run_id) if after is None else partial(resumed, store, run_id, seq=after)
    if asked.stream:
        encoder = OpenAIResponsesEncoder(answered(record))
        return OwningStream(services, record, frames_of(encoder), suspended=lambda: encoder.suspended)
    completion = OpenAICompletion(answered(record))
    shape = ResponseShape(answered(record), completion.answer)
    return await whole_completion(services, record, request, completion, frames_of(completion), shape)


def _conversation(given: str | list[dict[str, Any]]) -> LastQuestion:
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    return asked_in(Said(str(item.get("role", "")), _text_in(item.get("content"))) for item in items)


def _text_in(content: Any) -> str:
    """As ``text_in``, with the texts that a client sends back of earlier responses."""
    if not isinstance(content, list):
        return text_in(content)
    parts = [part for part in content if isinstance(part, dict)]
    return text_in([{**part, "type": "text"} if part.get("type") == "output_text" else part for part in parts])


def _answers(given: str | list[dict[str, Any]]) -> dict[str, ReadAnswer]:
    """The answers in the outputs of calls, after the last message."""
    found: dict[str, ReadAnswer] = {}
    for item in reversed(given) if isinstance(given, list) else ():
        if item.get("type") != "function_call_output":
            break
        name = item.get("call_id")
        if RequestName.read(name) is not None:
            found[str(name)] = _read_answer(text_in(item.get("output")))
    return found


def _read_answer(output: str) -> ReadAnswer:
    def read(request: InputRequest) -> GivenAnswer:
        return given_answer(request, parsed(output))

    return read
