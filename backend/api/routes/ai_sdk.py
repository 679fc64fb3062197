"""The AI SDK's UI message stream: what `useChat` asks for, from the same log."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from backend.api.conversations import Said, accept, asked_in, runs_of, session_named, text_in, usual_agent
from backend.api.event_stream import EventStream
from backend.api.foreign_answers import AnswersRefused, ReadAnswer, take_answers
from backend.api.foreign_streams import answered, encoded, open_foreign_stream, resumed
from backend.api.problems import problem_responses
from backend.api.resources import CancelledRun
from backend.api.services import Services, ServicesOf
from backend.api.stream_description import foreign_stream
from backend.api.ui_message_answers import answers_in
from backend.dialects.encoding.ai_sdk import AiSdkEncoder, warning
from backend.protocol.inputs import GivenAnswer
from backend.protocol.options import RunOptions
from backend.protocol.sendable import Text
from backend.runs.records import RunRecord

router = APIRouter(tags=["foreign clients"])

ASKING_SDK = 6
"""The first version whose clients can be asked."""

STREAM_HEADER = {"x-vercel-ai-ui-message-stream": "v1"}

_STREAM: dict[int | str, dict[str, Any]] = {
    200: foreign_stream(
        "Chunks of a UI message stream, `data:` lines only, `[DONE]` at the end. The message's metadata names the run "
        "and, at the end, its outcome.",
        'data: {"type":"start","messageId":"msg_1"}\n\n',
    )
}

ChatId = Annotated[
    str, Path(description="The chat's id, as the client made it: Playhead's session.", examples=["chat-1"])
]


class UiMessage(BaseModel):
    """One message of the chat; only its parts that are text are read."""

    model_config = ConfigDict(extra="ignore")

    role: Text
    parts: list[Any] = Field(default_factory=list)


Sdk = Annotated[
    int,
    Query(
        ge=5,
        description="The client's version of the AI SDK. From 6 on the stream ends where people are asked: with "
        "`tool-approval-request`, or with a call of the client's own tool `ask_person`. The messages posted again with "
        "the answers continue the same message.",
    ),
]


class Chat(BaseModel):
    """What the client's transport sends. Fields that are not listed here are passed over."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "id": "chat-1",
                    "messages": [{"id": "m1", "role": "user", "parts": [{"type": "text", "text": "Why?"}]}],
                    "trigger": "submit-message",
                    "agent": "scripted:happy_path",
                }
            ]
        },
    )

    id: Text = Field(default="", description="The chat, which is Playhead's session.")
    messages: list[UiMessage] = Field(description="The chat; its last user message is the question.")
    agent: Text | None = Field(default=None, description="The agent's name, from the transport's `body`.")
    options: RunOptions = Field(default_factory=RunOptions)
    answers: dict[str, GivenAnswer] = Field(
        default_factory=dict,
        description="Answers by `approvalId`, or by the `toolCallId` of `ask_person`, where a part of the message "
        "cannot say them: the arguments that a person changed.",
    )


@router.post(
    "/ai-sdk",
    operation_id="ai_sdk_chat",
    summary="Answer a chat of the AI SDK",
    status_code=200,
    response_class=EventStream,
    responses={**_STREAM, **problem_responses(400, 403, 413, 415, 421, 422, 429, 503, 507)},
)
async def ai_sdk_chat(
    chat: Chat,
    services: ServicesOf,
    agent: Annotated[Text, Query(description="The agent, where the body names none.")] = "",
    sdk: Sdk = 5,
) -> EventStream:
    """The run continues when the connection closes; `GET …/stream` resumes it. The history is what the client sends, so
    that a message which it edited or asks for once more is not in it.

    What people are asked is a `data-request` part. `POST /v1/runs/{run_id}/inputs/{input_id}` answers it, or, with
    `sdk=6` and more, the client's own means."""
    given = answers_in([message.model_dump() for message in chat.messages], chat.answers)
    if given and sdk >= ASKING_SDK:
        return await _continued(services, chat, given)
    asked = asked_in(Said(message.role, text_in(message.parts)) for message in chat.messages)
    named = chat.agent or agent or usual_agent(services)
    record, _ = await accept(services, asked, named, session_named(chat.id), chat.options, history=asked.history)
    return _stream(services, record, sdk)


@router.get(
    "/ai-sdk/{chat_id:path}/stream",
    operation_id="ai_sdk_resume",
    summary="Resume a chat of the AI SDK",
    status_code=200,
    response_class=EventStream,
    responses={
        **_STREAM,
        204: {"description": "Nothing runs in this chat, or there is none of that id."},
        **problem_responses(404, 421),
    },
)
async def ai_sdk_resume(chat_id: ChatId, services: ServicesOf, sdk: Sdk = 5) -> Response:
    """The message that is being written, from its beginning and with the same id, then what comes."""
    running = await _running(services, chat_id)
    return _stream(services, running[-1], sdk) if running else Response(status_code=204)


@router.post(
    "/ai-sdk/{chat_id:path}/cancel",
    operation_id="ai_sdk_cancel",
    summary="Cancel what runs in a chat of the AI SDK",
    responses=problem_responses(403, 404, 421, 507),
)
async def ai_sdk_cancel(chat_id: ChatId, services: ServicesOf) -> list[CancelledRun]:
    """Cancels the runs of the chat: their streams end with `abort` and the outcome `cancelled`. A client that only
    closes its connection cancels nothing. Returns the runs that were running."""
    running = await _running(services, chat_id)
    for record in running:
        await services.supervisor.cancel(record.run_id)
    return [CancelledRun(run_id=record.run_id, outcome=None) for record in running]


async def _running(services: Services, chat_id: str) -> list[RunRecord]:
    return [run for run in await runs_of(services, session_named(chat_id)) if not run.ended]


async def _continued(services: Services, chat: Chat, given: dict[str, ReadAnswer]) -> EventStream:
    """The rest of the message, after the answers in it."""
    try:
        taken = await take_answers(services, given, via="ai-sdk", session_id=session_named(chat.id))
    except AnswersRefused as refused:
        raise refused.problem() from refused
    encoder = AiSdkEncoder(answered(taken.record), approvals=True)
    late = b"".join(warning(f"late-{number}", *told) for number, told in enumerate(taken.late))
    frames = resumed(services.store, taken.record.run_id, encoder, taken.seq, late)
    return open_foreign_stream(services, taken.record, frames, STREAM_HEADER)


def _stream(services: Services, record: RunRecord, sdk: int) -> EventStream:
    encoder = AiSdkEncoder(answered(record), approvals=sdk >= ASKING_SDK)
    frames = encoded(services.store, record.run_id, encoder)
    return open_foreign_stream(services, record, frames, STREAM_HEADER)
