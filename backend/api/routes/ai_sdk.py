"""The AI SDK's UI message stream: what `useChat` asks for, from the same log."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from backend.api.conversations import Said, accept, asked_in, runs_of, session_named, text_in, usual_agent
from backend.api.event_stream import EventStream
from backend.api.foreign_streams import answered, encoded, open_foreign_stream
from backend.api.problems import problem_responses
from backend.api.resources import CancelledRun, Text
from backend.api.services import Services, ServicesOf
from backend.api.stream_description import foreign_stream
from backend.dialects.encoding.ai_sdk import AiSdkEncoder
from backend.protocol.options import RunOptions
from backend.runs.records import RunRecord

router = APIRouter(tags=["foreign clients"])

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

    role: str
    parts: list[Any] = Field(default_factory=list)


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
) -> EventStream:
    """The run continues when the connection closes; `GET …/stream` resumes it. The history is what the client sends, so
    that a message which it edited or asks for once more is not in it."""
    asked = asked_in(Said(message.role, text_in(message.parts)) for message in chat.messages)
    named = chat.agent or agent or usual_agent(services)
    record, _ = await accept(services, asked, named, session_named(chat.id), chat.options, history=asked.history)
    return _stream(services, record)


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
async def ai_sdk_resume(chat_id: ChatId, services: ServicesOf) -> Response:
    """The message that is being written, from its beginning and with the same id, then what comes."""
    running = await _running(services, chat_id)
    return _stream(services, running[-1]) if running else Response(status_code=204)


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


def _stream(services: Services, record: RunRecord) -> EventStream:
    frames = encoded(services.store, record.run_id, AiSdkEncoder(answered(record)))
    return open_foreign_stream(services, record, frames, STREAM_HEADER)
