"""Recordings: take one away, bring one in."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import StreamingResponse

from backend.agents.recording import agent_of
from backend.api.problems import problem_responses
from backend.api.resources import ImportAnswer
from backend.api.routes.runs import RunId
from backend.api.services import ServicesOf
from backend.protocol.cursor import START
from backend.protocol.events import event_json
from backend.protocol.recordings import RecordingHeader
from backend.runs.frames import frame_data
from backend.runs.recording_library import header_of
from backend.runs.records import RunRecord
from backend.runs.store import RunStore

router = APIRouter(tags=["recordings"])

MEDIA_TYPE = "application/x-ndjson"

_LINES = (
    '{"playhead":"recording","version":1,"run_id":"run_8YvBtm3zQd2l5dYw0u1P4A","question":"Show me"}\n'
    '{"seq":1,"at_ms":412.0,"type":"token","text":"NVIDIA "}\n'
    '{"seq":2,"at_ms":420.5,"type":"done","outcome":"completed"}\n'
)
_CONTENT: dict[str, Any] = {
    MEDIA_TYPE: {
        "schema": {"type": "string", "description": "One header line, then one event per line, each ending with LF."},
        "examples": {"recording": {"summary": "A short recording", "value": _LINES}},
    }
}

RECORDING_ANSWER: dict[str, Any] = {
    "description": "The recording; for a run that is still running, the events so far.",
    "headers": {"Content-Disposition": {"description": "A file name.", "schema": {"type": "string"}}},
    "content": _CONTENT,
}
"""The 200 of a route that gives a recording."""


class RecordingResponse(StreamingResponse):
    """A recording as a file to keep."""

    media_type = MEDIA_TYPE


@router.get(
    "/v1/runs/{run_id}/recording",
    operation_id="get_recording",
    summary="A run as a recording",
    status_code=200,
    response_class=RecordingResponse,
    responses={200: RECORDING_ANSWER, **problem_responses(404, 421)},
)
async def get_recording(run_id: RunId, services: ServicesOf) -> RecordingResponse:
    """One header line, then the events as they were sent, one a line."""
    record = await services.store.record(run_id)
    return await recording_response(services.store, record, header_of(record))


async def recording_response(store: RunStore, record: RunRecord, header: RecordingHeader) -> RecordingResponse:
    """The run's events under this header, as a file named after the header's ``run_id``. Raises ``StoreError`` where
    the events cannot be had: nothing can be said about that once the response has begun."""
    pieces = _pieces(store, record, header)
    return RecordingResponse(
        _with_first(await anext(pieces), pieces),
        headers={
            "Content-Disposition": f'attachment; filename="{header.run_id}.jsonl"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


async def _with_first(first: bytes, rest: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    async with aclosing(rest):
        yield first
        async for piece in rest:
            yield piece


async def _pieces(store: RunStore, record: RunRecord, header: RecordingHeader) -> AsyncGenerator[bytes, None]:
    """The lines, those of a batch of events together, and the header with the first of them."""
    head = event_json(header).encode("ascii") + b"\n"
    if record.last_seq == 0:
        yield head
        return
    async with aclosing(store.follow(record.run_id, START)) as batches:
        async for batch in batches:
            left = len(batch.frames) - max(0, batch.cursor.seq - record.last_seq)
            yield head + b"".join(frame_data(frame) + b"\n" for frame in batch.frames[:left])
            head = b""
            if batch.cursor.seq >= record.last_seq:
                return
    if head:
        yield head


@router.post(
    "/v1/recordings",
    operation_id="import_recording",
    summary="Import a recording",
    status_code=201,
    responses=problem_responses(403, 413, 421, 422, 507),
    openapi_extra={"requestBody": {"required": True, "content": _CONTENT}},
)
async def import_recording(request: Request, services: ServicesOf) -> ImportAnswer:
    """Keep a recording, to be run as the agent `recording:<id>`. One that was cut is taken, with a warning."""
    imported = await services.recordings.add(request.stream())
    return ImportAnswer(
        recording_id=imported.recording_id,
        agent=agent_of(imported.recording_id),
        question=imported.question,
        recorded_agent=imported.agent,
        events=imported.events,
        warnings=[imported.cut] if imported.cut else [],
    )
