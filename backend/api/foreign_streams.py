"""From a run's log to a foreign client: the same log and response as for a Playhead client, in other frames."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, suppress
from datetime import datetime

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from backend.api.event_stream import EventStream
from backend.api.log_response import open_stream
from backend.api.services import Services
from backend.dialects.encoding.ag_ui import AgUiEncoder
from backend.dialects.encoding.encoder import AnsweredRun, Encoder, SuspendingEncoder
from backend.protocol.cursor import START, Cursor
from backend.protocol.events import DoneEvent, ErrorEvent, Event, parse_event
from backend.protocol.input_states import open_inputs
from backend.runs.frames import frame_data
from backend.runs.records import RunRecord
from backend.runs.store import Batch, RunStore, UnknownRunError

RUN_ID_HEADER = "X-Playhead-Run-Id"
SESSION_ID_HEADER = "X-Playhead-Session-Id"

ASKED_TOGETHER_S = 0.1
"""How long the log is quiet before a stream ends with what is asked: an agent may ask several things at once."""

UNANSWERED_S = 900.0
"""How long a run waits that a client without a conversation has asked."""

_Found = tuple[list[Event], Cursor]

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

    def __init__(
        self, services: Services, record: RunRecord, batches: AsyncIterator[Batch], suspended: Callable[[], bool]
    ) -> None:
        """``suspended`` says whether the stream has ended with what people are asked: the run waits for the next."""
        super().__init__()
        self._suspended = suspended
        self._stream = open_foreign_stream(services, record, batches, openai_headers(record))
        self._services = services
        self._run_id = record.run_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry the stream; whatever ends it ends the run, which changes nothing where that has ended."""
        try:
            await self._stream.carry(scope, receive, send)
        finally:
            if self._suspended():
                await cancel_unanswered(self._services, self._run_id)
            else:
                await cancel_if_running(self._services, self._run_id)


def openai_headers(record: RunRecord) -> dict[str, str]:
    """The headers that name the run, and the one under which OpenAI's clients show it."""
    return {**headers_of(record), "X-Request-Id": record.run_id}


async def cancel_if_running(services: Services, run_id: str) -> None:
    """Cancel a run whose only reader has left."""
    with suppress(UnknownRunError):
        await services.supervisor.cancel(run_id)


async def cancel_unanswered(services: Services, run_id: str, after_s: float = UNANSWERED_S) -> None:
    """Cancel a run later whose only reader was asked something and never comes back with an answer."""
    asked = await _open_inputs(services, run_id)
    loop = asyncio.get_running_loop()

    async def look() -> None:
        if asked & await _open_inputs(services, run_id):
            await cancel_if_running(services, run_id)

    def begin() -> None:
        looking = loop.create_task(look())
        _cancelling.add(looking)
        looking.add_done_callback(_cancelling.discard)

    if asked:
        loop.call_later(after_s, begin)


async def _open_inputs(services: Services, run_id: str) -> set[str]:
    try:
        view = await services.store.snapshot(run_id)
    except UnknownRunError:
        return set()
    return {asked.input_id for asked in open_inputs(view.stream.inputs)}


_cancelling: set[asyncio.Task[None]] = set()


async def events_of(store: RunStore, run_id: str) -> AsyncGenerator[_Found, None]:
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
    """The run in the encoder's dialect, whole or until people are asked."""
    yield Batch((encoder.begin(),), START, False)
    async for batch in _until_asked(events_of(store, run_id), encoder, encoder.encode):
        yield batch


async def resumed(
    store: RunStore, run_id: str, encoder: SuspendingEncoder, seq: int, first: bytes = b""
) -> AsyncIterator[Batch]:
    """What comes after event ``seq`` of the run, as the stream that follows a client's answers; ``first`` is sent
    after its beginning."""
    begun = False

    def encode(event: Event) -> bytes:
        nonlocal begun
        if event.seq and event.seq <= seq and not isinstance(event, DoneEvent):
            encoder.absorb(event)
            return b""
        opening = b"" if begun else encoder.resume() + first
        begun = True
        return opening + encoder.encode(event)

    async for batch in _until_asked(events_of(store, run_id), encoder, encode):
        yield batch


async def rejoined(
    store: RunStore, record: RunRecord, encoder: AgUiEncoder, first: bytes = b""
) -> AsyncIterator[Batch]:
    """The run for a reader who joins again: its messages as they are now, ``first``, then what comes."""
    now = (await store.record(record.run_id)).last_seq
    begun = now == 0
    if begun:
        yield Batch((encoder.rejoin() + first,), START, False)

    def encode(event: Event) -> bytes:
        nonlocal begun
        opening = b""
        if not begun:
            if event.seq < now and not isinstance(event, DoneEvent):
                encoder.absorb(event)
                return b""
            begun = True
            if event.seq == now and not isinstance(event, DoneEvent):
                encoder.absorb(event)
                return encoder.rejoin() + first
            opening = encoder.rejoin() + first
        return opening + encoder.encode(event)

    async for batch in _until_asked(events_of(store, record.run_id), encoder, encode):
        yield batch


async def _until_asked(
    batches: AsyncGenerator[_Found, None], encoder: Encoder, encode: Callable[[Event], bytes]
) -> AsyncIterator[Batch]:
    """The events as ``encode`` writes them, to the run's end; or, in a dialect whose streams end with a request, until
    one is open and nothing more comes for a moment."""
    last = START
    async with aclosing(batches):
        while True:
            if isinstance(encoder, SuspendingEncoder) and encoder.waits:
                found, is_quiet = await _next_soon(batches)
                if is_quiet:
                    yield Batch((encoder.suspend(last.seq),), last, True)
                    return
            else:
                found = await anext(batches, None)
            if found is None:
                return
            events, last = found
            frames = tuple(frame for frame in map(encode, events) if frame)
            if frames:
                yield Batch(frames, last, isinstance(events[-1], DoneEvent))


async def _next_soon(batches: AsyncGenerator[_Found, None]) -> tuple[_Found | None, bool]:
    """The next batch, None at the end, and whether none came within ``ASKED_TOGETHER_S``: then no other can be read."""
    coming = asyncio.ensure_future(anext(batches, None))
    try:
        await asyncio.wait({coming}, timeout=ASKED_TOGETHER_S)
    finally:
        if not coming.done():
            coming.cancel()
            await asyncio.wait({coming})
    return (None, True) if coming.cancelled() else (coming.result(), False)
