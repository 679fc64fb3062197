"""AG-UI 1.0: runs for its clients, from the same log."""

import time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from backend.api.conversations import (
    LastQuestion,
    Said,
    accept,
    asked_in,
    key_named,
    runs_of,
    session_named,
    text_in,
    usual_agent,
)
from backend.api.event_stream import EventStream
from backend.api.foreign_answers import AnswersRefused, ReadAnswer, take_answers, waiting_in
from backend.api.foreign_streams import answered, encoded, open_foreign_stream, rejoined, resumed
from backend.api.problems import RequestProblem, problem_responses
from backend.api.resources import CancelledRun
from backend.api.routes.runs import CANCEL_ANSWERS, RunId, RunToChange, cancel_run
from backend.api.services import Services, ServicesOf
from backend.api.stream_description import foreign_stream
from backend.dialects.encoding.ag_ui import AgUiEncoder
from backend.dialects.encoding.encoder import AnsweredRun, JsonFields
from backend.dialects.encoding.request_answers import given_answer
from backend.protocol.inputs import GivenAnswer, InputRequest
from backend.protocol.options import RunOptions
from backend.protocol.sendable import Text
from backend.runs.records import RunRecord
from backend.runs.store import KeyReusedError

router = APIRouter(tags=["foreign clients"])

_STREAM: dict[int | str, dict[str, Any]] = {
    200: foreign_stream(
        "AG-UI events, `data:` lines only. The first `CUSTOM` event, `playhead.run`, names the run.",
        'data: {"type":"RUN_STARTED","threadId":"t","runId":"r","protocolVersion":"1.0"}\n\n',
    )
}


class AgUiMessage(BaseModel):
    """One message of the conversation. Only the text of the user's and the assistant's is read; a client that joins
    again gets all of it back."""

    model_config = ConfigDict(extra="allow")

    id: Text = ""
    role: Text
    content: Any = None


class ForwardedProps(BaseModel):
    """The forwarded properties that Playhead reads."""

    model_config = ConfigDict(extra="ignore")

    agent: Text | None = None
    options: RunOptions = Field(default_factory=RunOptions)


class ResumeEntry(BaseModel):
    """The answer to one interrupt of the stream before."""

    model_config = ConfigDict(extra="ignore")

    interrupt_id: Text = Field(alias="interruptId", description="The `id` of the interrupt.")
    status: Literal["resolved", "cancelled"] = "resolved"
    payload: Any = Field(default=None, description="The answer, as the interrupt's `responseSchema` says.")


