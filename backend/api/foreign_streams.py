"""From a run's log to a foreign client: the same log and response as for a Playhead client, in other frames."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, suppress
from datetime import datetime

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from backend.api.event_stream import EventStream
from backend.api.log_response import open_stream
from backend.api.services import Services
from backend.dialects.encoding.ag_ui import AgUiEncoder
from backend.dialects.encoding.encoder import AnsweredRun, Encoder
from backend.protocol.cursor import START, Cursor
from backend.protocol.events import DoneEvent, ErrorEvent, Event, parse_event
from backend.runs.frames import frame_data
from backend.runs.records import RunRecord
from backend.runs.store import Batch, RunStore, UnknownRunError

RUN_ID_HEADER = "X-Playhead-Run-Id"
SESSION_ID_HEADER = "X-Playhead-Session-Id"

_DELETED = (
    ErrorEvent(code="deleted", message="The run was deleted."),
    DoneEvent(outcome="interrupted", partial=True),
)
"""Sent to a reader when the run is deleted under the stream: a stream that just closes may look like success."""


def answered(record: RunRecord) -> AnsweredRun:
    """The facts about the run that an encoder receives."""
    created = datetime.fromisoformat(record.created_at).timestamp()
    return AnsweredRun(record.run_id, record.session_id, record.agent, record.question, round(created * 1000))


def headers_of(record: RunRecord) -> dict[str, str]:
    """The headers that name the run, in every dialect."""
    return {RUN_ID_HEADER: record.run_id, SESSION_ID_HEADER: record.session_id}


def open_foreign_stream(
    services: Services, record: RunRecord, batches: AsyncIterator[Batch], headers: Mapping[str, str] | None = None
) -> EventStream:
    """The response that sends the frames, with the headers that name the run."""
    named = {**headers_of(record), **(headers or {})}
    return open_stream(services, record.run_id, batches, named, retry_ms=None)


class OwningStream(Response):
    """A stream whose reader owns the run: it is cancelled when the reader leaves before its end."""

    def __init__(self, services: Services, record: RunRecord, batches: AsyncIterator[Batch]) -> None:
        super().__init__()
        self._stream = open_foreign_stream(services, record, batches, openai_headers(record))
        self._services = services
        self._run_id = record.run_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry the stream; whatever ends it ends the run, which changes nothing where that has ended."""
        try:
            await self._stream.carry(scope, receive, send)
        finally:
            await cancel_if_running(self._services, self._run_id)


def openai_headers(record: RunRecord) -> dict[str, str]:
    """The headers that name the run, and the one under which OpenAI's clients show it."""
    return {**headers_of(record), "X-Request-Id": record.run_id}


async def cancel_if_running(services: Services, run_id: str) -> None:
    """Cancel a run whose only reader has left."""
    with suppress(UnknownRunError):
        await services.supervisor.cancel(run_id)


async def events_of(store: RunStore, run_id: str) -> AsyncGenerator[tuple[list[Event], Cursor], None]:
    """The run's events from its first, batch by batch, live until ``done``. A run that is deleted ends as that."""
    ended = False
    try:
        async with aclosing(store.follow(run_id, START)) as batches:
            async for batch in batches:
                ended = batch.ended
                yield [parse_event(frame_data(frame)) for frame in batch.frames], batch.cursor
    except UnknownRunError:
        ended = False
    if not ended:
        yield list(_DELETED), START


async def encoded(store: RunStore, run_id: str, encoder: Encoder) -> AsyncIterator[Batch]:
    """The whole run in the encoder's dialect."""
    yield Batch((encoder.begin(),), START, False)
    async with aclosing(events_of(store, run_id)) as batches:
        async for events, cursor in batches:
            frames = tuple(frame for frame in map(encoder.encode, events) if frame)
            if frames:
                yield Batch(frames, cursor, isinstance(events[-1], DoneEvent))


async def rejoined(store: RunStore, record: RunRecord, encoder: AgUiEncoder) -> AsyncIterator[Batch]:
    """The run for a reader who joins again: its messages as they are now, then what comes."""
    now = (await store.record(record.run_id)).last_seq
    begun = now == 0
    if begun:
        yield Batch((encoder.rejoin(),), START, False)
    async with aclosing(events_of(store, record.run_id)) as batches:
        async for events, cursor in batches:
            frames: list[bytes] = []
            for event in events:
                if not begun and event.seq <= now and not isinstance(event, DoneEvent):
                    encoder.absorb(event)
                    continue
                if not begun:
                    begun = True
                    frames.append(encoder.rejoin())
                frames.append(encoder.encode(event))
            if not begun and cursor.seq >= now:
                begun = True
                frames.append(encoder.rejoin())
            if kept := tuple(filter(None, frames)):
                yield Batch(kept, cursor, isinstance(events[-1], DoneEvent))