class AgUiInput(BaseModel):
    """AG-UI's `RunAgentInput`. Fields that are not listed here are passed over, as that protocol asks."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "threadId": "thread-1",
                    "runId": "run-1",
                    "messages": [{"id": "m1", "role": "user", "content": "Is concentration risk rising?"}],
                    "forwardedProps": {"agent": "scripted:happy_path"},
                }
            ]
        },
    )

    thread_id: Text = Field(default="", alias="threadId", description="The conversation, which is Playhead's session.")
    run_id: Text = Field(default="", alias="runId", description="The client's name of the run; sent again, it rejoins.")
    messages: list[AgUiMessage] = Field(description="The conversation; its last user message is the question.")
    forwarded_props: ForwardedProps | None = Field(default=None, alias="forwardedProps")
    resume: list[ResumeEntry] | None = Field(
        default=None, description="The answers to all interrupts of the stream before: the run continues."
    )


@router.post(
    "/ag-ui",
    operation_id="ag_ui_run",
    summary="Run an agent for an AG-UI client",
    status_code=200,
    response_class=EventStream,
    responses={**_STREAM, **problem_responses(400, 403, 413, 415, 421, 422, 429, 503, 507)},
)
async def ag_ui_run(
    asked: AgUiInput,
    services: ServicesOf,
    agent: Annotated[Text, Query(description="The agent, where `forwardedProps.agent` names none.")] = "",
) -> Response:
    """The run continues when the connection closes. The same `threadId` and `runId` sent again join it: the messages as
    they are now, then what comes. Earlier messages are the history, unless the session knows as many turns itself.

    A stream ends with the outcome `interrupt` where people are asked. Send the answers to all its interrupts as
    `resume`, under a new `runId`: the stream that follows continues the same run."""
    return await _run(services, asked, agent)


@router.post(
    "/ag-ui/{agent}",
    operation_id="ag_ui_run_agent",
    summary="Run this agent for an AG-UI client",
    status_code=200,
    response_class=EventStream,
    responses={**_STREAM, **problem_responses(400, 403, 404, 413, 415, 421, 422, 429, 503, 507)},
)
async def ag_ui_run_agent(
    agent: Annotated[Text, Path(description="The agent's name.", examples=["scripted:happy_path"])],
    asked: AgUiInput,
    services: ServicesOf,
) -> Response:
    """As `POST /ag-ui`, for clients that cannot name an agent in the request."""
    return await _run(services, asked, agent)


@router.get(
    "/ag-ui/runs/{run_id}",
    operation_id="ag_ui_rejoin",
    summary="Join a run again, as an AG-UI client",
    status_code=200,
    response_class=EventStream,
    responses={**_STREAM, **problem_responses(404, 421)},
)
async def ag_ui_rejoin(run_id: RunId, services: ServicesOf) -> EventStream:
    """The messages of the conversation as they are now, then what comes. `run_id` is Playhead's: the value of the event
    `playhead.run`, and the header `X-Playhead-Run-Id`."""
    record = await services.store.record(run_id)
    return _rejoined(services, record, AgUiEncoder(answered(record), earlier=await _conversation(services, record)))


@router.post(
    "/ag-ui/runs/{run_id}",
    operation_id="ag_ui_rejoin_by_post",
    summary="Join a run again, as an AG-UI client that can only post",
    status_code=200,
    response_class=EventStream,
    responses={**_STREAM, **problem_responses(400, 403, 404, 413, 415, 421, 422)},
)
async def ag_ui_rejoin_by_post(run_id: RunToChange, asked: AgUiInput, services: ServicesOf) -> EventStream:
    """As `GET`, with the names and the earlier messages that the client sends."""
    record = await services.store.record(run_id)
    return _rejoined(services, record, _encoder(record, asked))


@router.post(
    "/ag-ui/runs/{run_id}/cancel",
    operation_id="ag_ui_cancel",
    summary="Cancel a run of an AG-UI client",
    responses=CANCEL_ANSWERS,
)
async def ag_ui_cancel(run_id: RunToChange, services: ServicesOf, response: Response) -> CancelledRun:
    """Its streams end with the outcome `cancelled`. A client that only closes its connection cancels nothing."""
    return await cancel_run(run_id, services, response)


async def _run(services: Services, asked: AgUiInput, agent: str) -> Response:
    props = asked.forwarded_props or ForwardedProps()
    session_id = session_named(asked.thread_id)
    if asked.resume:
        return await _continued(services, asked, session_id)
    conversation = _asked(asked)
    known = await runs_of(services, session_id)
    history = conversation.history if len(conversation.history) > len(known) else None
    key = key_named("ag-ui", asked.thread_id, asked.run_id) if asked.run_id else None
    if all(run.idempotency_key != key for run in known) and await waiting_in(services, session_id):
        sentence = "The conversation waits for an answer: send it as `resume`, or stop the run."
        return _refused(asked, AnswersRefused("missing-answers", sentence))
    named = props.agent or agent or usual_agent(services)
    try:
        record, new = await accept(services, conversation, named, session_id, props.options, history=history, key=key)
    except KeyReusedError as error:
        message = f"The runId {asked.run_id!r} was used for another request in this thread: send a new one."
        raise RequestProblem(422, "key-reused", message) from error
    encoder = _encoder(record, asked)
    if not new:
        return _rejoined(services, record, encoder)
    return open_foreign_stream(services, record, encoded(services.store, record.run_id, encoder))


async def _continued(services: Services, asked: AgUiInput, session_id: str | None) -> Response:
    """The stream after the answers. A client that was cut in it, or whose requests were answered elsewhere, gets the
    messages as they are now."""
    given: dict[str, ReadAnswer] = {each.interrupt_id: _read_answer(each) for each in asked.resume or []}
    try:
        taken = await take_answers(services, given, via="ag-ui", session_id=session_id)
    except AnswersRefused as refused:
        return _refused(asked, refused)
    encoder = _encoder(taken.record, asked)
    warned = b"".join(encoder.warn(code, message) for code, message in taken.late)
    if taken.repeated:
        return _rejoined(services, taken.record, encoder, warned)
    batches = resumed(services.store, taken.record.run_id, encoder, taken.seq, warned)
    return open_foreign_stream(services, taken.record, batches)


def _read_answer(entry: ResumeEntry) -> ReadAnswer:
    def read(request: InputRequest) -> GivenAnswer:
        return GivenAnswer(action="cancel") if entry.status == "cancelled" else given_answer(request, entry.payload)

    return read


def _refused(asked: AgUiInput, refused: AnswersRefused) -> Response:
    """A stream that says why the run does not continue, as this client reads errors."""
    nobody = AnsweredRun("run", asked.thread_id, "", "", round(time.time() * 1000))
    encoder = AgUiEncoder(nobody, thread_id=asked.thread_id, run_id=asked.run_id)
    return Response(encoder.refuse(refused.code, refused.message), media_type="text/event-stream")


def _rejoined(services: Services, record: RunRecord, encoder: AgUiEncoder, first: bytes = b"") -> EventStream:
    return open_foreign_stream(services, record, rejoined(services.store, record, encoder, first))


def _asked(asked: AgUiInput) -> LastQuestion:
    return asked_in(Said(message.role, text_in(message.content)) for message in asked.messages)


def _encoder(record: RunRecord, asked: AgUiInput) -> AgUiEncoder:
    """The encoder under the client's names, with the client's own messages up to the question."""
    last = max((place for place, each in enumerate(asked.messages) if each.role == "user"), default=-1)
    kept = [each for each in asked.messages[: last + 1] if each.id]
    earlier = [each.model_dump(exclude_none=True) for each in kept]
    return AgUiEncoder(answered(record), thread_id=asked.thread_id, run_id=asked.run_id, earlier=earlier)


async def _conversation(services: Services, record: RunRecord) -> list[JsonFields]:
    """The messages of the session up to the run's question."""
    messages: list[JsonFields] = []
    for run in (await services.store.session(record.session_id)).runs:
        messages.append({"id": f"{run.run_id}:question", "role": "user", "content": run.question})
        if run.run_id == record.run_id:
            break
        answer = (await services.store.snapshot(run.run_id)).message.answer
        messages.append({"id": answered(run).message_id, "role": "assistant", "content": answer})
    return messages
